"""A PostgreSQL of our own in a home folder, for who has none: started with us, stopped with us.

<home>/postgres/           0700, of the user that runs the server
    cluster/ socket/ log   PostgreSQL's files, its only door, what it said
<home>/postgres.starting   locked while somebody starts or stops
<home>/postgres.users      locked (shared) by all inside `running`: the last one out stops it
"""

import fcntl
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psycopg

from quartermaster.adapters.embedded_postgres import folders, programs, server
from quartermaster.adapters.embedded_postgres.folders import EmbeddedPostgresFailed

__all__ = ["EmbeddedPostgresFailed", "default_home", "find_running", "running"]


def default_home() -> Path:
    """`QUARTERMASTER_HOME`, else one of this clone or, where installed otherwise, of this user.

    Root's homes lie in a system folder: PostgreSQL's user may not reach root's own.
    """
    if named := os.environ.get("QUARTERMASTER_HOME"):
        return folders.absolute(Path(named))
    clone = Path(__file__).parents[4]
    is_clone = (clone / "pyproject.toml").exists() and (clone / "Makefile").exists()
    if os.geteuid() == 0:
        name = f"{clone.name}-{zlib.crc32(os.fsencode(clone)):08x}" if is_clone else "default"
        return folders.SYSTEM_FOLDER / name
    shared = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    if is_clone:
        return clone / ".quartermaster"
    return folders.absolute(Path(shared)) / "quartermaster"


def find_running(home: Path) -> str | None:
    """The DATABASE_URL of the server that already runs for `home`, or None."""
    home = folders.absolute(home)
    try:
        url = _url(home, folders.cluster(home).stat().st_uid)
        psycopg.connect(url, connect_timeout=10).close()
    except (OSError, psycopg.OperationalError):
        return None
    return url


@contextmanager
def running(home: Path) -> Iterator[str]:
    """Yield the DATABASE_URL of `home`'s server, making and starting it where needed.

    Whoever leaves last stops it, so no guest loses the server under its feet, and one that
    `kill -9` orphaned is adopted. A SIGTERM must reach us as an exception to be clean.
    """
    home = folders.absolute(home)
    with _starting(home):
        ours = _prepare(home)
        users = (home / "postgres.users").open("a")
    with users:
        try:
            with _starting(home):
                fcntl.flock(users, fcntl.LOCK_SH)
                url = find_running(home) or _start(ours)
            yield url
        finally:
            with _starting(home):
                if _is_last(users):
                    server.stop(ours)
                fcntl.flock(users, fcntl.LOCK_UN)


@contextmanager
def _starting(home: Path) -> Iterator[None]:
    """One at a time; what the system refuses is said in our words."""
    with folders.explained(home):
        folders.make_home(home)
        with (home / "postgres.starting").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _prepare(home: Path) -> server.Server:
    cluster = folders.cluster(home)
    user = programs.find_user(cluster)
    binaries = programs.readable(programs.find_binaries(cluster), user)
    programs.check_reach(home, user)
    ours = server.Server(home, folders.socket(home, user.pw_uid), binaries, user)
    folders.make_private(cluster.parent, user)
    folders.make_private(ours.socket, user)
    return ours


def _start(ours: server.Server) -> str:
    url = _url(ours.home, ours.user.pw_uid)
    server.start(ours)
    server.create_database(url.replace("/quartermaster?", "/postgres?"))
    return url


def _is_last(users: IO[str]) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _url(home: Path, uid: int) -> str:
    socket = quote(str(folders.socket(home, uid)), safe="")
    return f"postgresql://quartermaster@/quartermaster?host={socket}&port=5432"
