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


def funds_ordered(amount_micro: int, bot: int, lot: int) -> Transfer:
    """The same, for money that a customer has paid."""
    return Transfer(Fact.FUNDS_ADDED, Account.CUSTOMER, Account.WALLET, amount_micro, bot, lot)


def funds_taken_back(amount_micro: int, bot: int, lot: int | None) -> Transfer:
    """Credit leaves a wallet, for its money goes back to the customer; without a lot it was spent
    already, and is debt."""
    return Transfer(Fact.FUNDS_TAKEN_BACK, Account.WALLET, Account.CUSTOMER, amount_micro, bot, lot)


def funds_kept(amount_micro: int, bot: int, lot: int) -> Transfer:
    """Credit comes back to the wallet: its money did not go back after all."""
    return Transfer(Fact.FUNDS_KEPT, Account.CUSTOMER, Account.WALLET, amount_micro, bot, lot)


def payment_settled(amount_micro: int) -> Transfer:
    """A customer has paid."""
    return Transfer(Fact.PAYMENT_SETTLED, Account.PAYMENTS, Account.CUSTOMER, amount_micro)


def payment_refunded(amount_micro: int) -> Transfer:
    """Money went back to a customer."""
    return Transfer(Fact.PAYMENT_REFUNDED, Account.CUSTOMER, Account.PAYMENTS, amount_micro)


def order_fulfilled(amount_micro: int) -> Transfer:
    """What a customer has paid for is given: a plan, an add-on, support."""
    return Transfer(Fact.ORDER_FULFILLED, Account.CUSTOMER, Account.SALES, amount_micro)


def order_taken_back(amount_micro: int) -> Transfer:
    """Part of what was paid for it is owed to the customer again."""
    return Transfer(Fact.ORDER_TAKEN_BACK, Account.SALES, Account.CUSTOMER, amount_micro)


def tax_charged(amount_micro: int) -> Transfer:
    """The tax on what is given."""
    return Transfer(Fact.TAX_CHARGED, Account.CUSTOMER, Account.TAXES, amount_micro)


def tax_returned(amount_micro: int) -> Transfer:
    """The tax on what is owed to the customer again."""
    return Transfer(Fact.TAX_RETURNED, Account.TAXES, Account.CUSTOMER, amount_micro)


def credits_lapsed(source: Source, amount_micro: int, lot: int, bot: int | None) -> Transfer:
    """What was left in a lot at its expiry."""
    return Transfer(Fact.CREDITS_LAPSED, _HOLDS[source], Account.LAPSED, amount_micro, bot, lot)


def usage_moved(source: Source, is_back: bool) -> Move:
    """Credit of one source pays for usage, or comes back from what was withdrawn."""
    if is_back:
        return Move(Fact.USAGE_WITHDRAWN, _TAKES[source], _HOLDS[source])
    return Move(Fact.USAGE_CHARGED, _HOLDS[source], _TAKES[source])
