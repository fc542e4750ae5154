"""The bank: wires that arrive, and its statements."""
