"""An archive of events in memory, and one that breaks."""

import hashlib
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from quartermaster.core.usage.state import Ints
from quartermaster.usecases.ports import (
    ArchiveDamaged,
    ArchivedFile,
    ArchivedRows,
    ArchiveMissing,
    ArchivePiece,
    EventArchive,
    WrittenFile,
)


class MemoryArchive:
    """Keeps the pieces as they came; `asked` counts what was read of them."""

    def __init__(self) -> None:
        self.files: dict[str, list[ArchivePiece]] = {}
        self.asked = 0

    def require(self, paths: Iterable[str]) -> None:
        """By name."""
        for path in paths:
            if path not in self.files:
                raise ArchiveMissing(f"{path} is not in memory")

    def write(self, name: str, pieces: Iterable[ArchivePiece]) -> WrittenFile:
        """All of it or nothing."""
        whole = list(pieces)
        digest = _digest(whole)
        names = (f"{name}{end}.parquet" for end in ("", *(f"-{one}" for one in range(2, 99))))
        for path in names:
            if _digest(self.files.setdefault(path, whole)) == digest:
                return WrittenFile(path, digest)
        raise AssertionError("all names are taken")

    def fault(self, file: ArchivedFile) -> str | None:
        """What is wrong, if anything is."""
        if file.path not in self.files:
            return "cannot be read: there is none"
        found = _digest(self.files[file.path])
        return None if found == file.digest else f"its digest is {found.hex()}"

    def keys(self, file: ArchivedFile) -> Iterator[NDArray[np.void]]:
        """Piece by piece."""
        first = 0
        for piece in self._pieces(file):
            if first >= file.dropped:
                yield piece.key
            first += len(piece.key)

    def rows(self, file: ArchivedFile, threads: Ints) -> Iterator[ArchivedRows]:
        """Piece by piece, without what is not dropped."""
        self.asked += 1
        first = 0
        for piece in self._pieces(file):
            keep = np.isin(piece.thread, threads)
            keep &= np.arange(first, first + len(keep)) < file.dropped
            numbers = np.setdiff1d(piece.channel, [0])
            names = [piece.channel_names[number] for number in numbers.tolist()]
            channel = np.where(piece.channel == 0, -1, np.searchsorted(numbers, piece.channel))
            columns = (piece.thread, piece.time, piece.kind.astype(np.int64), channel)
            yield ArchivedRows(*(one[keep] for one in columns), names)  # type: ignore[call-arg]
            first += len(keep)

    def _pieces(self, file: ArchivedFile) -> list[ArchivePiece]:
        pieces = self.files.get(file.path)
        if pieces is None or sum(len(piece.key) for piece in pieces) != file.rows:
            raise ArchiveDamaged(f"{file.path} is not what was written")
        return pieces


class PowerCut(Exception):
    """The machine stands still."""


class Breaking:
    """An archive whose machine stops at one of its steps: the `last`, counted from 1."""

    def __init__(self, inner: EventArchive, last: int) -> None:
        self.inner, self.left = inner, last

    def _step(self) -> None:
        self.left -= 1
        if not self.left:
            raise PowerCut

    def require(self, paths: Iterable[str]) -> None:
        """Does not stop."""
        self.inner.require(paths)

    def write(self, name: str, pieces: Iterable[ArchivePiece]) -> WrittenFile:
        """May stop before, at each piece, and after."""
        self._step()

        def watched() -> Iterator[ArchivePiece]:
            for piece in pieces:
                self._step()
                yield piece

        file = self.inner.write(name, watched())
        self._step()
        return file

    def fault(self, file: ArchivedFile) -> str | None:
        """May stop."""
        self._step()
        return self.inner.fault(file)

    def keys(self, file: ArchivedFile) -> Iterator[NDArray[np.void]]:
        """May stop at each piece."""
        for keys in self.inner.keys(file):
            self._step()
            yield keys
        self._step()

    def rows(self, file: ArchivedFile, threads: Ints) -> Iterator[ArchivedRows]:
        """Does not stop."""
        return self.inner.rows(file, threads)


def _digest(pieces: list[ArchivePiece]) -> bytes:
    digest = hashlib.sha256()
    for piece in pieces:
        for name in ("key", "content", "thread", "time", "kind"):
            digest.update(getattr(piece, name).tobytes())
        digest.update(repr([piece.channel_names.get(number) for number in piece.channel]).encode())
    return digest.digest()
