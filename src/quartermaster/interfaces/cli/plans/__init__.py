"""What is sold, and what bots buy of it."""
