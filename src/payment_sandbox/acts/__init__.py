"""What can happen to a payment. Each act runs in a transaction of its caller."""
