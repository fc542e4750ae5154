"""Commands that are typed beside a demo know who takes payments there."""

import json
import threading
from pathlib import Path

from quartermaster.interfaces.cli.running import standing

SETTINGS = {"QUARTERMASTER_PAYMENTS": "sandbox", "PAYMENT_SANDBOX_URL": "http://127.0.0.1:8155"}
DATABASE = "postgresql://quartermaster:hidden@127.0.0.1/one"


def test_it_counts_while_the_demo_runs(tmp_path: Path) -> None:
    assert standing.find(tmp_path, DATABASE) == {}
    held = standing.hold(tmp_path, SETTINGS, DATABASE)
    assert standing.find(tmp_path, DATABASE) == SETTINGS
    held.close()
    assert standing.find(tmp_path, DATABASE) == {}, "what a demo left behind is nobody's"
    with standing.hold(tmp_path, {}, DATABASE):
        assert standing.find(tmp_path, DATABASE) == {}, "written anew"


def test_another_database_is_not_the_demos(tmp_path: Path) -> None:
    with standing.hold(tmp_path, SETTINGS, DATABASE):
        assert standing.find(tmp_path, DATABASE.replace("one", "live")) == {}


def test_nobody_else_reads_it_and_no_password_is_in_it(tmp_path: Path) -> None:
    with standing.hold(tmp_path, SETTINGS, DATABASE):
        file = tmp_path / "running.json"
        assert file.stat().st_mode & 0o777 == 0o600
        assert "hidden" not in file.read_text()
        assert json.loads(file.read_text())["settings"] == SETTINGS


def test_of_two_the_first_stays(tmp_path: Path) -> None:
    with standing.hold(tmp_path, SETTINGS, DATABASE), standing.hold(tmp_path, {}, DATABASE):
        assert standing.find(tmp_path, DATABASE) == SETTINGS


def test_many_readers_do_not_keep_it_from_being_noted(tmp_path: Path) -> None:
    (tmp_path / "running.json").write_text("{")
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            standing.find(tmp_path, DATABASE)

    reader = threading.Thread(target=read)
    reader.start()
    with standing.hold(tmp_path, SETTINGS, DATABASE):
        stop.set()
        reader.join()
        assert standing.find(tmp_path, DATABASE) == SETTINGS
