"""Invoices of orders and contracts."""
