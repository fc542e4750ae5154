"""Facts → transfers: which accounts each fact moves credit between."""

from collections.abc import Iterable

from quartermaster.core.ledger.accounts import Account
from quartermaster.core.ledger.credits import Part, Source
from quartermaster.core.ledger.transfers import Fact, Transfer

_HOLDS = {Source.PAID: Account.WALLET, Source.FREE: Account.POOL}
_TAKES = {Source.PAID: Account.CHARGED_PAID, Source.FREE: Account.CHARGED_FREE}


def free_credits_granted(amount_micro: int, lot: int) -> Transfer:
    """The operator gives a workspace free credit."""
    return Transfer(
        Fact.FREE_CREDITS_GRANTED, Account.FREE_GRANTS, Account.POOL, amount_micro, lot=lot
    )


def funds_added(amount_micro: int, bot: int, lot: int) -> Transfer:
    """Paid credit enters a bot's wallet."""
    return Transfer(Fact.FUNDS_ADDED, Account.FUNDS, Account.WALLET, amount_micro, bot, lot)


def credits_lapsed(source: Source, amount_micro: int, lot: int, bot: int | None) -> Transfer:
    """What was left in a lot at its expiry."""
    return Transfer(Fact.CREDITS_LAPSED, _HOLDS[source], Account.LAPSED, amount_micro, bot, lot)


def usage_charged(bot: int, charges: list[int], parts: Iterable[Part]) -> list[Transfer]:
    """The parts that paid for charges, or came back from withdrawn ones; `charges` are the ids that
    the parts' indexes stand for."""
    transfers = []
    for part in parts:
        holder, taker = _HOLDS[part.source], _TAKES[part.source]
        if part.amount_micro > 0:
            fact, debit, credit = Fact.USAGE_CHARGED, holder, taker
        else:
            fact, debit, credit = Fact.USAGE_WITHDRAWN, taker, holder
        amount = abs(part.amount_micro)
        transfers.append(Transfer(fact, debit, credit, amount, bot, part.lot, charges[part.index]))
    return transfers
