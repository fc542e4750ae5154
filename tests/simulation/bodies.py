"""Events as clients send them: in each form, with faults, and in other words for the same."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, NamedTuple

from tests.simulation.usage import MINUTE, Event

FORMS = (
    "application/json",
    "application/x-ndjson",
    "application/cloudevents+json",
    "application/cloudevents-batch+json",
)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LATE = 35 * 24 * 60 * MINUTE
Fields = dict[str, Any]


class Fault(NamedTuple):
    """A way to spoil an event, and what it is rejected with."""

    code: str
    spoil: Callable[[Fields], Fields]


FAULTS: dict[str, Fault] = {
    "no time": Fault("missing", lambda fields: without(fields, "time")),
    "no user": Fault("missing", lambda fields: without(fields, "user")),
    "odd time": Fault("invalid_time", lambda fields: fields | {"time": "yesterday"}),
    "no offset": Fault(
        "time_without_offset", lambda fields: fields | {"time": fields["time"][:19]}
    ),
    "number": Fault("wrong_type", lambda fields: fields | {"user": 5}),
    "bot": Fault("unknown_bot", lambda fields: fields | {"bot": "nobody"}),
    "type": Fault("unknown_type", lambda fields: fields | {"type": "shout"}),
    "sender": Fault("unknown_sender", lambda fields: fields | {"sender": "cat"}),
    "empty": Fault("empty", lambda fields: fields | {"user": ""}),
    "long": Fault("too_long", lambda fields: fields | {"user": "x" * 201}),
    "nul": Fault("bad_character", lambda fields: fields | {"user": "a\0b"}),
}
"""Each spoils a message of the user."""


def without(fields: Fields, name: str) -> Fields:
    """A copy that lacks one."""
    return {key: value for key, value in fields.items() if key != name}


def rfc3339(micros: int, hours: int = 0) -> str:
    """An instant, in a zone so many hours east."""
    at = EPOCH + timedelta(microseconds=micros)
    return at.astimezone(timezone(timedelta(hours=hours))).isoformat()


def fields(name: str, event: Event, bot: str, hours: int = 0) -> Fields:
    """An event as a client writes it; `bot` is one of the names of its bot."""
    given = {key: value for key, value in event._asdict().items() if value not in (None, False)}
    return given | {"id": name, "bot": bot, "time": rfc3339(event.time, hours)}


def body(form: str, several: Sequence[Fields], is_single: bool) -> bytes:
    """One event by itself, or a batch."""
    shaped = [_cloud(one) for one in several] if "cloud" in form else list(several)
    if form == FORMS[1]:
        return b"\n".join(json.dumps(one).encode() for one in shaped)
    return json.dumps(shaped[0] if is_single else shaped).encode()


def _cloud(plain: Fields) -> Fields:
    names = ("id", "type", "time")
    rest = {key: value for key, value in plain.items() if key not in names}
    about = {"subject": rest.pop("bot")}
    own = {key: plain[key] for key in names if key in plain}
    return {"specversion": "1.0", "source": "/tests", **own, **about, "data": rest}
