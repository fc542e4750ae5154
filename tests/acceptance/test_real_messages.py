"""The real messages come to the same sessions and charges whichever way they go in."""

import csv
import gzip
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests import shared_input
from tests.acceptance import messages
from tests.acceptance.installation import Installation, Up
from tests.acceptance.messages import Body, Row

FIRST = datetime(2017, 10, 30, tzinfo=UTC)
LAST = FIRST + timedelta(days=27, hours=12)
"""Most of the file: what fits the door's late window whatever the weekday is now."""


def recent(now: datetime) -> list[Row]:
    """The messages of these weeks, moved by whole weeks to just before now."""
    shift = (now - LAST) // timedelta(weeks=1) * timedelta(weeks=1)
    with gzip.open(shared_input.support_messages(), "rt", newline="") as opened:
        rows = list(csv.DictReader(opened))
    found = []
    for row in rows:
        at = datetime.fromisoformat(row["time"])
        if FIRST <= at < LAST:
            found.append(row | {"time": (at + shift).isoformat()})
    return found


def send(up: Up, key: str, bodies: list[Body]) -> None:
    """All of them, several at a time."""

    def one(body: Body) -> int:
        content, headers = body
        return up.send(content, headers | {"Authorization": f"Bearer {key}"}).status

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(one, bodies)) == {202}


def test_estimate_import_and_http_agree(ours: Installation, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    rows = recent(now)
    assert len(rows) > 4_000
    chance = random.Random(7)
    path = messages.save(tmp_path / "messages.csv", rows)
    guess = ours.json("estimate", path)
    expected = {
        bot["bot"]: (bot["sessions"], bot["cost_micro"]) for bot in guess["bots"] if bot["sessions"]
    }
    assert len(expected) > 50
    span = ("--from", (now - timedelta(days=40)).date().isoformat())

    ours.json("workspace", "create", "imported")
    done = ours.json("events", "import", path, "-w", "imported", "--create-bots")
    assert (done["accepted"], done["rejected"]) == (len(rows), 0)
    assert ours.sessions("imported", *span) == expected

    ours.json("workspace", "create", "sent")
    firsts = {row["bot"]: row for row in rows}
    seed = messages.save(tmp_path / "one-each.csv", list(firsts.values()))
    ours.json("events", "import", seed, "-w", "sent", "--create-bots")
    key = ours.json("key", "create", "door", "-w", "sent")["secret"]
    with ours.up("--meters", 2) as up:
        send(up, key, messages.mixed(rows, 200, chance))
        up.metered()
        assert ours.sessions("sent", *span) == expected
        send(up, key, messages.mixed(rows, 2_000, chance))
        up.metered()
        rejected = up.ask("/v1/events/rejected", headers={"Authorization": f"Bearer {key}"})
        assert rejected.json["rejections"] == []
    assert ours.sessions("sent", *span) == expected
    assert sum(charge for _, charge in expected.values()) == guess["cost_micro"]
    ours.prove()
