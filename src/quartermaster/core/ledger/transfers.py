"""Transfers: one debit, one credit, one amount; never changed, only followed by others."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from quartermaster.core.errors import Refusal
from quartermaster.core.ledger.accounts import Account


class Fact(StrEnum):
    """Why credit moved."""

    FREE_CREDITS_GRANTED = "free_credits_granted"
    FUNDS_ADDED = "funds_added"
    USAGE_CHARGED = "usage_charged"
    USAGE_WITHDRAWN = "usage_withdrawn"
    CREDITS_LAPSED = "credits_lapsed"
    PAYMENT_SETTLED = "payment_settled"
    PAYMENT_REFUNDED = "payment_refunded"
    ORDER_FULFILLED = "order_fulfilled"
    ORDER_TAKEN_BACK = "order_taken_back"
    FUNDS_TAKEN_BACK = "funds_taken_back"
    FUNDS_KEPT = "funds_kept"
    TAX_CHARGED = "tax_charged"
    TAX_RETURNED = "tax_returned"


IN_WORDS: Final = {
    Fact.FREE_CREDITS_GRANTED: "free credit granted to the workspace",
    Fact.FUNDS_ADDED: "funds added to the bot's wallet",
    Fact.USAGE_CHARGED: "credit that paid for usage",
    Fact.USAGE_WITHDRAWN: "credit given back for usage that was taken back",
    Fact.CREDITS_LAPSED: "credit that was left when it expired",
    Fact.PAYMENT_SETTLED: "money that was paid for an order",
    Fact.PAYMENT_REFUNDED: "money that was paid back",
    Fact.ORDER_FULFILLED: "an order that was paid and given",
    Fact.ORDER_TAKEN_BACK: "what was paid for an order, and is owed again",
    Fact.FUNDS_TAKEN_BACK: "credit taken back, for its money goes back",
    Fact.FUNDS_KEPT: "credit given back, for its money did not go back",
    Fact.TAX_CHARGED: "tax on an order",
    Fact.TAX_RETURNED: "tax on what goes back",
}


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
