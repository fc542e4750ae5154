"""Use cases of the archive of events."""
