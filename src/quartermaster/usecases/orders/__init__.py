"""Having orders paid."""
