"""Saved ways to pay."""
