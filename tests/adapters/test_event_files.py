"""Event files: every format gives the same events, and says what is wrong with a bad one."""

import gzip
import json
import random
import tracemalloc
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import csv as arrow_csv

from quartermaster.adapters import event_files
from quartermaster.adapters.event_files import hashing, instants
from quartermaster.core.usage import events
from quartermaster.core.usage.events import Event

WHEN = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
FIELDS = ("id", "type", "time", "bot", "user", "sender", "conversation", "channel")
FIELDS += ("developer", "agent", "product", "device")
SAMPLE = [
    Event("e1", "message", WHEN, "helpdesk", "ann", "user", None, "web"),
    Event("e2", "message", WHEN + timedelta(microseconds=1), "helpdesk", "ann", "bot", "c1"),
    Event("e3", "message", WHEN, "bookings", 'zoë, "the" NA', "agent", None, None, True),
    Event("e4", "conversation.transferred", WHEN, "helpdesk", None, None, "c1"),
    Event("e5", "conversation.returned", WHEN, "helpdesk", "ann"),
    Event("e6", "conversation.ended", WHEN, "helpdesk", "ann"),
    Event("e7", "api.requested", WHEN, "bookings"),
    Event("e8", "alert.delivered", WHEN, "bookings", "null"),
    Event("e9", "notification.delivered", WHEN, "bookings", "ann"),
    Event("e10", "agent.logged_in", WHEN, "bookings", agent="kim", product="agent_ai", device="d"),
    Event("e11", "agent.logged_out", WHEN, "bookings", agent="kim", product="agent_ai"),
]
ENDS = (".csv", ".csv.gz", ".ndjson", ".jsonl.gz", ".parquet", ".parquet.gz")


def fields(event: Event) -> dict[str, object]:
    found = {name: getattr(event, name) for name in FIELDS}
    return {**found, "time": event.time.isoformat()}


def write(path: Path, log: list[dict[str, object]]) -> Path:
    """A file in the format that its name says."""
    plain = path.with_suffix("") if path.suffix == ".gz" else path
    if plain.suffix in (".ndjson", ".jsonl"):
        lines = (json.dumps({k: v for k, v in row.items() if v is not None}) for row in log)
        plain.write_text("\n".join(lines))
    else:
        table = pa.Table.from_pylist(log)
        kind = arrow_csv.write_csv if plain.suffix == ".csv" else pq.write_table
        kind(table, plain)
    if path != plain:
        path.write_bytes(gzip.compress(plain.read_bytes()))
        plain.unlink()
    return path


def read(path: Path, rows: int = 20_000, start_row: int = 0) -> event_files.Rows:
    """All of a file at once, in small steps."""
    parts = list(event_files.read(path, rows, start_row))
    whole = parts[0]
    for part, following in pairwise(parts):
        assert part.next_row == following.first_row
        assert part.next_row - part.first_row <= rows
    for part in parts[1:]:
        whole.events.extend(part.events)
        whole.rejected.extend(part.rejected)
    return whole


def raw(path: Path, row: int) -> str:
    return next(event_files.read(path, start_row=row)).raw(row)


@pytest.mark.parametrize("rows", [1, 4, 20_000])
@pytest.mark.parametrize("end", ENDS)
def test_every_format_gives_equal_events(tmp_path: Path, end: str, rows: int) -> None:
    path = write(tmp_path / f"log{end}", [fields(event) for event in SAMPLE])
    found = read(path, rows)
    assert found.events == list(enumerate(SAMPLE))
    assert found.rejected == []


@pytest.mark.parametrize("end", ENDS)
def test_reading_goes_on_where_it_stopped(tmp_path: Path, end: str) -> None:
    path = write(tmp_path / f"log{end}", [fields(event) for event in SAMPLE])
    first = next(event_files.read(path, rows=4))
    later = read(path, 3, start_row=first.next_row)
    assert first.events + later.events == list(enumerate(SAMPLE))
    assert list(event_files.read(path, start_row=len(SAMPLE))) == []


@pytest.mark.parametrize("end", ENDS)
def test_messages_need_a_direction_or_a_sender(tmp_path: Path, end: str) -> None:
    log: list[dict[str, object]] = [
        {"id": "1", "time": "2026-03-01T09:30:00Z", "bot": "b", "user": "u"} for _ in range(5)
    ]
    for row, direction in zip(log, ("inbound", "outbound", "inbound", "up", None), strict=True):
        row.update(direction=direction, sender=None)
    log[2]["sender"] = "agent"
    found = read(write(tmp_path / f"log{end}", log))
    assert [event.sender for _, event in found.events] == ["user", "bot", "agent", None]
    assert [(no.index, no.code, no.field) for no in found.rejected] == [
        (3, "unknown_direction", "direction")
    ]


