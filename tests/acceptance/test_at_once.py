"""Everything at once and more than once: the same events from files and over HTTP, four meters."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg

from tests.acceptance import messages
from tests.acceptance.installation import Installation, Up
from tests.acceptance.messages import Body, Row

COUNT = 3_000


def rows(chance: random.Random) -> list[Row]:
    """Messages of two days, in no order, on a few conversations."""
    now = datetime.now(UTC)
    return [
        {
            "id": f"m{number}",
            "time": (now - timedelta(seconds=chance.randrange(2 * 86_400))).isoformat(),
            "bot": "helpdesk",
            "user": f"u{chance.randrange(30)}",
            "direction": chance.choice(("inbound", "outbound")),
        }
        for number in range(COUNT)
    ]


def send_thrice(up: Up, key: str, bodies: list[Body]) -> None:
    """Each body by three clients at the same time, who keep at it until it is taken."""

    def send(number: int) -> int:
        content, headers = bodies[number // 3]
        named = {"Authorization": f"Bearer {key}", "X-Request-Id": f"r{number // 3}"}
        return up.send(content, headers | named).status

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(send, range(3 * len(bodies)))) == {202}


def test_what_comes_in_every_way_at_once_counts_once(ours: Installation, tmp_path: Path) -> None:
    chance = random.Random(11)
    sent = rows(chance)
    path = messages.save(tmp_path / "sent.csv", sent)
    shuffled = messages.save(tmp_path / "shuffled.csv", chance.sample(sent, COUNT))
    [expected] = ours.json("estimate", path)["bots"]
    ours.json("workspace", "create", "thrice")
    ours.json("bot", "create", "helpdesk")
    key = ours.json("key", "create")["secret"]
    with ours.up("--meters", 4) as up:
        imports = [ours.start("events", "import", one) for one in (path, path, shuffled)]
        bodies = messages.mixed(sent, 200, chance)
        send_thrice(up, key, bodies)
        assert [one.wait(60) for one in imports] == [0, 0, 0]
        up.metered()
        allowed = {"Authorization": f"Bearer {key}"}
        for number in range(len(bodies)):
            found = up.ask(f"/v1/events/requests/r{number}", headers=allowed).json
            assert len(found) == 3
            assert all(one["is_metered"] and not one["conflicts"] for one in found)
            assert all(one["stored"] + one["duplicates"] == one["accepted"] for one in found)
    week = ("--from", (datetime.now(UTC) - timedelta(days=7)).date().isoformat())
    assert ours.sessions("thrice", *week) == {
        "helpdesk": (expected["sessions"], expected["cost_micro"])
    }
    assert expected["sessions"] > 100
    with psycopg.connect(ours.environ["DATABASE_URL"]) as connection:
        stored = connection.execute("select count(*) from metering_event").fetchone()
    assert stored == (COUNT,)
    ours.prove()
