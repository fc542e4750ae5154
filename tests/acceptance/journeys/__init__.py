"""Journeys of customers who pay, by HTTP and with real processes."""
