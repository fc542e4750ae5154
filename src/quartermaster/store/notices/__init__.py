"""What somebody is to be told."""
