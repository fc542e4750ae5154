"""The process that reads a file: a task comes in, limits are set, an answer goes out."""

import resource
import sys
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final

import msgspec
import pyarrow as pa

from quartermaster.adapters.event_files.columns import columns
from quartermaster.adapters.event_files.errors import UnreadableFile
from quartermaster.usecases.usage.estimate_sessions import Estimate, estimate_sessions

TOO_LARGE: Final = 3
"""What it exits with where the limits do not suffice; the system may end it first."""
_ANSWER_BYTES: Final = 16_000_000
_PAGES: Final = Path("/proc/self/statm")


@dataclass(frozen=True, slots=True)
class Task:
    """A file, how it is to be counted, and what that may take."""

    path: str
    rows: int
    memory_bytes: int
    processor_seconds: int
    inactivity_seconds: int
    price: Decimal
    voice_channels: list[str]


@dataclass(frozen=True, slots=True)
class Answer:
    """An estimate, or why the file cannot be read and which of its fields is at fault."""

    estimate: Estimate | None
    refused: str = ""
    field: str | None = None


def main() -> None:
    """Reads the task from the standard input and writes the answer to the standard output."""
    task = msgspec.json.decode(sys.stdin.buffer.read(), type=Task)
    pa.set_cpu_count(1)
    _limit(task)
    try:
        answer = msgspec.json.encode(_answer(task))
    except MemoryError:
        sys.exit(TOO_LARGE)
    if len(answer) > _ANSWER_BYTES:
        sys.exit(TOO_LARGE)
    sys.stdout.buffer.write(answer)


def _limit(task: Task) -> None:
    pages = int(_PAGES.read_text().split()[0])
    memory = pages * resource.getpagesize() + task.memory_bytes
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    seconds = task.processor_seconds
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _answer(task: Task) -> Answer:
    try:
        log = columns(Path(task.path), task.rows)
    except UnreadableFile as no:
        if isinstance(no.__cause__, MemoryError):
            raise no.__cause__ from None
        return Answer(None, str(no), no.field)
    channels = frozenset(task.voice_channels)
    return Answer(estimate_sessions(log, task.inactivity_seconds, task.price, channels))


if __name__ == "__main__":
    main()
