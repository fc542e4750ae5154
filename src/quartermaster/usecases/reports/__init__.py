"""What was used and what it came to, as people and programs ask for it."""
