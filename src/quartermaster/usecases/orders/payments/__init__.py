"""Attempts to have orders paid, and what goes back."""
