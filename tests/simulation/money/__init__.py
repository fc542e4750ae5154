"""A year of orders, payments and usage that chance decides."""
