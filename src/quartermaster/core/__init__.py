"""The rules: pure, total, typed. Standard library and NumPy only."""
