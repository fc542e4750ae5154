"""A person says what becomes of money that no order needed."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from quartermaster.core.errors import Refusal
from quartermaster.store.orders.wires import operations, queries
from quartermaster.store.orders.wires.models import BankEntry, EntryState, Outlet
from quartermaster.store.orders.wires.operations import Decision
from quartermaster.store.people import operations as people
from quartermaster.store.people.models import Bot
from quartermaster.usecases.orders.wires import _paying
from quartermaster.usecases.orders.wires.match_bank_entry import EntryMatched, WrongCurrency


class NothingToDecide(Refusal):
    """Its order has used it up."""

    code = "nothing_to_decide"
    kind = "conflict"


class EntryDecided(Refusal):
    """Somebody has decided otherwise already."""

    code = "entry_decided"
    kind = "conflict"


class WhoseCredit(Refusal):
    """Name the bot that gets the credit: the entry is for no order that has one."""

    code = "whose_credit"
    kind = "invalid"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to become of what no order needed. Credit goes to the bot of the entry's order, or to
    `bot` where it has none."""

    outlet: Outlet
    by: str
    bot: Bot | None = None


def settle_bank_entry(entry: int, wanted: Wanted, at: datetime) -> BankEntry:
    """Credit is there at once: an order of credit that the wire has paid. A refund is noted: the
    operator's bank does it; so are what became of a wire that was called back, and that an entry
    is another one's money again. The same again is the same. EntryDecided, NothingToDecide,
    EntryMatched, WhoseCredit, WrongCurrency; AmountCannotBeSplit, where no credit comes to what is
    left with its tax."""
    with transaction.atomic():
        bot = _bot(entry, wanted)
        if bot is not None:
            people.lock_workspace(bot.workspace_id)
        row = operations.lock(entry)
        if row.state == EntryState.DECIDED:
            return _decided(row, wanted)
        unused = queries.unused_minor([row])[row.id]
        if unused == 0:
            raise NothingToDecide(field="entry")
        if wanted.outlet == Outlet.AGAIN and row.order_id is not None:
            raise EntryMatched(field="entry")
        if wanted.outlet == Outlet.CREDIT:
            _credit(row, bot, unused, at, wanted.by)
        operations.decide(row, unused, Decision(wanted.outlet, wanted.by), at)
        return row


def _decided(row: BankEntry, wanted: Wanted) -> BankEntry:
    if row.outlet == wanted.outlet:
        return row
    assert row.decided_at is not None, "whatever is decided says when"
    words = f"{row.decided_by} decided on {row.outlet} already, at {row.decided_at.isoformat()}"
    raise EntryDecided(words, field="entry")


def _bot(entry: int, wanted: Wanted) -> Bot | None:
    """Known before anything is locked; which order an entry is for never changes once it is."""
    if wanted.outlet != Outlet.CREDIT:
        return None
    row = BankEntry.objects.select_related("order__bot__workspace").get(id=entry)
    return wanted.bot if row.order is None else row.order.bot


def _credit(row: BankEntry, bot: Bot | None, amount_minor: int, at: datetime, by: str) -> None:
    if bot is None or (row.order is not None and row.order.bot_id != bot.id):
        raise WhoseCredit(field="bot")
    if amount_minor < 0:
        raise NothingToDecide("this money went out", field="entry")
    if row.currency != bot.workspace.currency:
        raise WrongCurrency(f"credit of this bot is in {bot.workspace.currency}", field="bot")
    _paying.credit_by_wire(bot, amount_minor, row, at, by)
