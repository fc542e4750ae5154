"""The file beside an imported one that holds its rejected rows."""

import csv
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Self

from quartermaster.core.usage.events import Rejection


class RejectsFile:
    """`<name>.rejected.csv`: row number, code, field, reason and the row itself.

    Made when the first row is rejected; taken up again with a resumed import.
    """

    def __init__(self, imported: Path, is_resumed: bool) -> None:
        self._path = self.beside(imported)
        self._mode = "a" if is_resumed else "w"
        self._file: IO[str] | None = None

    @staticmethod
    def beside(imported: Path) -> Path:
        """Where the rejected rows of a file go: beside it, or here if nothing may be put there."""
        name = f"{imported.name}.rejected.csv"
        is_writable = os.access(imported.absolute().parent, os.W_OK)
        return imported.with_name(name) if is_writable else Path(name)

    def write(self, rejected: Sequence[Rejection], raw: Callable[[int], str]) -> None:
        """Adds rejected rows; `raw` gives the text of one."""
        if not rejected:
            return
        if self._file is None:
            self._file = self._path.open(self._mode, newline="", encoding="utf-8")
        writer = csv.writer(self._file)
        if self._file.tell() == 0:
            writer.writerow(("row", "code", "field", "reason", "text"))
        for one in rejected:
            words = (one.code, one.field or "", one.reason, raw(one.index))
            writer.writerow((one.index, *words))
        self._file.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        if self._file is not None:
            self._file.close()
