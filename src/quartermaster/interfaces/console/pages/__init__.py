"""The pages: each asks one use case or query, and shows it."""
