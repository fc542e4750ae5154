"""How much a stranger's file may unpack to: a small one may hold very much."""

import gzip
import zlib
from pathlib import Path
from typing import Final

from quartermaster.adapters.event_files.errors import UnreadableFile

MOST_BYTES: Final = 200_000_000
_BLOCK: Final = 1 << 20


def check(path: Path, most_rows: int) -> None:
    """Reads the file once and keeps nothing. Refusal: UnreadableFile if it has more lines than
    rows are allowed, or more bytes when unpacked than `MOST_BYTES`."""
    is_packed = path.name.lower().endswith(".gz")
    size = lines = 0
    try:
        with gzip.open(path) if is_packed else path.open("rb") as stream:
            while block := stream.read(_BLOCK):
                size += len(block)
                lines += block.count(b"\n")
                if size > MOST_BYTES:
                    raise UnreadableFile(f"{path.name}: unpacks to more than {MOST_BYTES:,} bytes")
                if lines > most_rows + 1:
                    raise UnreadableFile(f"{path.name}: more than {most_rows:,} rows")
    except (OSError, EOFError, zlib.error) as no:
        raise UnreadableFile(f"{path.name}: the .gz is cut off or damaged") from no
