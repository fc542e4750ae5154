"""The accounts of a workspace's books."""

from enum import StrEnum


class Account(StrEnum):
    """What an account is for. `POOL` and `WALLET` hold credit; the rest say where it came from or
    went. `WALLET`, `CHARGED_PAID` and `CHARGED_FREE` exist once per bot, the others once."""

    FREE_GRANTS = "free_grants"
    FUNDS = "funds"
    POOL = "pool"
    WALLET = "wallet"
    CHARGED_PAID = "charged_paid"
    CHARGED_FREE = "charged_free"
    LAPSED = "lapsed"


PER_BOT = frozenset({Account.WALLET, Account.CHARGED_PAID, Account.CHARGED_FREE})
