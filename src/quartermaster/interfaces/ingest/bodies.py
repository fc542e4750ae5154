"""Request bodies → events: plain JSON, batches, NDJSON and CloudEvents, gzipped or not."""

import dataclasses
import re
import zlib
from collections.abc import Callable
from datetime import datetime
from typing import Final, TypeVar, cast

import msgspec

from quartermaster.core.usage.events import TEXT_LIMIT, Event, Rejection
from quartermaster.interfaces.ingest.problems import Problem

MOST_BYTES: Final = 10_000_000
MOST_EVENTS: Final = 10_000
_MOST_MEMBERS: Final = MOST_EVENTS
"""Of one gzip body: nobody needs more of them than there may be events."""
_PIECE: Final = 65_536
_BOM: Final = b"\xef\xbb\xbf"

Part = TypeVar("Part")
Parsed = tuple[list[tuple[int, Event]], list[Rejection], bool]
"""(index, event) pairs, what was malformed, and whether the body was one bare event."""
_MALFORMED: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_CONTROLS: Final = dict.fromkeys(range(32), "\ufffd")
"""What an id may not hold in answers and tables."""
_HALVES: Final = re.compile(
    rb"\\u[dD](?:[89abAB]XX(?!\\u[dD][c-fC-F]XX)|(?<!\\u[dD][89abAB]XX\\u[dD])[c-fC-F]XX)".replace(
        b"XX", b"[0-9a-fA-F]{2}"
    )
)
"""Escaped halves of surrogate pairs, where every backslash begins an escape."""


class CloudFields(msgspec.Struct):
    """The `data` of a CloudEvent: the fields of our event but for id, type and time."""

    bot: str | None = None
    user: str | None = None
    sender: str | None = None
    conversation: str | None = None
    channel: str | None = None
    developer: bool = False
    agent: str | None = None
    product: str | None = None
    device: str | None = None


class CloudEvent(msgspec.Struct):
    """CloudEvents 1.0, structured. `subject` stands in where `data` names no bot."""

    id: str
    type: str
    source: str
    specversion: str
    time: datetime
    data: CloudFields | None = None
    subject: str | None = None


class _Named(msgspec.Struct):
    id: str


_Event: Final[type[Event]] = cast(
    "type[Event]",
    msgspec.defstruct(
        "Event",
        [
            (one.name, one.type, *([] if one.default is dataclasses.MISSING else [one.default]))
            for one in dataclasses.fields(Event)
        ],
        gc=False,
    ),
)
"""`Event` as the decoder fills it fastest: a quarter of the time that the dataclass takes."""
_named = msgspec.json.Decoder(_Named)
_event = msgspec.json.Decoder(_Event)
_events = msgspec.json.Decoder(list[_Event])  # type: ignore[valid-type]
_raws = msgspec.json.Decoder(list[msgspec.Raw])
_cloud_event = msgspec.json.Decoder(CloudEvent)


def unzipped(body: bytes, encoding: str) -> bytes:
    """The body without its content encoding: gzip or none; at most `MOST_BYTES`."""
    if encoding in ("", "identity"):
        return body
    if encoding != "gzip":
        raise Problem(415, "unsupported_encoding", "gzip or none", "Content-Encoding")
    try:
        return _inflated(body)
    except zlib.error:
        raise Problem(400, "bad_gzip", "the body is not gzip, or not only gzip") from None


def _inflated(body: bytes) -> bytes:
    """The members of a gzip body, joined (RFC 1952, 2.2)."""
    plain, start = bytearray(), 0
    for _ in range(_MOST_MEMBERS):
        inflate = zlib.decompressobj(wbits=31)
        while not inflate.eof and start < len(body):
            piece = body[start : start + _PIECE]
            plain += inflate.decompress(piece, MOST_BYTES + 1 - len(plain))
            if len(plain) > MOST_BYTES:
                raise too_large()
            start += len(piece) - len(inflate.unused_data)
        if not inflate.eof:
            raise Problem(400, "bad_gzip", "the gzip body is cut off or has something behind it")
        if start == len(body):
            return bytes(plain)
    raise Problem(400, "bad_gzip", f"the gzip body has more than {_MOST_MEMBERS:,} members")


