"""The archive of events: what every one keeps to, and what the files are worth."""

import resource
import signal
import weakref
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from pyarrow import parquet

from quartermaster.adapters.event_archive import ParquetArchive
from quartermaster.core import periods
from quartermaster.core.usage.events import Kind
from quartermaster.usecases.ports import (
    ArchiveDamaged,
    ArchivedFile,
    ArchiveMissing,
    ArchiveNotWritten,
    ArchivePiece,
    EventArchive,
)
from tests.fakes.archive import MemoryArchive, PowerCut

START = periods.to_micros(datetime(2026, 1, 1, tzinfo=UTC))
NAME = "events/ws_1/2026-01"
PATH = f"{NAME}.parquet"


@pytest.fixture(params=["memory", "parquet"])
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> EventArchive:
    if request.param == "memory":
        return MemoryArchive()
    return ParquetArchive(tmp_path / "new" / "archive")


def piece(first: int, count: int, thread: int = 1) -> ArchivePiece:
    """Events numbered from `first`, two a thread, in the channels none, web, voice by turns."""
    numbers = np.arange(first, first + count)
    return ArchivePiece(
        key=np.array([number.to_bytes(16, "big") for number in numbers.tolist()], "V16"),
        content=numbers * 7,
        thread=thread + numbers // 2,
        time=START + numbers * 1_000_000,
        channel=numbers % 3,
        kind=np.where(numbers % 2, Kind.BOT, Kind.USER).astype(np.int64),
        channel_names={1: "web", 2: "voice"},
        words={
            one: ("bot_1", None, f"user {one}", None, None, None)
            for one in range(thread, thread + first + count)
        },
    )


def stored(archive: EventArchive, dropped: int = 10) -> ArchivedFile:
    """Ten events in three pieces."""
    file = archive.write(NAME, iter([piece(0, 4), piece(4, 4), piece(8, 2)]))
    return ArchivedFile(file.path, 10, file.digest, dropped)


def rows(archive: EventArchive, file: ArchivedFile, *threads: int) -> list[tuple[Any, ...]]:
    """Number, channel and kind of each, by the time that was given to it."""
    return [
        (
            (time - START) // 1_000_000,
            thread,
            found.channel_names[channel] if channel >= 0 else None,
            kind,
        )
        for found in archive.rows(file, np.array(threads, np.int64))
        for time, thread, channel, kind in zip(
            *(getattr(found, name).tolist() for name in ("time", "thread", "channel", "kind")),
            strict=True,
        )
    ]


def test_rows_of_some_threads(archive: EventArchive) -> None:
    file = stored(archive)
    assert rows(archive, file, 1, 3, 99) == [
        (0, 1, None, Kind.USER),
        (1, 1, "web", Kind.BOT),
        (4, 3, "web", Kind.USER),
        (5, 3, "voice", Kind.BOT),
    ]
    assert len(rows(archive, file, *range(9))) == 10
    assert rows(archive, file) == rows(archive, file, 0, 99) == []


@pytest.mark.parametrize("dropped", range(11))
def test_only_what_is_nowhere_else_is_read(archive: EventArchive, dropped: int) -> None:
    file = stored(archive, dropped)
    assert [row[0] for row in rows(archive, file, *range(9))] == list(range(dropped))


@pytest.mark.parametrize(("dropped", "left"), [(0, [4, 4, 2]), (4, [4, 2]), (8, [2]), (10, [])])
def test_keys_come_in_the_pieces_that_were_written(
    archive: EventArchive, dropped: int, left: list[int]
) -> None:
    found = list(archive.keys(stored(archive, dropped)))
    assert [len(keys) for keys in found] == left
    numbers = [int.from_bytes(key.tobytes(), "big") for keys in found for key in keys]
    assert numbers == list(range(dropped, 10))


def test_a_file_that_is_as_it_was_has_no_fault(archive: EventArchive) -> None:
    file = stored(archive)
    assert archive.fault(file) is None
    assert archive.fault(replace(file, digest=bytes(32)))
    assert archive.fault(replace(file, path="events/ws_1/2026-02.parquet"))


def test_the_same_again_is_the_same(archive: EventArchive) -> None:
    assert stored(archive) == stored(archive)


def test_no_file_takes_the_place_of_another(archive: EventArchive) -> None:
    first = stored(archive)
    paths = [archive.write(NAME, iter([piece(number, 4)])).path for number in (0, 1, 0)]
    assert [first.path, *paths] == [PATH, f"{NAME}-2.parquet", f"{NAME}-3.parquet", paths[0]]
    assert archive.fault(first) is None


def test_a_failure_leaves_what_was_there(archive: EventArchive) -> None:
    file = stored(archive)

    def broken() -> Iterator[ArchivePiece]:
        yield piece(0, 4)
        raise PowerCut

    with pytest.raises(PowerCut):
        archive.write(NAME, broken())
    assert archive.fault(file) is None


def test_what_is_required_must_be_there(archive: EventArchive) -> None:
    file = stored(archive)
    archive.require([])
    archive.require([file.path])
    with pytest.raises(ArchiveMissing, match=r"2026-02\.parquet is not in"):
        archive.require([file.path, "events/ws_1/2026-02.parquet"])


