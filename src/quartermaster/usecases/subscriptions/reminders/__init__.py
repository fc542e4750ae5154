"""What is told ahead of its time."""
