"""Facts → transfers: which accounts each fact moves credit between."""

from quartermaster.core.ledger.accounts import Account
from quartermaster.core.ledger.credits import Source
from quartermaster.core.ledger.transfers import Fact, Move, Transfer

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


def usage_moved(source: Source, is_back: bool) -> Move:
    """Credit of one source pays for usage, or comes back from what was withdrawn."""
    if is_back:
        return Move(Fact.USAGE_WITHDRAWN, _TAKES[source], _HOLDS[source])
    return Move(Fact.USAGE_CHARGED, _HOLDS[source], _TAKES[source])
