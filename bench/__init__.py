"""Repeatable measurements: `python -m bench [NAME …]` prints a table and writes JSON.

Each target stands beside the limit that was measured in the same run on the same machine.
"""
