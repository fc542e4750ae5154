"""What was ordered, line by line, and how it was paid."""
