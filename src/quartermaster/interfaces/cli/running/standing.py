"""The sandbox of a demo that runs, for commands that are typed beside it.

Whoever runs the demo holds a lock on a note of what pays there. The lock goes with its process,
however that ends, and so the note counts no longer.
"""

import fcntl
import hashlib
import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Final

_FILE: Final = "running.json"
_TRIES: Final = 20
_PAUSE_SECONDS: Final = 0.05


def hold(folder: Path, settings: Mapping[str, str], database: str) -> IO[str]:
    """Notes it until the file is closed. Of two demos in a folder the first stays noted."""
    file = os.fdopen(os.open(folder / _FILE, os.O_RDWR | os.O_CREAT, 0o600), "w")
    for _ in range(_TRIES):  # whoever reads is in the way for a moment
        if _lock(file, fcntl.LOCK_EX):
            file.truncate(0)
            file.write(json.dumps({"database": _digest(database), "settings": dict(settings)}))
            file.flush()
            break
        time.sleep(_PAUSE_SECONDS)
    return file


def find(folder: Path, database: str) -> dict[str, str]:
    """What pays where a demo runs on this database; nothing otherwise."""
    try:
        with (folder / _FILE).open() as file:
            if _lock(file, fcntl.LOCK_SH):
                return {}
            noted = json.load(file)
    except (OSError, ValueError):
        return {}
    settings: dict[str, str] = noted["settings"]
    return settings if noted["database"] == _digest(database) else {}


def _lock(file: IO[str], kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _digest(database: str) -> str:
    """Its address may hold a password."""
    return hashlib.sha256(database.encode()).hexdigest()
