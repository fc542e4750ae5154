"""The drill of docs/operating/backup.md: a backup under way, everything lost, and all of it back.

What is run is what the page says, block by block.
"""

import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

from quartermaster.adapters.embedded_postgres import folders, programs
from tests.acceptance import messages
from tests.acceptance.installation import Installation, Up, until
from tests.acceptance.messages import Row
from tests.acceptance.test_crashes import BOTS, Senders

PAGE = Path(__file__).parents[2] / "docs" / "operating" / "backup.md"
ADDRESS, BACKUP, RESTORE = "Backup and restore", "Backup", "Restore"
TIDY = "trap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n"
"""What a script leaves running, if it fails, ends with it."""


def commands(heading: str) -> str:
    """The code blocks that stand right below a heading of the page."""
    [_, below] = re.split(rf"^#+ {heading}\n", PAGE.read_text(), flags=re.MULTILINE)
    [own, *_] = re.split(r"^#+ ", below, flags=re.MULTILINE)
    found = re.findall(r"^```\n(.*?)^```$", own, flags=re.MULTILINE | re.DOTALL)
    assert found, heading
    return "".join(found)


def follow(at_home: Installation, home: Path, heading: str, folder: Path) -> str:
    """Does what the page says, as an operator with PostgreSQL's programs at hand; what was said."""
    places = (programs.find_binaries(folders.cluster(home)), Path(sys.executable).parent)
    path = os.pathsep.join([*map(str, places), at_home.environ["PATH"]])
    done = subprocess.run(
        ["bash", "-euc", TIDY + commands(ADDRESS) + commands(heading)],
        cwd=folder,
        env=at_home.environ | {"PATH": path},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def archive_something(at_home: Installation, path: Path) -> None:
    """Talk of a hundred days ago comes in and leaves the database for a file."""
    begun = datetime.now(UTC) - timedelta(days=100)
    lines = ["id,time,bot,user,direction"]
    for number in range(50):
        at = begun + timedelta(minutes=number)
        lines.append(f"old-{number},{at.isoformat()},{BOTS[0]},ann,inbound")
    path.write_text("\n".join(lines))
    assert at_home.json("events", "import", path)["new_events_metered"] == 50
    months = at_home.json("events", "archive")["months"]
    assert sum(one["events"] for one in months if one["step"] == "archived") == 50


def back_up_meanwhile(
    at_home: Installation, home: Path, folder: Path
) -> tuple[str, dict[str, list[Row]]]:
    """Two clients send before, during and after a backup; their key, and what they were answered
    202 for."""
    with at_home.up("--meters", 2) as up:
        at_home.json("workspace", "create", "sent")
        for bot in BOTS:
            at_home.json("bot", "create", bot)
        archive_something(at_home, folder / "old.csv")
        key = at_home.json("key", "create")["secret"]
        senders = Senders(up, key, 0.01)
        until(lambda: len(senders.answered) > 40)
        follow(at_home, home, BACKUP, folder)
        known = len(senders.answered)
        until(lambda: len(senders.answered) > known + 20)
        senders.stop()
    return key, senders.answered


def send_again(up: Up, key: str, answered: dict[str, list[Row]]) -> tuple[int, int]:
    """All that was ever sent; how much of it was new, and how much was there already."""
    allowed = {"Authorization": f"Bearer {key}"}

    def send(name: str) -> None:
        body, headers = messages.as_json(answered[name])
        assert up.send(body, headers | allowed | {"X-Request-Id": f"{name}-again"}).status == 202

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(send, answered))
    up.metered()
    stored = duplicates = 0
    for name, rows in answered.items():
        [one] = up.ask(f"/v1/events/requests/{name}-again", headers=allowed).json
        assert (one["stored"] + one["duplicates"], one["conflicts"]) == (len(rows), 0)
        stored, duplicates = stored + one["stored"], duplicates + one["duplicates"]
    return stored, duplicates


def test_a_database_that_is_lost_comes_back_from_a_backup(
    at_home: Installation, home: Path, tmp_path: Path
) -> None:
    key, answered = back_up_meanwhile(at_home, home, tmp_path)
    shutil.rmtree(folders.cluster(home) / "base")
    shutil.rmtree(home / "archive")
    said = follow(at_home, home, RESTORE, tmp_path).splitlines()
    assert len(said) >= 20
    assert all(line.startswith("holds") for line in said)
    rows = [row for batch in answered.values() for row in batch]
    path = messages.save(tmp_path / "all.csv", rows)
    week = ("--from", (datetime.now(UTC) - timedelta(days=7)).date().isoformat())
    with at_home.up() as up:
        stored, duplicates = send_again(up, key, answered)
        assert stored > 0, "nothing was sent after the backup, so nothing was tried"
        assert duplicates > 0, "nothing was sent before it"
        at_home.json("workspace", "create", "twin")  # which never lost anything
        at_home.json("events", "import", path, "-w", "twin", "--create-bots")
        assert at_home.sessions("sent", *week) == at_home.sessions("twin", *week) != {}
        at_home.prove()
