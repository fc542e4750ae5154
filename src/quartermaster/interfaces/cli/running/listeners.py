"""Who listens on a port, as far as Linux lets us see."""

from contextlib import suppress
from pathlib import Path
from typing import Final

_LISTENS: Final = "0A"
_TABLES: Final = ("/proc/net/tcp", "/proc/net/tcp6")


def find_listener(port: int) -> int | None:
    """The process id of whoever listens on the TCP port; None if it is nobody we may look into."""
    sockets = {f"socket:[{inode}]" for inode in _inodes(port)}
    for number in sorted(int(path.name) for path in Path("/proc").glob("[0-9]*")):
        with suppress(OSError):
            for file in Path(f"/proc/{number}/fd").iterdir():
                with suppress(OSError):
                    if str(file.readlink()) in sockets:
                        return number
    return None


def _inodes(port: int) -> set[str]:
    found = set()
    for table in _TABLES:
        with suppress(OSError):
            for line in Path(table).read_text().splitlines()[1:]:
                words = line.split()
                if words[3] == _LISTENS and int(words[1].rpartition(":")[2], 16) == port:
                    found.add(words[9])
    return found
