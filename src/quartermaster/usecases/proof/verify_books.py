"""Proves the books: that every figure follows from the events and transfers below it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from quartermaster.store import sql
from quartermaster.store.invoices import checks as invoice_checks
from quartermaster.store.orders import checks as order_checks
from quartermaster.store.wallets import checks
from quartermaster.store.wallets.checks import Finding
from quartermaster.usecases.archive._history import History
from quartermaster.usecases.ports import EventArchive
from quartermaster.usecases.proof import (
    _archives,
    _overage,
    _recharges,
    _seats,
    _sessions,
    _statements,
    _tallies,
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """One check and what it found; nothing found means that it holds."""

    check: str
    findings: list[Finding]


def verify_books(
    voice_channels: frozenset[str], archive: EventArchive | None = None
) -> Iterator[Verdict]:
    """Runs every check on one snapshot, so meters may go on meanwhile.

    If a file of the archive is damaged, whatever follows from events is said to be not proved.
    """
    history = History(archive)
    with sql.snapshot():
        damaged = list(_archives.damages(archive))
        yield Verdict(_archives.CHECK, damaged)
        units = {} if damaged else history.archived_units()
        for name, findings in checks.run(units):
            yield _verdict(name, damaged if name in checks.READ_EVENTS else [], findings)
        for name, findings in chain(order_checks.run(), invoice_checks.run()):
            yield _verdict(name, [], findings)
        yield _verdict(_recharges.CHECK, [], _recharges.faults())
        yield _verdict(_tallies.CHECK, [], _tallies.differences())
        rated = () if damaged else _statements.differences(archive)
        yield _verdict(_statements.CHECK, damaged, rated)
        sessions = () if damaged else _sessions.differences(voice_channels, history)
        yield _verdict(_sessions.CHECK, damaged, sessions)
        seats = () if damaged else _seats.differences(history)
        yield _verdict(_seats.CHECK, damaged, seats)
        overage = () if damaged else _overage.differences(history)
        yield _verdict(_overage.CHECK, damaged, overage)


def _verdict(check: str, damaged: list[Finding], findings: Iterable[Finding]) -> Verdict:
    unproved = [Finding(check, one.id, "cannot be proved without this file") for one in damaged]
    return Verdict(check, unproved or list(findings))
