"""How things are written: CSV, cursors, public ids."""
