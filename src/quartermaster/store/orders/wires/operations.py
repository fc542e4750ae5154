"""Writes of bank entries, in the caller's transaction. Where an order is concerned, its workspace's
lock comes first."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from quartermaster.core.lifecycles import wires
from quartermaster.core.lifecycles.wires import Entry
from quartermaster.store.orders.models import Order
from quartermaster.store.orders.wires.models import BankEntry, BankFile, EntryState, Outlet
from quartermaster.store.people.operations import public_id


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody has said."""

    outlet: Outlet
    by: str


_FATE: Final = (
    *("state", "order", "rest_minor", "matched_by", "matched_at"),
    *("outlet", "decided_by", "decided_at"),
)


def add_file(name: str, content: bytes, by: str, at: datetime) -> BankFile | None:
    """Notes that a file was imported; None if it was before. Two at once wait for each other."""
    made = BankFile(
        public_id=public_id("bnk"),
        name=name,
        digest=hashlib.sha256(content).digest(),
        imported_by=by,
        imported_at=at,
    )
    BankFile.objects.bulk_create([made], ignore_conflicts=True)
    return BankFile.objects.filter(public_id=made.public_id).first()


def add_entries(file: BankFile, account: str, statement: Iterable[Entry]) -> int:
    """The entries of one statement, without those that are there already; how many were new."""
    entries = list(statement)
    keyed = list(zip(entries, wires.keys(account, entries), strict=True))
    rows = [_row(file, account, entry, key) for entry, key in keyed if _is_kept(entry)]
    BankEntry.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    names = [row.public_id for row in rows]
    return BankEntry.objects.filter(file=file, public_id__in=names).count()


def _is_kept(entry: Entry) -> bool:
    """What came, and of what went only wires that were called back: the rest is not our affair."""
    return entry.amount_minor > 0 or (entry.amount_minor < 0 and bool(entry.orders))


def _row(file: BankFile, account: str, entry: Entry, key: bytes) -> BankEntry:
    return BankEntry(
        public_id=public_id("bne"),
        file=file,
        account=account,
        key=key,
        bank_id=entry.bank_id,
        booked_date=entry.booked_date,
        currency=entry.currency,
        amount_minor=entry.amount_minor,
        text=entry.text,
        end_to_end_id=entry.end_to_end_id,
        payer_name=entry.payer_name,
        payer_iban=entry.payer_iban,
        named=" ".join(entry.orders),
    )


def lock(entry: int) -> BankEntry:
    """The entry as it is now, held to the end of the caller's transaction."""
    return BankEntry.objects.select_for_update().get(id=entry)


def match(entry: BankEntry, order: Order, rest_minor: int, by: str, at: datetime) -> None:
    """It is for this order, which does not need the rest of it."""
    entry.order, entry.rest_minor = order, rest_minor
    entry.state, entry.matched_by, entry.matched_at = EntryState.MATCHED, by, at
    entry.save(update_fields=_FATE)


def decide(entry: BankEntry, unused_minor: int, decision: Decision, at: datetime) -> None:
    """What becomes of what no order needed."""
    if entry.order is not None:
        entry.rest_minor = unused_minor
    entry.state, entry.outlet = EntryState.DECIDED, decision.outlet
    entry.decided_by, entry.decided_at = decision.by, at
    entry.save(update_fields=_FATE)
