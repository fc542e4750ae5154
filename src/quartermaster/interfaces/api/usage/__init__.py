"""Endpoints of usage, and what it was made of."""
