"""What is sold, which plan would suit, and what bots buy."""
