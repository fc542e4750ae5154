"""Double entry: accounts, transfers, postings, and the order in which credit is used."""
