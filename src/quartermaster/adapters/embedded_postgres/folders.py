"""Where the embedded PostgreSQL keeps its files, and who may enter."""

import hashlib
import os
import pwd
import re
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

SYSTEM_FOLDER = Path("/var/lib/quartermaster")
SOCKET_NAME = ".s.PGSQL.5432"
SOCKET_PATH_BYTES = 107  # what the kernel's sockaddr_un holds
NEEDED_MB = 300


class EmbeddedPostgresFailed(Exception):
    """The embedded PostgreSQL cannot run here; the message says what to do."""


def absolute(path: Path) -> Path:
    """The same folder whatever the working folder; symbolic links stay."""
    return Path(os.path.abspath(path.expanduser()))


def cluster(home: Path) -> Path:
    """PostgreSQL's own files."""
    return home / "postgres" / "cluster"


def socket(home: Path, uid: int) -> Path:
    """In the home; in /tmp if its path is too long, or has letters that libpq splits at."""
    folder = home / "postgres" / "socket"
    fits = len(os.fsencode(folder / SOCKET_NAME)) <= SOCKET_PATH_BYTES
    if fits and re.fullmatch(r"[A-Za-z0-9_./+-]+", str(folder)):
        return folder
    name = hashlib.sha256(os.fsencode(home)).hexdigest()[:16]
    return Path(f"/tmp/quartermaster-{uid}-{name}")


def make_home(home: Path) -> None:
    """Make the missing folders; those that exist keep their mode, whatever it is."""
    for folder in reversed([home, *home.parents]):
        if folder.exists():
            continue
        folder.mkdir(0o700 if folder == home else 0o755, exist_ok=True)
        if os.geteuid() == 0:  # whatever the umask: the server's user must pass through
            folder.chmod(0o711 if folder == home else 0o755)


def make_private(folder: Path, user: pwd.struct_passwd) -> None:
    """A folder that only `user` may enter; refused if it is somebody else's."""
    with suppress(FileExistsError):
        folder.mkdir(0o700)
        os.chown(folder, user.pw_uid, user.pw_gid)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != user.pw_uid:
        raise EmbeddedPostgresFailed(f"{folder} is not a folder of {user.pw_name}: remove it.")
    if stat.S_IMODE(found.st_mode) != 0o700:
        folder.chmod(0o700)


@contextmanager
def explained(home: Path) -> Iterator[None]:
    """Turn what the system refuses into our one error."""
    try:
        yield
    except OSError as error:
        advice = "Is it yours? Set QUARTERMASTER_HOME to a folder that you can write."
        raise EmbeddedPostgresFailed(f"{error}. {advice}{shortage(home)}") from error


def shortage(home: Path) -> str:
    """A sentence about the disk if that may be the cause, else nothing."""
    place = next(folder for folder in (home, *home.parents) if folder.exists())
    free_mb = shutil.disk_usage(place).free // 2**20
    if free_mb >= NEEDED_MB:
        return ""
    return f" Only {free_mb} MB are free for {home}, {NEEDED_MB} are needed: free some first."
