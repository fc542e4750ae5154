"""The file beside an imported one that holds its rejected rows."""

import csv
import fcntl
import io
import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Final, Self

from quartermaster.core.usage.events import Rejection
from quartermaster.interfaces.cli.output import CannotWrite

_TITLES: Final = ("row", "code", "field", "reason", "text")


class RejectsFile:
    """`<name>.rejected.csv`: row number, code, field, reason and the row itself.

    It is there while the import runs, and afterwards if a row was rejected. A resumed import takes
    it up again, and two imports of one file at once share it.
    """

    def __init__(self, imported: Path, is_resumed: bool) -> None:
        self._path = self.beside(imported)
        self._is_resumed = is_resumed

    @staticmethod
    def beside(imported: Path) -> Path:
        """Where the rejected rows of a file go: beside it, or here if nothing may be put there."""
        name = f"{imported.name}.rejected.csv"
        is_writable = os.access(imported.absolute().parent, os.W_OK)
        return imported.with_name(name) if is_writable else Path(name)

    def write(self, rejected: Sequence[Rejection], raw: Callable[[int], str]) -> None:
        """Adds rejected rows; `raw` gives the text of one."""
        rows = [(no.index, no.code, no.field or "", no.reason, raw(no.index)) for no in rejected]
        if rows:
            self._add(_written(rows))

    def _add(self, text: bytes) -> None:
        try:
            self._file.write(text)
        except OSError as no:
            raise self._refusal(no) from no

    def __enter__(self) -> Self:
        """Refuses (`CannotWrite`) before anything is imported."""
        try:
            self._file = self._path.open("ab", buffering=0)  # each write is added whole
        except OSError as no:
            raise self._refusal(no) from no
        if self._is_alone():
            if not self._is_resumed:
                self._file.truncate(0)
            if not self._path.stat().st_size:
                self._add(_written([_TITLES]))
        fcntl.flock(self._file, fcntl.LOCK_SH)
        return self

    def __exit__(self, *failure: object) -> None:
        if self._is_alone() and self._path.stat().st_size <= len(_written([_TITLES])):
            self._path.unlink()
        self._file.close()

    def _is_alone(self) -> bool:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _refusal(self, no: OSError) -> CannotWrite:
        words = f"{self._path}: {no.strerror}; the rejected rows go there"
        return CannotWrite(f"{words}, import from a folder that can be written", field="file")


def _written(rows: Iterable[Sequence[Any]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode(errors="replace")
