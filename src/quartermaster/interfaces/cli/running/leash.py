"""Runs a command that ends with whoever started it, even if that was killed: Linux sees to it.

A file of its own that needs nothing but the standard library: it is run as
`python leash.py PARENT COMMAND…` and becomes the command.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

_PR_SET_PDEATHSIG: Final = 1


def tied(words: Sequence[str]) -> list[str]:
    """The command, to be started by this process: SIGTERM reaches it when this process is gone."""
    return [sys.executable, "-I", "-S", __file__, str(os.getpid()), *words]


def _become(parent: int, words: Sequence[str]) -> None:
    with suppress(AttributeError, OSError):  # not on Linux
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        sys.exit(0)  # gone before we could ask
    os.execvp(words[0], list(words))


if __name__ == "__main__":
    _become(int(sys.argv[1]), sys.argv[2:])