@pytest.mark.parametrize("end", ENDS)
def test_times_keep_offsets_and_microseconds(tmp_path: Path, end: str) -> None:
    texts = ["2026-03-01T09:30:00.123456+05:30", "2026-03-01 09:30:00Z", "2026-03-01T09:30:00"]
    log = [{**fields(SAMPLE[0]), "time": text} for text in [*texts, "2026-03-01", "x", None]]
    found = read(write(tmp_path / f"log{end}", log))
    zone = timezone(timedelta(hours=5, minutes=30))
    assert [event.time for _, event in found.events] == [
        datetime(2026, 3, 1, 9, 30, 0, 123456, zone),
        WHEN,
        WHEN.replace(tzinfo=None),
    ]
    assert [(no.index, no.field) for no in found.rejected] == [
        (3, "time"),
        (4, "time"),
        (5, "time"),
    ]
    assert {no.code for no in found.rejected} == {"invalid_time", "missing"}


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_parquet_takes_timestamps_with_a_zone(tmp_path: Path, unit: Any) -> None:
    table = pa.table(
        {
            "id": pa.array([7, 8], pa.int64()),
            "time": pa.array([WHEN, None], pa.timestamp(unit, "Asia/Kolkata")),
            "bot": pa.array(["b", "b"]).dictionary_encode(),
            "user": pa.array(["", "u"], pa.large_string()),
            "direction": pa.array(["inbound", "inbound"]),
            "developer": pa.array([True, False]),
        }
    )
    path = tmp_path / "log.parquet"
    pq.write_table(table, path)
    found = read(path)
    [(_, event)] = found.events
    assert event == Event("7", "message", WHEN, "b", None, "user", developer=True)
    assert [(no.index, no.code, no.field) for no in found.rejected] == [(1, "missing", "time")]
    assert event_files.columns(path).rejected == 2


def test_parquet_takes_dictionaries_in_every_column(tmp_path: Path) -> None:
    rows = {"id": ["1", "2", "3"], "time": ["2026-03-01T09:30:00Z"] * 3, "bot": ["b"] * 3}
    rows |= {"user": ["ann"] * 3, "direction": ["inbound"] * 3}
    plain = pa.table({name: pa.array(texts) for name, texts in rows.items()})
    coded = pa.table({name: pa.array(texts).dictionary_encode() for name, texts in rows.items()})
    for name, table in (("plain.parquet", plain), ("coded.parquet", coded)):
        pq.write_table(table, tmp_path / name)
    found = [event_files.columns(tmp_path / name) for name in ("plain.parquet", "coded.parquet")]
    assert found[0].id.tolist() == found[1].id.tolist()
    assert found[0].time.tolist() == found[1].time.tolist()
    assert (found[1].rejected, len(found[1].id)) == (0, 3)
    assert read(tmp_path / "plain.parquet").events == read(tmp_path / "coded.parquet").events


