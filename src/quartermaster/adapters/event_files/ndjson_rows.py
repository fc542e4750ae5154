"""NDJSON: one event in JSON per line; a line that is none is torn."""

import re
from collections.abc import Iterator
from typing import IO, Any, Final

import msgspec
import numpy as np
import pyarrow as pa

from quartermaster.adapters.event_files.chunks import NAMES, Chunk, Torn, batch_of
from quartermaster.adapters.event_files.errors import UnreadableFile
from quartermaster.core.usage.events import Rejection

_BLOCK_BYTES: Final = 4 << 20
_LINE_BYTES: Final = 1 << 20
_BYTE_ORDER_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")
_MISSING: Final = re.compile(r"missing required field `(\w+)`")
_WRONG: Final = re.compile(r" - at `\$\.(\w+)`")


class _Line(msgspec.Struct):
    """An event as text. `time` is parsed later, for all formats alike."""

    id: str
    time: str
    bot: str
    type: str | None = None
    user: str | None = None
    sender: str | None = None
    direction: str | None = None
    conversation: str | None = None
    channel: str | None = None
    developer: bool | None = None
    agent: str | None = None
    product: str | None = None
    device: str | None = None


_DECODER: Final = msgspec.json.Decoder(_Line)
_FLAGS: Final = {None: None, True: "true", False: "false"}


def chunks(stream: IO[bytes]) -> Iterator[Chunk]:
    """The lines that are not blank. A line of more than 1 MiB is torn and not held in memory."""
    first_row = 0
    for lines in _blocks(stream):
        chunk = _chunk(lines, first_row)
        first_row = chunk.next_row
        yield chunk


def _blocks(stream: IO[bytes]) -> Iterator[list[bytes]]:
    left = b""
    is_first = True
    while block := stream.read(_BLOCK_BYTES):
        if is_first and block.startswith(_BYTE_ORDER_MARKS):
            raise UnreadableFile("line 1 is not UTF-8 text")
        *lines, left = (left + block.removeprefix(b"\xef\xbb\xbf" if is_first else b"")).split(
            b"\n"
        )
        left = left[: _LINE_BYTES + 1]
        is_first = False
        yield [line for line in lines if line.strip()]
    if left.strip():
        yield [left]


def _chunk(lines: list[bytes], first_row: int) -> Chunk:
    found: list[_Line] = []
    torn: list[Torn] = []
    for row, line in enumerate(lines, first_row):
        try:
            if len(line) > _LINE_BYTES:
                raise msgspec.ValidationError(f"longer than {_LINE_BYTES} bytes")
            found.append(_DECODER.decode(line))
        except (msgspec.DecodeError, UnicodeDecodeError) as no:
            torn.append(Torn(_rejection(row, no), line.decode("utf-8", "replace")))
    numbers = np.arange(first_row, first_row + len(lines))
    gone = [each.rejection.index - first_row for each in torn]
    return Chunk(first_row, first_row + len(lines), np.delete(numbers, gone), _batch(found), torn)


def _rejection(row: int, no: Exception) -> Rejection:
    reason = str(no)
    if missing := _MISSING.search(reason):
        return Rejection(row, None, "missing", reason, missing.group(1))
    wrong = _WRONG.search(reason)
    code = "wrong_type" if isinstance(no, msgspec.ValidationError) else "malformed_json"
    return Rejection(row, None, code, reason, wrong.group(1) if wrong else None)


def _batch(lines: list[_Line]) -> pa.RecordBatch:
    texts: dict[str, Any] = {
        name: pa.array([getattr(line, name) for line in lines], pa.string())
        for name in NAMES
        if name != "developer"
    }
    texts["developer"] = pa.array([_FLAGS[line.developer] for line in lines], pa.string())
    return batch_of(texts, len(lines))
