"""The accounts of a workspace's books."""

from enum import StrEnum


class Account(StrEnum):
    """What an account is for. `POOL` and `WALLET` hold credit; the rest say where it came from or
    went. `WALLET`, `CHARGED_PAID` and `CHARGED_FREE` exist once per bot, the others once.

    Money that was paid comes from `PAYMENTS`, is the `CUSTOMER`'s until what was ordered is given,
    and goes to a wallet, to `SALES`, or to `TAXES`."""

    FREE_GRANTS = "free_grants"
    FUNDS = "funds"
    POOL = "pool"
    WALLET = "wallet"
    CHARGED_PAID = "charged_paid"
    CHARGED_FREE = "charged_free"
    LAPSED = "lapsed"
    PAYMENTS = "payments"
    CUSTOMER = "customer"
    SALES = "sales"
    TAXES = "taxes"


PER_BOT = frozenset({Account.WALLET, Account.CHARGED_PAID, Account.CHARGED_FREE})
