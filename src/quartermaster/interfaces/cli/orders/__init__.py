"""Orders, paying them, and saved ways to pay."""
