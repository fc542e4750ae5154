"""Old events move to files by the command, which is killed again and again; nothing changes."""

import csv
import os
import random
import signal
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.acceptance.installation import Installation, until

ROUNDS = int(os.environ.get("QUARTERMASTER_TORTURE_ROUNDS", "2"))
MONTHS = 5


def written(path: Path) -> Path:
    """Five months of talk that ended two months ago, with conversations that last for weeks."""
    chance = random.Random(5)
    end = datetime.now(UTC) - timedelta(days=60)
    with path.open("w", newline="") as opened:
        rows = csv.writer(opened)
        rows.writerow(("id", "time", "bot", "user", "direction", "conversation"))
        for number in range(6_000):
            at = end - timedelta(seconds=chance.randrange(MONTHS * 30 * 86_400))
            user, way = f"u{chance.randrange(40)}", chance.choice(("inbound", "outbound"))
            topic = f"c{chance.randrange(30)}" if number % 2 else ""
            rows.writerow((number, at.isoformat(), "helpdesk", user, way, topic))
    return path


def moved(ours: Installation) -> bool:
    """Archives; whether nobody who was killed still holds the workspace."""
    steps = [one["step"] for one in ours.json("events", "archive")["months"]]
    assert set(steps) <= {"archived", "busy"}
    return "busy" not in steps


def test_archiving_that_is_killed_anywhere(ours: Installation, tmp_path: Path) -> None:
    ours.run("workspace", "create", "w")
    found = ours.json("events", "import", written(tmp_path / "old.csv"), "--create-bots")
    assert found["new_events_metered"] == 6_000
    everything = ("--from", "2000-01-01", "--limit", "100000")
    sessions = ours.json("session", "list", *everything)["sessions"]
    number = sessions[len(sessions) // 2]["id"]
    before = ours.json("session", "show", number)

    began = time.monotonic()
    ours.run("events", "archive", "--older-than", "300")  # which finds nothing: how long it takes
    seconds = time.monotonic() - began
    chance = random.Random(1)
    for _ in range(ROUNDS):
        moving = ours.start("events", "archive")
        time.sleep(seconds * chance.uniform(0.5, 1.3))
        moving.send_signal(signal.SIGKILL)
        moving.communicate()
        if ROUNDS > 2:
            ours.prove()

    until(lambda: moved(ours), why="somebody who is dead archives for ever")
    assert ours.json("session", "show", number) == before
    assert ours.json("session", "list", *everything)["sessions"] == sessions
    ours.prove()

    files = sorted(Path(ours.environ["QUARTERMASTER_HOME"]).rglob("archive/events/*/*.parquet"))
    assert len(files) in (MONTHS, MONTHS + 1)
    files[0].write_bytes(files[0].read_bytes()[:-1])
    red = ours.run("verify")
    assert red.returncode == 1
    assert f"events/{files[0].parent.name}/{files[0].name}: its SHA-256 is" in red.stdout
