"""What callers are told of: events, and how they are sent."""
