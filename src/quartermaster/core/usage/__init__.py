"""From usage events to billing sessions and seats."""
