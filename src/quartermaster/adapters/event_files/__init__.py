"""Event logs in files: CSV, NDJSON and Parquet, each also `.gz` (docs/reference/events.md)."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from quartermaster.adapters.event_files import chunks, formats
from quartermaster.adapters.event_files import rows as row_events
from quartermaster.adapters.event_files.columns import columns
from quartermaster.adapters.event_files.errors import UnreadableFile
from quartermaster.adapters.event_files.rows import Rows

__all__ = ["Rows", "UnreadableFile", "columns", "read"]


def read(path: Path, rows: int = 20_000, start_row: int = 0) -> Iterator[Rows]:
    """The rows of a file from `start_row` on, in the file's order and in bounded memory.

    What a row is worth beyond its form (known bot, time, texts) is for `core.usage.events.accept`.
    Refusals: UnreadableFile.
    """
    # Arrow's own pool keeps for later what it has once had; over a long file that is memory which
    # nobody needs again.
    pa.set_memory_pool(pa.system_memory_pool())
    for chunk in chunks.parts(formats.chunks(path), rows, start_row):
        yield row_events.of(chunk)
