"""Files: an estimate from Parquet, and an import that is charged at the end."""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from contextlib import suppress
from pathlib import Path

import numpy as np
import psutil
import pyarrow as pa
import pyarrow.parquet as pq

from bench import workspace
from bench.figures import Figure
from quartermaster.store import sql

ROWS = int(os.environ.get("BENCH_FILE_ROWS", "10000000"))


def run() -> list[Figure]:
    """Both on the same file."""
    workspace.migrate()
    with tempfile.TemporaryDirectory(prefix="quartermaster-bench-") as folder:
        file = Path(folder) / "messages.parquet"
        _write(file)
        return [_estimate(file), *_import(file)]


def _write(file: Path) -> None:
    chance = np.random.default_rng(4)
    end = int(time.time()) * 1_000_000
    with pq.ParquetWriter(file, _SCHEMA) as writer:
        for start in range(0, ROWS, 1_000_000):
            size = min(1_000_000, ROWS - start)
            burst = chance.integers(0, size // 8 + 1, size)
            begun = end - 86_400_000_000 * 30 + start * 100_000 + burst * 900_000
            at = begun + chance.integers(0, 1_200_000_000, size)
            order = np.argsort(at)
            at, burst = at[order], burst[order]
            ids = [f"m-{number}" for number in range(start, start + size)]
            columns = [
                pa.array(ids),
                pa.array(at, pa.timestamp("us", "UTC")),
                pa.array([f"bot-{one % 50}" for one in burst.tolist()]),
                pa.array([f"user-{start // 1_000_000}-{one}" for one in burst.tolist()]),
                pa.array(np.where(chance.random(size) < 0.5, "inbound", "outbound")),
            ]
            writer.write_table(pa.table(columns, schema=_SCHEMA))


_SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("time", pa.timestamp("us", "UTC")),
        ("bot", pa.string()),
        ("user", pa.string()),
        ("direction", pa.string()),
    ]
)


def _command(*words: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "quartermaster.conf.app", *words, "--format", "json"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def _estimate(file: Path) -> Figure:
    begun = time.perf_counter()
    process = _command("estimate", str(file))
    found = json.loads(process.communicate()[0])
    seconds = time.perf_counter() - begun
    assert found["messages"] == ROWS
    return Figure(f"estimate of {ROWS / 1e6:g} M messages", seconds, "s", 10, is_most=True)


def _import(file: Path) -> list[Figure]:
    name = f"bench-{uuid.uuid4().hex[:8]}"
    _command("workspace", "create", name, "--free-credits", "100000000").wait()
    begun = time.perf_counter()
    process = _command("events", "import", str(file), "-w", name, "--create-bots")
    most = [0]
    watching = threading.Thread(target=_watch, args=(process, most))
    watching.start()
    found = json.loads(process.communicate()[0])
    seconds = time.perf_counter() - begun
    watching.join()
    assert found["accepted"] == ROWS
    return [
        Figure(f"import of {ROWS / 1e6:g} M rows, charged", ROWS / seconds, "rows/s", 50_000),
        Figure(
            "import: resident memory of the largest process", most[0] / 1e6, "MB", 400, is_most=True
        ),
    ]


def _watch(process: "subprocess.Popen[str]", most: list[int]) -> None:
    """The largest resident memory of any process that takes part, PostgreSQL's own as well."""
    (backend,) = sql.rows("select pg_backend_pid()")[0]
    postmaster = psutil.Process(backend).parent()
    assert postmaster is not None
    while process.poll() is None:
        for one in (psutil.Process(process.pid), *postmaster.children()):
            with suppress(psutil.NoSuchProcess):
                most[0] = max(most[0], one.memory_info().rss)
        time.sleep(0.2)
