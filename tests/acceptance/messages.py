"""Messages of conversations, as the body of a request in every form there is."""

import csv
import gzip
import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

COLUMNS = ("id", "time", "bot", "user", "direction")
_SENDERS = {"inbound": "user", "outbound": "bot"}

Row = dict[str, str]
Body = tuple[bytes, dict[str, str]]
"""The bytes, and the headers that say what they are."""


def save(path: Path, rows: Sequence[Row]) -> Path:
    """As a CSV file."""
    with path.open("w", newline="") as opened:
        writer = csv.DictWriter(opened, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return path


def as_json(rows: Sequence[Row]) -> Body:
    """A batch."""
    return _packed([_event(row) for row in rows]), {"Content-Type": "application/json"}


def as_one(rows: Sequence[Row]) -> Body:
    """One bare event."""
    [row] = rows
    return _packed(_event(row)), {"Content-Type": "application/json"}


def as_ndjson(rows: Sequence[Row]) -> Body:
    """Lines, gzipped."""
    body = b"\n".join(_packed(_event(row)) for row in rows)
    headers = {"Content-Type": "application/x-ndjson", "Content-Encoding": "gzip"}
    return gzip.compress(body), headers


def as_cloud_events(rows: Sequence[Row]) -> Body:
    """A batch of CloudEvents."""
    kind = "application/cloudevents-batch+json"
    return _packed([_cloud(row) for row in rows]), {"Content-Type": kind}


def as_cloud_event(rows: Sequence[Row]) -> Body:
    """One of them."""
    [row] = rows
    return _packed(_cloud(row)), {"Content-Type": "application/cloudevents+json"}


def mixed(rows: Sequence[Row], most: int, chance: random.Random) -> list[Body]:
    """All rows, a fifth of them twice, in any order and in batches of any form."""
    left = [*rows, *chance.sample(rows, len(rows) // 5)]
    chance.shuffle(left)
    bodies = []
    while left:
        size = chance.choice((1, 2, most // 2, most))
        part, left = left[:size], left[size:]
        forms = [as_json, as_ndjson, as_cloud_events]
        forms += [as_one, as_cloud_event] if len(part) == 1 else []
        bodies.append(chance.choice(forms)(part))
    return bodies


def _event(row: Row) -> dict[str, Any]:
    plain = {name: row[name] for name in ("id", "time", "bot", "user")}
    return plain | {"type": "message", "sender": _SENDERS[row["direction"]]}


def _cloud(row: Row) -> dict[str, Any]:
    event = _event(row)
    data = {name: event.pop(name) for name in ("bot", "user", "sender")}
    return event | {"source": "/tests", "specversion": "1.0", "data": data}


def _packed(value: Any) -> bytes:
    return json.dumps(value).encode()
