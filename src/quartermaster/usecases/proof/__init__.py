"""What proves that the figures are right."""
