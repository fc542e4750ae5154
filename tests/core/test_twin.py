"""The product and its twin in SQL come to the same conversations and sessions."""

import csv
import gzip
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings

from quartermaster.core import periods
from quartermaster.core.usage.events import Kind
from tests import shared_input
from tests.core import exchanges, twin
from tests.core.exchanges import KEYED, MINUTE, Exchange, Row

DIRECTIONS = {"inbound": Kind.USER, "outbound": Kind.BOT}


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """One in-memory database for all questions."""
    with duckdb.connect(config={"threads": 1}) as opened:
        yield opened


def ask(connection: duckdb.DuckDBPyConnection, exchange: Exchange) -> twin.Opinion:
    """The twin's opinion of an exchange, each thread a bot's."""
    table = np.array(exchange.rows, np.int64).reshape(-1, len(Row._fields))
    thread = table[:, 0]
    silence = np.array(exchange.inactivity, np.int64)[thread]
    events = {
        "bot": thread,
        "thread": thread,
        "instant": table[:, 1],
        "kind": np.array([Kind(kind).name.lower() for kind in table[:, 2]], np.str_),
        "voice": table[:, 3].astype(np.bool_),
        "inactivity": np.ma.masked_equal(silence, KEYED),
    }
    twin.ask(connection, events)
    return twin.opinion(connection)


@given(exchanges.exchanges())
@settings(max_examples=100, deadline=None)
def test_both_agree(connection: duckdb.DuckDBPyConnection, exchange: Exchange) -> None:
    assert tuple(ask(connection, exchange)) == tuple(exchanges.found(exchanges.cut(exchange)))


@pytest.mark.parametrize(
    ("text", "inactivity", "minutes"),
    [
        ("u0 b1 u10 u20 b30 u31", 15 * MINUTE, [0, 15, 30]),
        ("b0 b3", 15 * MINUTE, []),
        ("u0 t3 a10 a40 r41 b42", KEYED, [0, 30]),
        ("u0 e5 t6 u8", KEYED, [0]),
    ],
)
def test_the_twin_knows_the_rules(
    connection: duckdb.DuckDBPyConnection, text: str, inactivity: int, minutes: list[int]
) -> None:
    billing = ask(connection, exchanges.read(text, inactivity)).billing
    assert [start for _, _, start in billing] == [at * MINUTE for at in minutes]


def test_both_agree_on_real_messages(connection: duckdb.DuckDBPyConnection) -> None:
    path = shared_input.support_messages()
    twin.ask_file(connection, str(path))
    theirs = twin.figures(connection)
    assert count_by_bot(path) == theirs
    conversations, interactive, sessions = (
        sum(getattr(each, name) for each in theirs)
        for name in ("conversations", "interactive", "billing")
    )
    assert (len(theirs), conversations, interactive, sessions) == (76, 2869, 2109, 2267)


def count_by_bot(path: Path) -> list[twin.Figures]:
    """The figures of each bot by way of the product."""
    threads: dict[tuple[str, str], int] = {}
    rows = []
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            thread = threads.setdefault((line["bot"], line["user"]), len(threads))
            time = periods.to_micros(datetime.fromisoformat(line["time"]))
            rows.append(Row(thread, time, DIRECTIONS[line["direction"]], False))
    exchange = Exchange((15 * MINUTE,) * len(threads), tuple(rows))
    found = exchanges.found(exchanges.cut(exchange))
    bots = [bot for bot, _ in threads]
    every = Counter(bots[each.thread] for each in found.conversations)
    interactive = Counter(bots[c.thread] for c in found.conversations if c.anchor is not None)
    billing = Counter(bots[each.thread] for each in found.billing)
    voice = Counter(bots[each.thread] for each in found.voice)
    return [
        twin.Figures(bot, every[bot], interactive[bot], billing[bot], voice[bot])
        for bot in sorted(every)
    ]
