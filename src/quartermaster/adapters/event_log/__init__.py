"""The event log as a PostgreSQL table of batches: one row per accepted request."""
