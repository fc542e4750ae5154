"""What a bot may use, for platforms that ask often."""
