"""Agreeing contracts, and what their cycles come to."""
