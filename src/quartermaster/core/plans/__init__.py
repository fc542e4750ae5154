"""What somebody has of what is sold: terms, their price, and what may be used."""