def test_a_torn_row_is_one_rejected_row(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    good = ["a,2026-03-01T09:30:00Z,b,u,inbound", '"b",2026-03-01T09:30:00Z,b,u,outbound']
    lines = [
        "id,time,bot,user,direction",
        good[0],
        "torn",
        "",
        good[1],
        "1,2,3,4,5,6,7",
        "torn,too",
    ]
    path.write_text("\r\n".join(lines))
    for rows in (1, 2, 100):
        found = read(path, rows)
        assert [row for row, _ in found.events] == [0, 2]
        assert [(no.index, no.code) for no in found.rejected] == [
            (row, "wrong_columns") for row in (1, 3, 4)
        ]
    assert [row for row, _ in read(path, 1, start_row=1).events] == [2]
    assert (raw(path, 1), raw(path, 3)) == ("torn", "1,2,3,4,5,6,7")
    assert json.loads(raw(path, 2))["id"] == "b"
    assert event_files.columns(path).rejected == 3


def test_torn_rows_over_many_blocks(tmp_path: Path) -> None:
    chance = random.Random(3)
    path = tmp_path / "log.csv"
    torn = [chance.random() < 0.2 for _ in range(150_000)]
    with path.open("w") as file:
        file.write("id,time,bot,user,direction,text\n")
        for row, is_torn in enumerate(torn):
            rest = "" if is_torn else ',2026-03-01T09:30:00Z,bot,user,inbound,"a\nb"'
            file.write(f"{row}{rest}\n")
    found = read(path)
    assert all(event.id == str(row) for row, event in found.events)
    assert [no.index for no in found.rejected] == [
        row for row, is_torn in enumerate(torn) if is_torn
    ]
    assert len(found.events) + len(found.rejected) == len(torn)


def test_a_line_that_is_no_event_is_one_rejected_row(tmp_path: Path) -> None:
    path = tmp_path / "log.ndjson"
    good = b'{"id":"a","time":"2026-03-01T09:30:00Z","bot":"b","text":"secret"}'
    bad = [b"{", b'{"id":1}', b'{"id":"x"}', b'{"id":"\xff"}', b'"' + b"x" * 9_000_000 + b'"']
    path.write_bytes(b"\xef\xbb\xbf" + b"\n\r\n".join([good, *bad, good]))
    found = read(path)
    assert [row for row, _ in found.events] == [0, 6]
    assert [(no.index, no.code, no.field) for no in found.rejected] == [
        (1, "malformed_json", None),
        (2, "wrong_type", "id"),
        (3, "missing", "time"),
        (4, "malformed_json", None),
        (5, "wrong_type", None),
    ]
    assert "secret" not in raw(path, 0)
    assert raw(path, 1) == "{"
    assert len(raw(path, 5)) < 2_000_000


HEADER = b"id,time,bot,user,direction\n"
ROW = b"a,2026-03-01T09:30:00Z,b,u,inbound\n"


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("log.txt", b"", "must end in one of .csv"),
        ("log.csv", b"", "line 1 must name the columns"),
        ("log.csv", b"id,bot,user,direction\n", "column 'time' is missing"),
        ("log.csv", b"id,time,bot,user\n", "column 'direction' (or 'sender') is missing"),
        ("log.csv", b"id,time,bot,sender\n", "column 'user' is missing"),
        ("log.csv", b"id,id,time,bot,type\n", "twice"),
        ("log.csv", HEADER + ROW + b"a,2026-03-01T09:30:00Z,b,\xfc,inbound\n", "'user', row 1"),
        ("log.csv", (HEADER + ROW).decode().encode("utf-16"), "line 1 is not UTF-8"),
        ("log.csv", HEADER + b'"' + ROW * 9_000, "never closed"),
        ("log.csv", HEADER + b'"' + ROW * 200_000, "never closed"),
        ("log.csv.gz", gzip.compress(HEADER + ROW * 90_000)[:-200], "cut off"),
        ("log.csv.gz", HEADER, "Not a gzipped file"),
        ("log.ndjson", "{}".encode("utf-16"), "line 1 is not UTF-8"),
        ("log.ndjson.gz", gzip.compress(random.Random(1).randbytes(9_000))[:-200], "cut off"),
        ("log.parquet", b"PAR1 and more", "log.parquet"),
    ],
)
def test_a_file_that_cannot_be_read(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(event_files.UnreadableFile) as no:
        list(event_files.read(path))
    assert says in str(no.value)
    assert str(no.value).startswith("log.")
    with pytest.raises(event_files.UnreadableFile):
        event_files.columns(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(event_files.UnreadableFile, match="No such file"):
        list(event_files.read(tmp_path / "log.csv"))
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(event_files.UnreadableFile, match="directory"):
        list(event_files.read(tmp_path / "folder.csv"))


@pytest.mark.parametrize(
    ("kind", "says"),
    [(pa.timestamp("us"), "without a time zone"), (pa.float64(), "must be text")],
)
def test_parquet_times_that_mean_nothing(tmp_path: Path, kind: pa.DataType, says: str) -> None:
    table = pa.table({"id": ["1"], "time": pa.array([1], kind), "bot": ["b"], "type": ["x"]})
    path = tmp_path / "log.parquet"
    pq.write_table(table, path)
    with pytest.raises(event_files.UnreadableFile, match=says) as no:
        event_files.columns(path)
    assert no.value.field == "time"


def messy(seed: int) -> list[dict[str, object]]:
    """Rows with everything that can be wrong in some of them."""
    chance = random.Random(seed)

    def some(*texts: str | None) -> str | None:
        return chance.choice(texts)

    times = ("2026-03-01T09:30:00Z", "2026-03-01 09:30:00.5+02:00", "2026-02-30T09:30:00Z", None)
    times += ("2026-03-01T09:30:00", "2026-03-01T09:30Z", "0000-01-01T00:00:00Z", "x")
    times += ("2026-03-01T09:30:00+02", "2026-03-01T09:30:00.1234567Z", "0001-01-01T00:00:00+01:00")
    return [
        {
            "id": some(f"id-{number}", f"id-{number}", "x" * 201, "a\tb", "é" * 150, None),
            "time": times[0] if chance.random() < 0.5 else some(*times),
            "type": some("message", "message", None, *events.TYPES, "unheard of"),
            "bot": some("b1", "b2", None),
            "user": some("ann", "bob", None, "u" * 201, "c\x01"),
            "sender": some("user", "bot", "agent", None, "nobody"),
            "direction": some("inbound", "outbound", None, "up"),
            "conversation": some(None, None, "c1", "c2"),
            "channel": some("web", "voice", None),
            "developer": some("true", "false", None, "maybe"),
            "agent": some("kim", None),
            "product": some("agent_ai", None, "tea"),
        }
        for number in range(3_000)
    ]


@pytest.mark.parametrize("end", [".csv", ".parquet"])
@pytest.mark.parametrize("seed", range(3))
def test_columns_hold_what_the_rules_accept(tmp_path: Path, end: str, seed: int) -> None:
    path = write(tmp_path / f"log{end}", messy(seed))
    rows = read(path, 700)
    bots = {event.bot: place for place, (_, event) in enumerate(rows.events)}
    accepted, rejected = events.accept(rows.events, instants.ALL_TIME, bots)
    found = event_files.columns(path)
    assert found.rejected == len(rejected) + len(rows.rejected)
    assert found.kind.tolist() == accepted.kind
    assert found.time.tolist() == accepted.time
    assert [
        found.channels[code] if code >= 0 else None for code in found.channel
    ] == accepted.channel
    for codes, texts in ((found.user, accepted.user), (found.conversation, accepted.conversation)):
        pairs = set(zip(codes.tolist(), texts, strict=True))
        assert len(pairs) == len(set(texts)) == len(set(codes.tolist()))
        assert dict(pairs).get(-1) is None
    assert len(accepted) > 100
    assert len(set(found.id.tolist())) == len(set(accepted.id))


def test_no_rows_are_no_columns(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(HEADER)
    assert list(event_files.read(path)) == []
    found = event_files.columns(path)
    assert (len(found.id), len(found.bot), found.bots, found.channels) == (0, 0, [], [])


def test_hashes_tell_texts_apart_and_do_not_depend_on_the_place() -> None:
    texts = [f"id-{number}" for number in range(100_000)] + ["", "a", "b", "a" * 8, "a" * 9, "é"]
    texts += ["a" * 16, "a" * 17, "aaaaaaaab", "aaaaaaaaaaaaaaaab"]
    whole = hashing.hashes(pa.array(texts))
    assert len(np.unique(whole)) == len(texts)
    for place in (0, 7, 99_999, 100_001, len(texts) - 1):
        assert hashing.hashes(pa.array(texts).slice(place, 1))[0] == whole[place]
        assert hashing.hashes(pa.array([texts[place]]))[0] == whole[place]


@pytest.mark.parametrize("end", [".csv.gz", ".ndjson.gz"])
def test_a_long_file_needs_little_memory(tmp_path: Path, end: str) -> None:
    path = tmp_path / f"log{end}"
    time = "2026-03-01T09:30:00Z"
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(HEADER if "csv" in end else b"")
        for row in range(150_000):
            line = (
                f"{row},{time},bot,user,inbound\n"
                if "csv" in end
                else f'{{"id":"{row}","time":"{time}","bot":"b","user":"u","sender":"user"}}\n'
            )
            file.write(line.encode())
    before = pa.total_allocated_bytes()
    tracemalloc.start()
    seen, in_arrow = 0, 0
    for rows in event_files.read(path, rows=5_000):
        seen += len(rows.events)
        in_arrow = max(in_arrow, pa.total_allocated_bytes() - before)
    _, in_python = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert seen == 150_000
    assert in_arrow < 60 << 20
    assert in_python < 60 << 20


@pytest.mark.parametrize("end", [".csv", ".csv.gz"])
def test_a_file_that_unpacks_to_too_much_is_refused(tmp_path: Path, end: str) -> None:
    rows = "".join(f"{n},2026-03-02T09:00:00Z,shop,ann,inbound\n" for n in range(5))
    content = f"id,time,bot,user,direction\n{rows}torn\n".encode()
    path = tmp_path / f"log{end}"
    path.write_bytes(gzip.compress(content) if end.endswith(".gz") else content)
    assert len(event_files.columns(path, 6).id) == 5
    with pytest.raises(event_files.UnreadableFile, match=f"log{end}: more than 5 rows"):
        event_files.columns(path, 5)
