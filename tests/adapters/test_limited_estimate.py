"""Estimates in a process of their own."""

import gzip
import resource
import tempfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from quartermaster.adapters.event_files.columns import columns
from quartermaster.adapters.event_files.errors import UnreadableFile
from quartermaster.adapters.limited_estimate.estimator import LimitedEstimator, Limits, TooLargeHere
from quartermaster.usecases.usage.estimate_sessions import Estimate, estimate_sessions

HEAD = "id,time,bot,user,direction,channel\n"
LINES = [
    f"{number},2026-03-01T{number % 24:02}:{number % 60:02}:00Z,bot{number % 3},"
    f"user{number % 7},{('inbound', 'outbound')[number % 2]},{('web', 'voice')[number % 5 == 0]}"
    for number in range(400)
]
LOG = (HEAD + "\n".join([*LINES, "x,yesterday,bot1,user1,inbound,web"])).encode()
PRICE = Decimal("0.0375")


LIMITS = Limits(rows=2_000_000, memory_bytes=1 << 30, processor_seconds=30, seconds=60)


def estimated(path: Path, limits: Limits = LIMITS) -> Estimate:
    return LimitedEstimator(limits)(path, 900, PRICE, {"voice"})


def parquet(path: Path, **more: Any) -> Path:
    """The log, or one with other columns."""
    rows = [line.split(",") for line in LINES]
    texts = dict(zip(HEAD.strip().split(","), zip(*rows, strict=True), strict=True))
    table = pa.table({name: pa.array(texts[name]) for name in texts} | more)
    pq.write_table(table, path, compression="zstd", use_dictionary=True)
    return path


def bomb(path: Path, column: str, is_dictionary: bool) -> Path:
    """A few kilobytes with one value of two megabytes in each row."""
    values = pa.array(["x" * 2_000_000])
    repeated = pa.DictionaryArray.from_arrays(np.zeros(len(LINES) * 5, np.int32), values)
    rows = len(repeated)
    plain: dict[str, Any] = {
        "id": pa.array([str(number) for number in range(rows)]),
        "time": pa.array(["2026-03-01T09:30:00Z"] * rows),
        **{name: pa.array(["x"] * rows) for name in ("bot", "user")},
        "direction": pa.array(["inbound"] * rows),
    }
    table = pa.table(plain | {column: repeated})
    pq.write_table(table, path, compression="zstd", store_schema=is_dictionary)
    return path


@pytest.mark.parametrize("name", ["log.csv", "log.csv.gz", "log.parquet"])
def test_the_figures_are_those_of_the_same_process(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name.endswith(".parquet"):
        parquet(path)
    else:
        path.write_bytes(gzip.compress(LOG) if name.endswith(".gz") else LOG)
    found = estimated(path)
    assert found == estimate_sessions(columns(path), 900, PRICE, {"voice"})
    assert (found.messages, found.sessions > 100, len(found.bots)) == (400, True, 3)


def test_many_rows_fit(tmp_path: Path) -> None:
    path = tmp_path / "log.csv.gz"
    lines = (f"{number},{LINES[number % 400].partition(',')[2]}" for number in range(300_000))
    path.write_bytes(gzip.compress((HEAD + "\n".join(lines)).encode(), 1))
    assert estimated(path).messages == 300_000


@pytest.mark.parametrize(
    ("name", "content"),
    [("log.csv", b"id,time\n"), ("log.gz", LOG), ("log.csv.gz", gzip.compress(LOG)[:-9])],
)
def test_what_cannot_be_read_is_refused_in_the_same_words(
    tmp_path: Path, name: str, content: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    refused = []
    for read in (estimated, lambda path: columns(path, 2_000_000)):
        with pytest.raises(UnreadableFile) as no:
            read(path)
        refused.append((str(no.value), no.value.field))
    assert refused[0] == refused[1]


@pytest.mark.parametrize("is_dictionary", [True, False])
@pytest.mark.parametrize("column", ["id", "time"])
def test_a_small_file_of_gigabytes_is_refused(
    tmp_path: Path, column: str, is_dictionary: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    path = bomb(tmp_path / "log.parquet", column, is_dictionary)
    assert path.stat().st_size < 100_000
    before = psutil.Process().memory_info().rss
    with pytest.raises((TooLargeHere, UnreadableFile)) as no:
        estimated(path)
    assert (no.type, str(no.value)) == (TooLargeHere, TooLargeHere.__doc__), column
    assert psutil.Process().memory_info().rss - before < 100_000_000
    assert not list((tmp_path / "temporary").iterdir())


def test_one_that_takes_long_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TooLargeHere):
        estimated(parquet(tmp_path / "log.parquet"), replace(LIMITS, seconds=0.01))


def test_our_own_faults_are_no_refusals(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="cannot convert NaN"):
        LimitedEstimator(LIMITS)(parquet(tmp_path / "log.parquet"), 900, Decimal("NaN"), set())


def test_the_server_keeps_its_own_limits(tmp_path: Path) -> None:
    kinds = (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_CORE)
    before = [resource.getrlimit(kind) for kind in kinds]
    estimated(parquet(tmp_path / "log.parquet"))
    assert [resource.getrlimit(kind) for kind in kinds] == before
