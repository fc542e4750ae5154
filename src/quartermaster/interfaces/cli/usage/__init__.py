"""What is used: units and credit, seats, limits."""
