"""Invoices as pages, as PDF and as XML."""
