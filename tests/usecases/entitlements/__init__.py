"""What a bot may use."""
