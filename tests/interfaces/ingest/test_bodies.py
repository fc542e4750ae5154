"""Bodies of every media type, and what is wrong with bad ones."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from quartermaster.core.usage import events
from quartermaster.core.usage.events import Accepted, Rejection, Window
from quartermaster.interfaces.ingest import bodies
from quartermaster.interfaces.ingest.problems import Problem

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
BOTS = {"helpdesk": 7}
CLOUD, CLOUDS = "application/cloudevents+json", "application/cloudevents-batch+json"
BOM = b"\xef\xbb\xbf"
NDJSON, JSON = "application/x-ndjson", "application/json"


def message(number: object = 1, **fields: Any) -> dict[str, Any]:
    plain = {"id": f"e{number}", "type": "message", "time": "2026-11-22T11:00:00.25+01:00"}
    return plain | {"bot": "helpdesk", "user": "ann", "sender": "user"} | fields


def cloud(number: object = 1, **fields: Any) -> dict[str, Any]:
    plain = message(number)
    named = {name: plain.pop(name) for name in ("id", "type", "time")}
    return named | {"source": "/platform", "specversion": "1.0", "data": plain} | fields


def lines(*parts: Any) -> bytes:
    return b"\n".join(part if isinstance(part, bytes) else packed(part) for part in parts)


def packed(value: Any) -> bytes:
    return json.dumps(value).encode()


def judged(body: bytes, media_type: str = JSON) -> tuple[Accepted, list[Rejection]]:
    """What becomes of a body on its way through the door."""
    parsed, rejected, _ = bodies.parse(body, media_type)
    accepted, unfit = events.accept(parsed, Window.around(NOW), BOTS)
    return accepted, [*rejected, *unfit]


def refused(body: bytes, media_type: str = JSON) -> Problem:
    with pytest.raises(Problem) as no:
        bodies.parse(body, media_type)
    return no.value


@pytest.mark.parametrize(
    ("body", "media_type", "is_single", "ids"),
    [
        (packed(message()), JSON, True, ["e1"]),
        (b" \r\n" + packed(message()) + b"\n", "Application/JSON; charset=utf-8", True, ["e1"]),
        (packed([message(), message(2)]), JSON, False, ["e1", "e2"]),
        (packed([message()]), JSON, False, ["e1"]),
        (packed([]), JSON, False, []),
        (lines(message(), b"", message(2), b" "), NDJSON, False, ["e1", "e2"]),
        (lines(message(), message(2)).replace(b"\n", b"\r\n"), NDJSON, False, ["e1", "e2"]),
        (packed(cloud()), CLOUD, True, ["e1"]),
        (packed([cloud(), cloud(2)]), CLOUDS, False, ["e1", "e2"]),
        (BOM + packed(message()), JSON, True, ["e1"]),
        (BOM + packed([message(), message(2)]), JSON, False, ["e1", "e2"]),
        (BOM + lines(message(), message(2)), NDJSON, False, ["e1", "e2"]),
        (BOM + packed(cloud()), CLOUD, True, ["e1"]),
    ],
)
def test_every_media_type_gives_the_same_events(
    body: bytes, media_type: str, is_single: bool, ids: list[str]
) -> None:
    assert bodies.parse(body, media_type)[2] is is_single
    accepted, rejected = judged(body, media_type)
    assert (accepted.id, rejected) == (ids, [])
    size = len(ids)
    assert (accepted.bot, accepted.user, accepted.kind) == ([7] * size, ["ann"] * size, [2] * size)
    instant = datetime(2026, 11, 22, 10, 0, 0, 250_000, UTC)
    assert accepted.time == [int(instant.timestamp() * 1_000_000)] * size


def test_a_cloud_event_may_name_its_bot_as_the_subject() -> None:
    body = packed(cloud(subject="helpdesk", data={"user": "ann", "sender": "bot"}))
    assert judged(body, CLOUD)[0].bot == [7]
    both = packed(cloud(subject="elsewhere"))
    assert judged(both, CLOUD)[0].bot == [7], "data goes first"


@pytest.mark.parametrize("data", [{}, {"data": None}, {"data": {}}])
def test_a_cloud_event_may_have_no_data(data: dict[str, Any]) -> None:
    event = cloud(type="api.requested", subject="helpdesk")
    del event["data"]
    accepted, rejected = judged(packed(event | data), CLOUD)
    assert (accepted.id, accepted.bot, rejected) == (["e1"], [7], [])


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"user": None}, "message needs a user"),
        ({"sender": None}, "message needs a sender: user, bot or agent"),
        ({"type": "alert.delivered", "user": None}, "alert.delivered needs a user"),
        ({"type": "agent.logged_in"}, "agent.logged_in needs an agent"),
        ({"type": "agent.logged_out", "agent": "kim"}, "agent.logged_out needs a product"),
    ],
)
def test_the_reason_names_what_is_missing(fields: dict[str, Any], reason: str) -> None:
    assert judged(packed(message(**fields)))[1][0].reason == reason


@pytest.mark.parametrize(
    ("event", "code", "field"),
    [
        (cloud(data={"user": "ann", "sender": "user"}), "missing", "bot"),
        (cloud(data=None), "missing", "bot"),
        (cloud(data="helpdesk"), "wrong_type", "data"),
        (cloud(subject="helpdesk", data={"bot": ""}), "empty", "bot"),
        (cloud(subject="", data={}), "empty", "bot"),
        (cloud(specversion="0.3"), "wrong_type", "specversion"),
        (cloud(data={"bot": "helpdesk", "user": 5}), "wrong_type", "user"),
        ({name: text for name, text in cloud().items() if name != "source"}, "missing", "source"),
        ({name: text for name, text in cloud().items() if name != "time"}, "missing", "time"),
    ],
)
def test_a_bad_cloud_event_is_told_by_field(event: Any, code: str, field: str) -> None:
    accepted, [no] = judged(packed([cloud(2), event, cloud(3)]), CLOUDS)
    assert accepted.id == ["e2", "e3"]
    assert (no.index, no.id, no.code, no.field) == (1, "e1", code, field)


@pytest.mark.parametrize("media_type", ["", "text/plain", "application/xml", "application/json2"])
def test_an_unknown_media_type_is_refused(media_type: str) -> None:
    no = refused(packed(message()), media_type)
    assert (no.status, no.code, no.field) == (415, "unsupported_media_type", "Content-Type")
    assert JSON in no.reason


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"id": "a"',
        b"{'id': 'a'}",
        packed(message()) + b"x",
        packed(message()) + packed(message()),
        packed([message()])[:-1],
        packed(message()).replace(b'"e1"', b"NaN"),
        packed([message(), message(2)]).replace(b'"e1"', b"-Infinity"),
        packed(message("\ud800")),
        b'{"id": "\xff"}',
        BOM * 2 + packed(message()),
        b'{"x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b"[" * 100_000,
    ],
)
def test_what_is_no_json_is_refused_whole(body: bytes) -> None:
    no = refused(body)
    assert (no.status, no.code) == (400, "malformed_json")
    assert no.reason


@pytest.mark.parametrize(
    "bad",
    [
        b'{"id": "e9"',
        b"nonsense",
        packed(message("\ud800")),
        b'{"id": NaN}',
        b'{"x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"id": "\xff", "type": "message"}',
    ],
)
def test_a_bad_line_leaves_its_neighbours_alone(bad: bytes) -> None:
    accepted, [no] = judged(lines(message(), bad, message(2)), NDJSON)
    assert accepted.id == ["e1", "e2"]
    assert (no.index, no.id, no.code) == (1, None, "malformed_json")


def test_bad_utf8_in_a_batch_leaves_its_neighbours_alone() -> None:
    body = packed([message(), message("?"), message(2)]).replace(b"e?", b"\xff")
    accepted, [no] = judged(body)
    assert accepted.id == ["e1", "e2"]
    assert (no.index, no.code) == (1, "malformed_json")


BODIES = [
    (lambda *parts: b"[" + b",".join(parts) + b"]", message, JSON),
    (lambda *parts: b"[" + b",".join(parts) + b"]", cloud, CLOUDS),
    (lambda *parts: b"\n".join(parts), message, NDJSON),
]


@pytest.mark.parametrize(
    "half", [r"\ud83d", r"\uDC00", r"\ud83d\ud83d\ude00", r"\\\ud83d", r"\\ud83d\ude00"]
)
@pytest.mark.parametrize(("join", "make", "media_type"), BODIES)
def test_half_a_surrogate_pair_leaves_its_neighbours_alone(
    join: Any, make: Any, media_type: str, half: str
) -> None:
    """And is passed over where its field is. Whole pairs and backslashes stay as they are."""
    whole = packed(make(r"\ud83d \ 😀"))
    bad = packed(make("?")).replace(b"e?", half.encode())
    passed_over = packed(make(r"x\\", text="?", **{"?": 1})).replace(b"?", half.encode())
    accepted, [no] = judged(join(whole, bad, passed_over, packed(make(2))), media_type)
    assert accepted.id == [r"e\ud83d \ 😀", r"ex\\", "e2"]
    assert (no.index, no.id, no.code) == (1, None, "malformed_json")


@pytest.mark.parametrize(
    ("make", "media_type"), [(message, JSON), (cloud, CLOUD), (message, NDJSON)]
)
def test_half_a_surrogate_pair_in_a_field_we_do_not_know(make: Any, media_type: str) -> None:
    body = packed(make(text="cut off \ud83d"))
    assert (judged(body, media_type)[0].id, judged(body, media_type)[1]) == (["e1"], [])


@pytest.mark.parametrize("bad", [rb'"\ud8"}"', rb'"\udc0"', rb'"\ud83d\udc"'])
def test_an_escape_that_is_cut_off_is_no_half_pair(bad: bytes) -> None:
    """What stands where its digits should may be the end of the text."""
    assert refused(packed([message(text="?")]).replace(b'"?"', bad)).code == "malformed_json"


TEXTS = ("id", "type", "bot", "user", "sender", "conversation", "channel", "agent", "product")


@pytest.mark.parametrize("value", [5, -0.5, True, [], ["e1"], {}, {"e": 1}])
@pytest.mark.parametrize(("join", "make", "media_type"), BODIES)
def test_no_field_takes_another_type(join: Any, make: Any, media_type: str, value: Any) -> None:
    for name in (*TEXTS, "device", "time", "developer"):
        if (name, value) == ("developer", True):
            continue
        event = make()
        inner = event if name in event or media_type != CLOUDS else event["data"]
        inner[name] = value
        accepted, [no] = judged(join(*map(packed, (make(2), event, make(3)))), media_type)
        assert accepted.id == ["e2", "e3"]
        code = "invalid_time" if name == "time" else "wrong_type"
        assert (no.id, no.code, no.field) == (None if name == "id" else "e1", code, name)


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"type": 5}, "wrong_type", "type"),
        ({"bot": None}, "wrong_type", "bot"),
        ({"user": ["ann"]}, "wrong_type", "user"),
        ({"developer": "yes"}, "wrong_type", "developer"),
        ({"conversation": 5}, "wrong_type", "conversation"),
        ({"time": 1_700_000_000}, "invalid_time", "time"),
        ({"time": "yesterday"}, "invalid_time", "time"),
        ({"time": "2026-11-22"}, "invalid_time", "time"),
        ({"time": "2026-02-30T00:00:00Z"}, "invalid_time", "time"),
        ({"time": "2016-12-31T23:59:60Z"}, "invalid_time", "time"),
        ({"time": "0000-01-01T00:00:00Z"}, "invalid_time", "time"),
        ({"time": "10000-01-01T00:00:00Z"}, "invalid_time", "time"),
        ({"time": "99999-01-01T00:00:00Z"}, "invalid_time", "time"),
        ({"time": "2026-11-22T24:00:00Z"}, "invalid_time", "time"),
        ({"time": "2026-11-22T11:00:00+24:00"}, "invalid_time", "time"),
        ({"time": "2026-11-22T11:00:00Z\x00"}, "invalid_time", "time"),
        ({"time": "2026-11-22T11:00:00"}, "time_without_offset", "time"),
        ({"time": "9999-12-31T23:59:59.999999-23:59"}, "in_the_future", "time"),
        ({"time": "0001-01-01T00:00:00+23:59"}, "too_late", "time"),
        ({"time": "2026-11-22T12:05:00.000001Z"}, "in_the_future", "time"),
        ({"time": "2026-10-18T11:59:59.999999Z"}, "too_late", "time"),
        ({"type": "shout"}, "unknown_type", "type"),
        ({"bot": "helpdesk "}, "unknown_bot", "bot"),
        ({"bot": "h" * 10_000}, "unknown_bot", "bot"),
        ({"bot": "a\x00b"}, "unknown_bot", "bot"),
        ({"bot": ""}, "empty", "bot"),
        ({"user": ""}, "empty", "user"),
        ({"user": "a\x00b"}, "bad_character", "user"),
        ({"user": "x" * 201}, "too_long", "user"),
        ({"sender": None}, "missing", "sender"),
        ({"sender": "robot"}, "unknown_sender", "sender"),
        ({"type": "agent.logged_in", "agent": "kim"}, "missing", "product"),
        ({"type": "agent.logged_in", "agent": "k", "product": "x"}, "unknown_product", "product"),
    ],
)
def test_a_bad_event_is_told_by_field_and_its_neighbours_stand(
    fields: dict[str, Any], code: str, field: str
) -> None:
    accepted, [no] = judged(packed([message(2), message(**fields), message(3)]))
    assert accepted.id == ["e2", "e3"]
    assert (no.index, no.id, no.code, no.field) == (1, "e1", code, field)


@pytest.mark.parametrize("name", ["id", "type", "time", "bot"])
def test_a_missing_field_is_named(name: str) -> None:
    event = message()
    del event[name]
    accepted, [no] = judged(packed([event, message(2)]))
    assert accepted.id == ["e2"]
    assert (no.index, no.code, no.field) == (0, "missing", name)
    assert no.id == (None if name == "id" else "e1")


@pytest.mark.parametrize("value", [5, None, [], "e1", True])
def test_an_event_that_is_no_object(value: Any) -> None:
    accepted, [no] = judged(packed([value, message()]))
    assert (accepted.id, no.index, no.id, no.code) == (["e1"], 0, None, "wrong_type")


def test_numbers_without_end_are_of_the_wrong_type() -> None:
    for number in (b"1e400", b"9" * 5_000):
        accepted, [no] = judged(packed([message(), message(2)]).replace(b'"e2"', number))
        assert (accepted.id, no.code, no.field) == (["e1"], "wrong_type", "id")


def test_fields_we_do_not_know_are_passed_over() -> None:
    body = packed([message(text="secret", deep={"er": [1, 2]}), message(2)])
    assert judged(body.replace(b"1, 2", b"1e400"))[0].id == ["e1", "e2"]


@pytest.mark.parametrize("broken", [{}, {"type": 5}], ids=["rule", "form"])
def test_what_is_said_of_a_bad_id_can_be_stored(broken: dict[str, Any]) -> None:
    long, odd = message(**broken) | {"id": "x" * 10_000}, message(**broken) | {"id": "a\x00\x1fb"}
    accepted, found = judged(packed([long, odd, message(2)]))
    assert accepted.id == ["e2"]
    assert [no.id for no in found] == ["x" * 200, "a\ufffd\ufffdb"]


def test_as_many_events_as_allowed_and_one_more() -> None:
    most = [message(number) for number in range(bodies.MOST_EVENTS)]
    assert len(judged(packed(most))[0]) == bodies.MOST_EVENTS
    more = [*most, message("last")]
    for body, media_type in [(packed(more), JSON), (lines(*more), NDJSON), (packed(more), CLOUDS)]:
        no = refused(body, media_type)
        assert (no.status, no.code) == (413, "too_many_events")
        assert "10,000" in no.reason


def test_gzip() -> None:
    body = packed(message())
    assert bodies.unzipped(gzip.compress(body), "gzip") == body
    assert bodies.unzipped(body, "") == bodies.unzipped(body, "identity") == body
    edge = b" " * bodies.MOST_BYTES
    assert bodies.unzipped(gzip.compress(edge), "gzip") == edge


def test_gzip_within_gzip_is_unzipped_once() -> None:
    bomb = gzip.compress(gzip.compress(b"\0" * 100_000_000))
    once = bodies.unzipped(bomb, "gzip")
    assert len(once) < 200_000
    assert refused(once).code == "malformed_json"


def test_gzip_in_several_members() -> None:
    parts = [packed(message(number)) + b"\n" for number in range(3)]
    body = b"".join(map(gzip.compress, parts))
    assert bodies.unzipped(body, "gzip") == b"".join(parts)
    half = b" " * (bodies.MOST_BYTES // 2)
    assert bodies.unzipped(gzip.compress(half) * 2, "gzip") == half * 2
    assert bodies.unzipped(gzip.compress(b"") * bodies.MOST_EVENTS, "gzip") == b""


@pytest.mark.parametrize(
    ("body", "encoding", "status", "code"),
    [
        (b"x", "br", 415, "unsupported_encoding"),
        (b"x", "gzip, gzip", 415, "unsupported_encoding"),
        (b"x", "gzip", 400, "bad_gzip"),
        (b"", "gzip", 400, "bad_gzip"),
        (gzip.compress(b"{}")[:-1], "gzip", 400, "bad_gzip"),
        (gzip.compress(b"{}" * 9_999)[:40], "gzip", 400, "bad_gzip"),
        (gzip.compress(b"{}") + b"x", "gzip", 400, "bad_gzip"),
        (gzip.compress(b"{}") * 2 + b"x", "gzip", 400, "bad_gzip"),
        (gzip.compress(b"{}") + gzip.compress(b"{}")[:-1], "gzip", 400, "bad_gzip"),
        (gzip.compress(b"") * (bodies.MOST_EVENTS + 1), "gzip", 400, "bad_gzip"),
        (gzip.compress(b" " * 4_000_000) * 3, "gzip", 413, "body_too_large"),
        (gzip.compress(b"{}")[:-8] + b"\0" * 8, "gzip", 400, "bad_gzip"),
        (gzip.compress(b" " * (bodies.MOST_BYTES + 1)), "gzip", 413, "body_too_large"),
        (gzip.compress(b"\0" * 200_000_000, 1), "gzip", 413, "body_too_large"),
    ],
)
def test_a_bad_encoding(body: bytes, encoding: str, status: int, code: str) -> None:
    with pytest.raises(Problem) as no:
        bodies.unzipped(body, encoding)
    assert (no.value.status, no.value.code) == (status, code)


def test_edges_of_time_are_accepted() -> None:
    ahead, behind = NOW + timedelta(minutes=5), NOW - timedelta(days=35)
    both = [message(number, time=at.isoformat()) for number, at in enumerate((ahead, behind))]
    assert judged(packed(both))[1] == []
