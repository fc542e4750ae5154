"""Invoices and credit notes: who, what, how much tax, and under which number."""
