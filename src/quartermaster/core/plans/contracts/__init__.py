"""What enterprise workspaces agreed with the operator, and what a cycle comes to."""
