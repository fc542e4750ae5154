"""Attempts to have orders paid, and the provider's books beside them."""
