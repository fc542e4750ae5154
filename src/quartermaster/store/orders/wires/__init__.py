"""What banks say has arrived, and what became of it."""
