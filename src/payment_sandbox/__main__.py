"""`python -m payment_sandbox`."""

from payment_sandbox import main

main.main()
