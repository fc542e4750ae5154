"""A PostgreSQL of its own on a small disk, to be filled, emptied, stopped and started.

The disk is a tmpfs in a mount namespace, which root and ordinary users can have alike. Where
nobody may mount, a limit on the size of files stands for the full disk.
"""

import os
import pwd
import shlex
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from quartermaster.adapters.embedded_postgres import programs

SIZE = "96m"
SETTINGS = ("shared_buffers=16MB", "min_wal_size=2MB", "max_wal_size=8MB", "listen_addresses=")
SHELL = """
cd "$1"; echo ready
while IFS= read -r line; do (eval "$line") </dev/null 2>&1; echo "ended $?"; done
"$2/pg_ctl" -D cluster -m immediate stop >/dev/null 2>&1
"""
"""Runs lines beside the disk; it and the disk end with who has started it."""


class SmallPostgres:
    """`start` it first. `has_disk` says whether it really has a disk, or only a limit."""

    def __init__(self, folder: Path, way: list[str], binaries: Path, has_disk: bool) -> None:
        self.has_disk = has_disk
        self._binaries = binaries
        self._socket = folder / "socket"
        words = [*way, "sh", "-c", SHELL, "sh", str(folder / "disk"), str(binaries)]
        self._shell = subprocess.Popen(
            words,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=folder,
        )
        assert self._shell.stdin
        assert self._shell.stdout
        self.is_there = self._shell.stdout.readline() == "ready\n"

    def url(self, database: str = "quartermaster") -> str:
        """How to connect to it."""
        return f"postgresql://quartermaster@/{database}?host={self._socket}"

    def create(self) -> None:
        """Makes the cluster, starts it and makes the database."""
        options = "--username=quartermaster --auth=trust --encoding=UTF8 --locale=C --no-sync"
        self._run(f"{self._program('initdb')} -D cluster --wal-segsize=1 {options}")
        self.start()
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute("create database quartermaster")

    def start(self, before: str = "") -> None:
        """Starts it, if it does not run."""
        if not self.is_up():
            words = (*SETTINGS, f"unix_socket_directories={self._socket}")
            options = shlex.quote(" ".join(f"-c {one}" for one in words))
            log = self._socket / "log"
            self._run(
                f"{before}{self._program('pg_ctl')} -D cluster -w -l {log} -o {options} start"
            )

    def stop(self, how: str = "fast") -> None:
        """Stops it, whoever is connected."""
        self._run(f"{self._program('pg_ctl')} -D cluster -m {how} stop")

    def is_up(self) -> bool:
        """Its postmaster lives."""
        return self._run(f"{self._program('pg_ctl')} -D cluster status", (0, 3)) == 0

    def fill(self) -> None:
        """Not a byte is left."""
        if self.has_disk:
            self._run("cat /dev/zero > ballast", (1,))
        else:
            self.stop()
            self.start("ulimit -S -f 2048; ")

    def make_room(self) -> None:
        """All that was filled is free again. Starts PostgreSQL if it gave up, as systemd would."""
        self._run("rm -f ballast")
        if not self.has_disk:
            self.stop("immediate")
        while not self._answers():
            self.start()

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url()).close()
        except psycopg.OperationalError:
            time.sleep(0.1)
            return False
        return True

    def said(self, words: str) -> int:
        """How often these words are in its log."""
        return (self._socket / "log").read_text().count(words)

    def close(self) -> None:
        """Ends it, and its disk with it."""
        assert self._shell.stdin
        assert self._shell.stdout
        self._shell.stdin.close()
        self._shell.wait(30)
        self._shell.stdout.close()

    def _program(self, name: str) -> str:
        return shlex.quote(str(self._binaries / name))

    def _run(self, line: str, codes: tuple[int, ...] = (0,)) -> int:
        assert self._shell.stdin
        assert self._shell.stdout
        self._shell.stdin.write(line + "\n")
        self._shell.stdin.flush()
        said = []
        for answer in self._shell.stdout:
            if answer.startswith("ended "):
                code = int(answer.split()[1])
                assert code in codes, (line, code, said)
                return code
            said.append(answer)
        raise AssertionError(f"the shell has gone at {line}: {said}")


@contextmanager
def running() -> Iterator[SmallPostgres]:
    """One that runs, with an empty database."""
    with tempfile.TemporaryDirectory(prefix="quartermaster-small-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        user = programs.find_user(folder / "disk")
        for place in (folder / "disk", folder / "socket"):
            place.mkdir(0o755)
            os.chown(place, user.pw_uid, user.pw_gid)
        binaries = programs.readable(programs.find_binaries(folder / "none"), user)
        found = _first(folder, user, binaries)
        try:
            found.create()
            yield found
        finally:
            found.close()


def _first(folder: Path, user: pwd.struct_passwd, binaries: Path) -> SmallPostgres:
    ways = _ways(folder / "disk", user)
    for place, way in enumerate(ways):
        found = SmallPostgres(folder, way, binaries, place < len(ways) - 1)
        if found.is_there:
            return found
        found.close()
    raise AssertionError("not even a shell runs here")


def _ways(disk: Path, user: pwd.struct_passwd) -> list[list[str]]:
    """Words before a command that give it the disk and the user, the last without a disk."""
    who = (f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups")
    become = ["setpriv", *who] if os.geteuid() == 0 else []
    mount = f'mount -t tmpfs -o size={SIZE},mode=755{{}} tmpfs {disk} && exec "$@"'
    owned = mount.format(f",uid={user.pw_uid},gid={user.pw_gid}")
    mapped = [f"--map-user={user.pw_uid}", f"--map-group={user.pw_gid}"]
    namespace = ["unshare", "--map-root-user", "--mount", "sh", "-c", mount.format(""), "sh"]
    as_root = [["unshare", "--mount", "sh", "-c", owned, "sh", *become]] if become else []
    as_user = [*become, *namespace, "unshare", "--user", *mapped]
    return [*as_root, as_user, become]
