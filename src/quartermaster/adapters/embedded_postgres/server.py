"""The life of one server: its cluster, its start, its end."""

import os
import pwd
import shlex
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg

from quartermaster.adapters.embedded_postgres import folders, programs
from quartermaster.adapters.embedded_postgres.folders import EmbeddedPostgresFailed

# Written once, at first use: `ALTER SYSTEM` or an editor may change them later.
SETTINGS = """
# Quartermaster: a small machine
shared_buffers = 256MB
max_connections = 60
checkpoint_timeout = 15min
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
"""
_WAL_MB = (1024, 8192)


@dataclass(frozen=True)
class Server:
    """A server's places, and the user that it runs as."""

    home: Path
    socket: Path
    binaries: Path
    user: pwd.struct_passwd

    @property
    def cluster(self) -> Path:
        """PostgreSQL's own files."""
        return folders.cluster(self.home)

    @property
    def log(self) -> Path:
        """What it said since its start; `log.1` since the one before."""
        return self.cluster.with_name("log")


def start(server: Server) -> None:
    """Start it, on a new cluster if there is none, and wait until it answers."""
    if not (server.cluster / "PG_VERSION").exists():
        _create_cluster(server)
    _remove_stale_locks(server)
    if not _is_up(server):
        _start_postmaster(server)


def stop(server: Server) -> None:
    """Stop it cleanly, whoever is connected; nothing if it does not run."""
    if not server.cluster.exists() or not _is_up(server):
        return
    code, said = _control(server, "-w", "-t", "120", "-m", "fast", "stop")
    if code and _is_up(server):
        raise _failure(server, "stop", said)


def create_database(url: str) -> None:
    """Make our database if missing; `url` names another one of the same server."""
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


def _create_cluster(server: Server) -> None:
    """initdb beside the final place, so that half a cluster is never taken for a whole one."""
    if shortage := folders.shortage(server.home):
        raise EmbeddedPostgresFailed(f"Too little disk.{shortage}")
    draft = server.cluster.with_name("cluster.new")
    shutil.rmtree(draft, ignore_errors=True)
    options = ["--username=quartermaster", "--auth=trust", "--encoding=UTF8", "--locale=C"]
    command: list[str | Path] = [server.binaries / "initdb", "-D", draft, "--data-checksums"]
    done = programs.run([*command, *options], server.user, draft.parent)
    if done.returncode:
        raise _failure(server, "initdb", done.stderr)
    with (draft / "postgresql.conf").open("a") as settings:
        settings.write(SETTINGS + _log_settings(server, draft))
    draft.rename(server.cluster)


def _log_settings(server: Server, cluster: Path) -> str:
    """For the write-ahead log: keys of events fall anywhere in their index, and the first change of
    a page after a checkpoint is logged with the whole page. So checkpoints are as far apart as the
    disk allows, and pages are packed only where that costs next to nothing."""
    try_lz4 = ["-C", "wal_compression", "-c", "wal_compression=lz4"]
    command: list[str | Path] = [server.binaries / "postgres", "-D", cluster, *try_lz4]
    has_lz4 = programs.run(command, server.user, cluster.parent).returncode == 0
    free = shutil.disk_usage(cluster).free // 2**20
    return (
        f"max_wal_size = {max(_WAL_MB[0], min(free // 10, _WAL_MB[1]))}MB\n"
        f"wal_compression = {'lz4' if has_lz4 else 'off'}\n"
    )


def _remove_stale_locks(server: Server) -> None:
    """Remove a dead server's lock files: its process number may be somebody else's by now."""
    if not Path("/proc/self").exists():
        return
    socket_lock = server.socket / f"{folders.SOCKET_NAME}.lock"
    for lock in (server.cluster / "postmaster.pid", socket_lock):
        if lock.exists() and not _is_postmaster(lock, server.cluster):
            lock.unlink()


def _is_postmaster(lock: Path, cluster: Path) -> bool:
    pid = lock.read_text().partition("\n")[0].strip().lstrip("-")
    try:  # a server works in its cluster folder
        return os.path.samefile(f"/proc/{pid}/cwd", cluster)
    except OSError:
        return False


def _start_postmaster(server: Server) -> None:
    must = ["listen_addresses=", f"unix_socket_directories={server.socket}", "port=5432"]
    options = shlex.join(part for setting in must for part in ("-c", setting))
    if server.log.exists():
        server.log.replace(server.log.with_suffix(".1"))
    for attempt in range(10):
        code, said = _control(server, "-l", server.log, "-w", "-t", "300", "-o", options, "start")
        if code == 0:
            return
        said = server.log.read_text(errors="replace") if server.log.exists() else said
        if "still in use" not in said or attempt == 9:  # children of a killed server go first
            raise _failure(server, "start", said)
        time.sleep(1)


def _is_up(server: Server) -> bool:
    return _control(server, "status")[0] == 0


def _control(server: Server, *arguments: str | Path) -> tuple[int, str]:
    command = [server.binaries / "pg_ctl", "-D", server.cluster, *arguments]
    done = programs.run(command, server.user, server.cluster.parent)
    return done.returncode, done.stderr


def _failure(server: Server, what: str, said: str) -> EmbeddedPostgresFailed:
    tail = "\n".join(said.strip().splitlines()[-8:])
    where = f"PostgreSQL in {server.home} (programs: {server.binaries}): {what} failed."
    return EmbeddedPostgresFailed(f"{where}{folders.shortage(server.home)}\n{tail}")
