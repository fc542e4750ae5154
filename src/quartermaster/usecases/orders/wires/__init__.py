"""Money that comes by bank, and what is done with it."""
