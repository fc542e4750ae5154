"""What was agreed with enterprise workspaces, and the statements of their cycles."""
