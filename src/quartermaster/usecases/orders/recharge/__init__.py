"""Auto-recharge: set, switched off, done, and told of."""