def too_large(most: int = MOST_BYTES) -> Problem:
    """A body over the limit, before or after unzipping."""
    return Problem(413, "body_too_large", f"at most {most:,} bytes, also when unzipped")


def parse(body: bytes, content_type: str) -> Parsed:
    """Events of a body by its media type. Refuses bodies that hold no events at all."""
    read = _READERS.get(content_type.partition(";")[0].strip().lower())
    if read is None:
        raise Problem(
            415, "unsupported_media_type", f"one of {', '.join(_READERS)}", "Content-Type"
        )
    try:
        return read(body.removeprefix(_BOM))
    except _MALFORMED as wrong:
        raise Problem(400, "malformed_json", str(wrong)) from None


def _json(body: bytes) -> Parsed:
    if body.lstrip()[:1] != b"[":
        return (*_each([body], _event.decode), True)
    try:
        events = _events.decode(body)
    except _MALFORMED:
        return (*_each(_elements(body), _event.decode), False)
    _counted(events)
    return list(enumerate(events)), [], False


def _ndjson(body: bytes) -> Parsed:
    lines = [line for line in body.split(b"\n") if line.strip()]
    return (*_each(_counted(lines), _event.decode), False)


def _cloud(body: bytes) -> Parsed:
    return (*_each([body], _from_cloud), True)


def _clouds(body: bytes) -> Parsed:
    return (*_each(_elements(body), _from_cloud), False)


_READERS: Final[dict[str, Callable[[bytes], Parsed]]] = {
    "application/json": _json,
    "application/x-ndjson": _ndjson,
    "application/cloudevents+json": _cloud,
    "application/cloudevents-batch+json": _clouds,
}


def _counted(parts: list[Part]) -> list[Part]:
    if len(parts) > MOST_EVENTS:
        raise Problem(413, "too_many_events", f"at most {MOST_EVENTS:,} events, has {len(parts):,}")
    return parts


def _elements(body: bytes) -> list[msgspec.Raw]:
    try:
        return _counted(_raws.decode(body))
    except _MALFORMED:
        return _counted(_raws.decode(_without_halves(body)))


def _without_halves(body: bytes) -> bytes:
    """The body with bytes that are not UTF-8 for each half of a surrogate pair. Of such bytes the
    decoder complains where they are read, and not where an element or a field is passed over."""
    return _HALVES.sub(b"\xff", body.replace(rb"\\", rb"\u005c"))


def _from_cloud(raw: bytes | msgspec.Raw) -> Event:
    cloud = _cloud_event.decode(raw)
    if cloud.specversion != "1.0":
        raise msgspec.ValidationError("Expected `1.0` - at `$.specversion`")
    fields = cloud.data or CloudFields()
    bot = cloud.subject if fields.bot is None else fields.bot
    if bot is None:
        raise msgspec.ValidationError("Object missing required field `bot` - at `$.data`")
    rest = msgspec.structs.asdict(fields) | {"bot": bot}
    return Event(cloud.id, cloud.type, cloud.time, **rest)


def _each(
    parts: "list[bytes] | list[msgspec.Raw]", decode: Callable[[bytes | msgspec.Raw], Event]
) -> tuple[list[tuple[int, Event]], list[Rejection]]:
    events, rejected = [], []
    for index, part in enumerate(parts):
        try:
            try:
                events.append((index, decode(part)))
            except _MALFORMED:
                part = _without_halves(bytes(part))
                events.append((index, decode(part)))
        except msgspec.ValidationError as wrong:
            rejected.append(_rejection(index, part, str(wrong)))
        except _MALFORMED as wrong:
            if len(parts) == 1:
                raise
            rejected.append(Rejection(index, None, "malformed_json", str(wrong)))
    return events, rejected


def _rejection(index: int, part: bytes | msgspec.Raw, reason: str) -> Rejection:
    """Names the field that a decoding error is about."""
    missing = re.search(r"missing required field `(\w+)`", reason)
    place = re.search(r"at `\$\.([\w.]+)`", reason)
    field = missing[1] if missing else place[1].rpartition(".")[2] if place else None
    code = "missing" if missing else "invalid_time" if field == "time" else "wrong_type"
    try:
        name = _named.decode(part).id[:TEXT_LIMIT].translate(_CONTROLS)
    except _MALFORMED:
        name = None
    return Rejection(index, name, code, reason, field)
