"""Commands that keep running, what they need, and the clocks that they go by."""
