"""Event logs in files: CSV, NDJSON and Parquet, each also `.gz` (docs/reference/events.md)."""

from collections.abc import Iterator
from pathlib import Path

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
    for chunk in chunks.parts(formats.chunks(path), rows, start_row):
        yield row_events.of(chunk)
