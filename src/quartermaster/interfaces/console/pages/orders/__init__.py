"""Pages of orders: the list, one order until it is paid, and adding funds."""
