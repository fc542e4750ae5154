"""Endpoints of orders, and of paying them."""
