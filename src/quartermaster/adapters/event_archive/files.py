"""The files of the archive in a folder: written whole and once, proved by their bytes."""

import hashlib
import itertools
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import parquet

from quartermaster.adapters.event_archive import tables
from quartermaster.core.usage.state import Ints
from quartermaster.usecases.ports import (
    ArchiveDamaged,
    ArchivedFile,
    ArchivedRows,
    ArchiveMissing,
    ArchiveNotWritten,
    ArchivePiece,
    WrittenFile,
)

_THREAD: Final = tables.SCHEMA.get_field_index("thread")


@dataclass(frozen=True, slots=True)
class ParquetArchive:
    """Implements `ports.EventArchive`: a row group a piece, with the least and greatest thread.

    No file is given to Arrow before all of its bytes have been proved, for it may take the process
    down over a damaged one; once a process, and again if the file was touched.
    """

    folder: Path
    proved: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def require(self, paths: Iterable[str]) -> None:
        """A folder that was set anew, or is not mounted, lacks all or the older ones."""
        for path in paths:
            if not (self.folder / path).is_file():
                raise ArchiveMissing(
                    f"{path} is not in {self.folder}; put it there, or set"
                    " QUARTERMASTER_ARCHIVE_FOLDER to the folder that holds it"
                )

    def write(self, name: str, pieces: Iterable[ArchivePiece]) -> WrittenFile:
        """Beside its place first; it takes its name when it is on disk. No file is ever replaced:
        another database, such as one that was restored to try it, may have use for it."""
        try:
            return self._write(name, pieces)
        except OSError as no:
            words = f"{name}.parquet cannot be written to {self.folder}: {no.strerror or no}"
            raise ArchiveNotWritten(words) from no

    def _write(self, name: str, pieces: Iterable[ArchivePiece]) -> WrittenFile:
        place = self.folder / name
        _make(place.parent)
        part = place.with_name(f".{place.name}.part")
        try:
            sent, read = tables.Sum(), tables.Sum()
            _write(part, pieces, sent)
            with parquet.ParquetFile(part, page_checksum_verification=True) as file:
                for group in range(file.num_row_groups):
                    read.add(file.read_row_group(group))
            if sent != read:
                raise ArchiveDamaged(f"{part} does not hold what was written to it")
            digest = _digest(part)
            target = _settle(part, place, digest)
            _sync(place.parent)
        finally:
            part.unlink(missing_ok=True)
        return WrittenFile(target.relative_to(self.folder).as_posix(), digest)

    def fault(self, file: ArchivedFile) -> str | None:
        """Every byte is read."""
        self.proved.pop(file.path, None)
        try:
            touched = _touched(self.folder / file.path)
            found = _digest(self.folder / file.path)
        except OSError as no:
            return f"cannot be read: {no.strerror or no}"
        if found != file.digest:
            return f"its SHA-256 is {found.hex()}, it was written with {file.digest.hex()}"
        self.proved[file.path] = touched
        return None

    def keys(self, file: ArchivedFile) -> Iterator[NDArray[np.void]]:
        """A row group at a time."""
        with self._opened(file) as opened:
            for group, first, _ in _groups(opened):
                if first >= file.dropped:
                    yield tables.keys(opened.read_row_group(group, ["key"]))

    def rows(self, file: ArchivedFile, threads: Ints) -> Iterator[ArchivedRows]:
        """Only row groups that may hold one of the threads are read."""
        wanted = np.unique(threads)
        with self._opened(file) as opened:
            for group, first, found in _groups(opened):
                bounds: Any = found.column(_THREAD).statistics
                low, high = np.searchsorted(wanted, [bounds.min, bounds.max + 1])
                if first < file.dropped and low < high:
                    table = opened.read_row_group(group, tables.READ)
                    yield tables.rows(table.slice(0, file.dropped - first), wanted[low:high])

    @contextmanager
    def _opened(self, file: ArchivedFile) -> Iterator[parquet.ParquetFile]:
        path = self.folder / file.path
        try:
            is_proved = self.proved.get(file.path) == _touched(path)
            fault = None if is_proved else self.fault(file)
            if fault:
                raise ArchiveDamaged(f"{file.path} {fault}")
            with parquet.ParquetFile(path, page_checksum_verification=True) as opened:
                if opened.metadata.num_rows != file.rows:
                    words = f"holds {opened.metadata.num_rows:,} rows, not {file.rows:,}"
                    raise ArchiveDamaged(f"{file.path} {words}")
                yield opened
        except (OSError, pa.ArrowException) as no:
            raise ArchiveDamaged(f"{file.path} cannot be read: {no}") from no


def _groups(opened: parquet.ParquetFile) -> Iterator[tuple[int, int, parquet.RowGroupMetaData]]:
    """Each row group with its first row."""
    first = 0
    for group in range(opened.num_row_groups):
        found = opened.metadata.row_group(group)
        yield group, first, found
        first += found.num_rows


def _write(part: Path, pieces: Iterable[ArchivePiece], sent: tables.Sum) -> None:
    with parquet.ParquetWriter(
        part, tables.SCHEMA, compression="zstd", write_page_checksum=True
    ) as writer:
        for piece in pieces:
            table = tables.table(piece)
            sent.add(table)
            writer.write_table(table, row_group_size=len(table))
    _sync(part)


def _settle(part: Path, place: Path, digest: bytes) -> Path:
    """The first name that is free, or that of the same file from a run that did not get on."""
    for number in itertools.count(1):
        end = "" if number == 1 else f"-{number}"
        target = place.with_name(f"{place.name}{end}.parquet")
        try:
            os.link(part, target)
        except FileExistsError:
            if _digest(target) == digest:
                return target
        else:
            return target
    raise AssertionError  # numbers do not end


def _touched(path: Path) -> tuple[int, ...]:
    """What changes when somebody writes to a file or puts another in its place."""
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _digest(path: Path) -> bytes:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").digest()


def _make(folder: Path) -> None:
    """The missing folders, for our eyes only: files name end users."""
    if not folder.exists():
        _make(folder.parent)
        with suppress(FileExistsError):
            folder.mkdir(0o700)
        _sync(folder.parent)


def _sync(path: Path) -> None:
    """Returns when a file, or the names in a folder, are on disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
