"""What usage costs: one price model, one module."""