@pytest.mark.parametrize("names", [(), ("new",), ("new", "archive", "events")])
def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path, names: tuple[str, ...]) -> None:
    in_the_way = tmp_path.joinpath("there", *names)
    in_the_way.parent.mkdir(parents=True, exist_ok=True)
    in_the_way.write_bytes(b"not a folder")
    archive = ParquetArchive(tmp_path / "there" / "new" / "archive")
    with pytest.raises(ArchiveNotWritten, match=r"2026-01\.parquet cannot be written to /.*: \w"):
        stored(archive)
    assert in_the_way.read_bytes() == b"not a folder"


def test_a_full_disk_is_refused_and_nothing_is_left(tmp_path: Path) -> None:
    """The system lets no file of this process grow beyond a kibibyte."""
    archive = ParquetArchive(tmp_path)
    whole = resource.getrlimit(resource.RLIMIT_FSIZE)
    signalled = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_024, whole[1]))
    try:
        with pytest.raises(ArchiveNotWritten, match="File too large"):
            stored(archive)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, whole)
        signal.signal(signal.SIGXFSZ, signalled)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert archive.fault(stored(archive)) is None


def test_other_rows_than_were_written_are_refused(archive: EventArchive) -> None:
    file = replace(stored(archive), rows=11)
    for read in (lambda: rows(archive, file, 1), lambda: list(archive.keys(file))):
        with pytest.raises(ArchiveDamaged):
            read()


def cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


def turn_a_bit(place: int) -> Callable[[Path], None]:
    def turned(path: Path) -> None:
        whole = bytearray(path.read_bytes())
        whole[place] ^= 4
        path.write_bytes(whole)

    return turned


@pytest.mark.parametrize("blow", [Path.unlink, cut_off, *map(turn_a_bit, range(-400, 400, 40))])
def test_a_damage_is_told_and_never_read_over(tmp_path: Path, blow: Callable[[Path], None]) -> None:
    archive = ParquetArchive(tmp_path)
    file = stored(archive, 8)
    assert rows(archive, file, 1)
    blow(tmp_path / PATH)
    for read in (lambda: rows(archive, file, 1), lambda: list(archive.keys(file))):
        with pytest.raises(ArchiveDamaged, match=r"2026-01\.parquet"):
            read()
    assert archive.fault(file)


def test_nothing_is_left_of_a_file_that_was_not_finished(tmp_path: Path) -> None:
    part = tmp_path / "events" / "ws_1" / ".2026-01.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(b"of a machine that stopped")
    stored(ParquetArchive(tmp_path))
    assert [path.name for path in part.parent.iterdir()] == ["2026-01.parquet"]


def test_only_groups_with_the_threads_are_read(tmp_path: Path) -> None:
    archive = ParquetArchive(tmp_path)
    file = stored(archive)
    assert len(list(archive.rows(file, np.array([1])))) == 1
    assert len(list(archive.rows(file, np.array([1, 3])))) == 2
    assert len(list(archive.rows(file, np.array([0, 6])))) == 0


def test_a_file_explains_itself(tmp_path: Path) -> None:
    archive = ParquetArchive(tmp_path)
    stored(archive)
    path = tmp_path / PATH
    found = duckdb.sql(
        f'select * exclude (key, content, "at"), epoch_us("at") from \'{path}\' order by "at"'
    )
    assert found.columns[:-1] == [
        *("thread", "channel", "kind", "type", "sender"),
        *("bot", "conversation", "user", "product", "agent", "device"),
    ]
    first, second, *_ = found.fetchall()
    words = ("message", "user", "bot_1", None, "user 1", None, None, None)
    assert first == (1, None, Kind.USER, *words, START)
    assert second[1:5] == ("web", Kind.BOT, "message", "bot")
    group = parquet.read_metadata(path).row_group(1)
    bounds = {group.column(at).path_in_schema: group.column(at).statistics for at in (2, 3)}
    assert (bounds["thread"].min, bounds["thread"].max) == (3, 4)


def test_files_are_for_our_eyes_only(tmp_path: Path) -> None:
    archive = ParquetArchive(tmp_path / "archive")
    stored(archive)
    folder = tmp_path / "archive"
    while folder.is_dir():
        assert folder.stat().st_mode & 0o077 == 0
        folder = next(folder.iterdir())


def test_memory_does_not_grow_with_the_month(tmp_path: Path) -> None:
    refs: list[weakref.ref[Any]] = []
    most = 0

    def many() -> Iterator[ArchivePiece]:
        nonlocal most
        for number in range(12):
            made = piece(number * 100, 100)
            refs.append(weakref.ref(made.key))
            most = max(most, sum(ref() is not None for ref in refs))
            yield made
            del made

    archive = ParquetArchive(tmp_path)
    written = archive.write(NAME, many())
    assert most <= 2
    file = ArchivedFile(written.path, 1200, written.digest, 1200)
    held = []
    for found in archive.rows(file, np.arange(10_000)):
        held.append(weakref.ref(found.time))
        del found
        assert sum(ref() is not None for ref in held) <= 1
    assert len(held) == 12
