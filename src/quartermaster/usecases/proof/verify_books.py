"""Proves the books: that every figure follows from the events and transfers below it."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection, transaction

from quartermaster.store import sql
from quartermaster.store.wallets import checks
from quartermaster.store.wallets.checks import Finding
from quartermaster.usecases.proof import _seats, _sessions


@dataclass(frozen=True, slots=True)
class Verdict:
    """One check and what it found; nothing found means that it holds."""

    check: str
    findings: list[Finding]


def verify_books(voice_channels: frozenset[str]) -> Iterator[Verdict]:
    """Runs every check on one snapshot, so meters may go on meanwhile."""
    is_ours = not connection.in_atomic_block
    with transaction.atomic():
        if is_ours:
            sql.run("set transaction isolation level repeatable read, read only")
        for name, findings in checks.run():
            yield Verdict(name, findings)
        yield Verdict(_sessions.CHECK, list(_sessions.differences(voice_channels)))
        yield Verdict(_seats.CHECK, list(_seats.differences()))
