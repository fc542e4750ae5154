"""Which reader a file needs, by the end of its name."""

import gzip
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfileobj
from typing import IO, Final

import pyarrow as pa

from quartermaster.adapters.event_files import csv_rows, ndjson_rows, parquet_rows
from quartermaster.adapters.event_files.chunks import Chunk
from quartermaster.adapters.event_files.errors import UnreadableFile

Reader = Callable[[IO[bytes]], Iterator[Chunk]]

_READERS: Final[dict[str, Reader]] = {
    ".csv": csv_rows.chunks,
    ".ndjson": ndjson_rows.chunks,
    ".jsonl": ndjson_rows.chunks,
    ".parquet": parquet_rows.chunks,
}


def chunks(path: Path) -> Iterator[Chunk]:
    """The rows of a file of any known format, in order; UnreadableFile names what is wrong."""
    name = path.name.lower()
    is_packed = name.endswith(".gz")
    reader = _READERS.get(Path(name.removesuffix(".gz")).suffix)
    if reader is None:
        known = ", ".join(_READERS)
        raise UnreadableFile(f"{path.name}: must end in one of {known}, each also with .gz")
    try:
        with _opened(path, is_packed, needs_seek=reader is parquet_rows.chunks) as stream:
            yield from reader(stream)
    except UnreadableFile as no:
        raise UnreadableFile(f"{path.name}: {no}", field=no.field) from no
    except (EOFError, zlib.error) as no:
        raise UnreadableFile(f"{path.name}: the .gz is cut off or damaged") from no
    except (OSError, pa.ArrowException) as no:
        reason = (no.strerror if isinstance(no, OSError) else None) or str(no)
        raise UnreadableFile(f"{path.name}: {reason}") from no


@contextmanager
def _opened(path: Path, is_packed: bool, needs_seek: bool) -> Iterator[IO[bytes]]:
    if not is_packed:
        with path.open("rb") as plain:
            yield plain
        return
    with gzip.open(path, "rb") as unpacked:
        if not needs_seek:
            yield unpacked  # type: ignore[misc]
            return
        with tempfile.TemporaryFile() as whole:
            copyfileobj(unpacked, whole)
            whole.seek(0)
            yield whole
