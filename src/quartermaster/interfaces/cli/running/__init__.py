"""Commands that keep running, and what they need."""
