"""Commands of contracts, invoices, and who bills whom."""
