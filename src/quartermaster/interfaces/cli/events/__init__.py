"""`quartermaster events`: files of events in, and old ones out."""
