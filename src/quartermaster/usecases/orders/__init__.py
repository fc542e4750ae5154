"""Orders: of credit, and having what is ordered paid."""
