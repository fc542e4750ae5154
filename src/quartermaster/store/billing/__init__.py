"""Who pays, and how."""
