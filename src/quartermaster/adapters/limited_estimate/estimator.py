"""Starts a process for a file and takes its answer.

A small file may unpack to any amount of memory; in the server's process it would take all that
others need. A new program is started and nothing is forked, for the server runs threads.
"""

import os
import subprocess
import sys
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final

import msgspec

from quartermaster.adapters.event_files.errors import UnreadableFile
from quartermaster.adapters.limited_estimate import child
from quartermaster.adapters.limited_estimate.child import Answer, Task
from quartermaster.core.errors import Refusal
from quartermaster.usecases.usage.estimate_sessions import Estimate

_PASSED_ON: Final = ("HOME", "LANG", "PATH", "PYTHONPATH", "TMPDIR")
"""Nothing that opens a database comes near a stranger's file."""
_FRUGAL: Final = {
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "MALLOC_ARENA_MAX": "1",
    "NUMBA_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}
"""Arrow's own pool and each thread more would reserve address space, which is what is limited."""


class TooLargeHere(Refusal):
    """The file is too large to estimate here: use the command line."""

    code = "too_large_here"
    kind = "invalid"


@dataclass(frozen=True, slots=True)
class Limits:
    """`memory_bytes` are beyond what the process begins with, `seconds` by the clock."""

    rows: int
    memory_bytes: int
    processor_seconds: int
    seconds: float


@dataclass(frozen=True, slots=True)
class LimitedEstimator:
    """What `estimate_sessions` says of a file, within limits."""

    limits: Limits

    def __call__(
        self, path: Path, inactivity_seconds: int, price: Decimal, voice_channels: Collection[str]
    ) -> Estimate:
        """Refusals: UnreadableFile, TooLargeHere."""
        limits = self.limits
        task = Task(
            path=str(path),
            rows=limits.rows,
            memory_bytes=limits.memory_bytes,
            processor_seconds=limits.processor_seconds,
            inactivity_seconds=inactivity_seconds,
            price=price,
            voice_channels=sorted(voice_channels),
        )
        answer = _ask(task, limits.seconds)
        if answer.estimate is None:
            raise UnreadableFile(answer.refused, field=answer.field)
        return answer.estimate


def _ask(task: Task, seconds: float) -> Answer:
    # -P: what lies in the folder of the files is never imported.
    words = [sys.executable, "-P", "-m", child.__name__]
    passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    try:
        done = subprocess.run(
            words,
            input=msgspec.json.encode(task),
            capture_output=True,
            env=passed_on | _FRUGAL,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as no:
        raise TooLargeHere from no
    if done.returncode == child.TOO_LARGE or done.returncode < 0:  # or ended by the system
        raise TooLargeHere
    if done.returncode:
        raise RuntimeError(f"an estimate failed: {done.stderr.decode(errors='replace')[-2_000:]}")
    return msgspec.json.decode(done.stdout, type=Answer)
