"""The state: PostgreSQL, one Django app per noun, ordered bottom to top."""
