"""What an operator sells: plans, add-ons and support plans, as immutable versions."""
