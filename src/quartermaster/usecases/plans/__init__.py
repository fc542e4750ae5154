"""What usage is sold for."""
