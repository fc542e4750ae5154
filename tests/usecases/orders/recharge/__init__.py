"""Auto-recharge."""
