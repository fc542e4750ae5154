"""A payment provider of its own, for trying things out: no money moves."""
