"""The payment sandbox, from outside."""
