"""Transfers: one debit, one credit, one amount; never changed, only followed by others."""

from dataclasses import dataclass
from enum import StrEnum

from quartermaster.core.errors import Refusal
from quartermaster.core.ledger.accounts import Account


class Fact(StrEnum):
    """Why credit moved."""

    FREE_CREDITS_GRANTED = "free_credits_granted"
    FUNDS_ADDED = "funds_added"
    USAGE_CHARGED = "usage_charged"
    USAGE_WITHDRAWN = "usage_withdrawn"
    CREDITS_LAPSED = "credits_lapsed"


@dataclass(frozen=True, slots=True)
class Transfer:
    """`amount_micro` > 0 moves from `debit` to `credit`; `bot` names per-bot accounts' bot."""

    fact: Fact
    debit: Account
    credit: Account
    amount_micro: int
    bot: int | None = None
    lot: int | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """Why credit moves, and between which accounts."""

    fact: Fact
    debit: Account
    credit: Account


class KeyReused(Refusal):
    """This key was used for another transfer."""

    code = "key_reused"
    kind = "conflict"
