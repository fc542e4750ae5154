"""Reads every file of the archive and compares with what was written down of it."""

from collections.abc import Iterator
from typing import Final

from quartermaster.core.errors import InvariantBroken
from quartermaster.store.metering import archives
from quartermaster.store.wallets.checks import Finding
from quartermaster.usecases.archive import _history
from quartermaster.usecases.ports import EventArchive

CHECK: Final = "archives_are_whole"


def damages(archive: EventArchive | None) -> Iterator[Finding]:
    """A finding for each file that is missing or other than it was written."""
    for each in archives.every():
        if archive is None:
            raise InvariantBroken("events are archived, and nobody was told where")
        if fault := archive.fault(_history.archived_file(each)):
            yield Finding(CHECK, each.path, fault)
