"""What a bot may use: limits, features and seats."""
