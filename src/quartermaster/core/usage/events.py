"""Usage events: what is accepted, and why not (docs/reference/events.md)."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Final

from quartermaster.core import periods

PRODUCTS: Final = ("automation_ai", "search_ai", "contact_center_ai", "agent_ai")

FUTURE_MICROS: Final = 5 * 60 * 1_000_000
LATE_MICROS: Final = 35 * 86_400 * 1_000_000
TEXT_LIMIT: Final = 200
"""Longest id, user, conversation, agent or device, in characters."""


class Kind(IntEnum):
    """What an event means to the meter. The order of the first six breaks ties of time: a segment's
    bounds are half-open, and a conversation's last message still belongs to it when it ends."""

    RETURNED = 0
    TRANSFERRED = 1
    USER = 2
    BOT = 3
    AGENT = 4
    ENDED = 5
    API_REQUESTED = 10
    ALERT_DELIVERED = 11
    NOTIFICATION_DELIVERED = 12
    LOGGED_IN = 20
    LOGGED_OUT = 21
    DEVELOPER_USER = 34
    DEVELOPER_BOT = 35
    DEVELOPER_AGENT = 36


SENDERS: Final = {"user": Kind.USER, "bot": Kind.BOT, "agent": Kind.AGENT}
DEVELOPER: Final = 32
"""Added to a message's kind when a developer sent it: a test, never counted."""

_KINDS: Final = {
    "conversation.transferred": Kind.TRANSFERRED,
    "conversation.returned": Kind.RETURNED,
    "conversation.ended": Kind.ENDED,
    "api.requested": Kind.API_REQUESTED,
    "alert.delivered": Kind.ALERT_DELIVERED,
    "notification.delivered": Kind.NOTIFICATION_DELIVERED,
    "agent.logged_in": Kind.LOGGED_IN,
    "agent.logged_out": Kind.LOGGED_OUT,
}
TYPES: Final = ("message", *_KINDS)
_NEEDS: Final = {
    Kind.ALERT_DELIVERED: ("user",),
    Kind.NOTIFICATION_DELIVERED: ("user",),
    Kind.LOGGED_IN: ("agent", "product"),
    Kind.LOGGED_OUT: ("agent", "product"),
}
_ARTICLES: Final = {"user": "a", "agent": "an", "product": "a"}
_TYPES: Final = {kind: name for name, kind in _KINDS.items()}
CONTROLS: Final = (Kind.RETURNED, Kind.TRANSFERRED, Kind.ENDED)
_ABOUT_CONVERSATION: Final = frozenset({Kind.TRANSFERRED, Kind.RETURNED, Kind.ENDED})


@dataclass(slots=True)
class Event:
    """One event as a client sends it."""

    id: str
    type: str
    time: datetime
    bot: str
    user: str | None = None
    sender: str | None = None
    conversation: str | None = None
    channel: str | None = None
    developer: bool = False
    agent: str | None = None
    product: str | None = None
    device: str | None = None


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why one event was not accepted. `index` is its place in the batch, from 0."""

    index: int
    id: str | None
    code: str
    reason: str
    field: str | None = None


@dataclass(slots=True)
class Accepted:
    """A batch of accepted events in columns of one length; `bot` holds internal ids.

    `index` is the place in the request, `time` in microseconds since the epoch, `kind` a `Kind` or
    one plus `DEVELOPER`. Text columns hold None where an event has no such field.
    """

    index: list[int] = field(default_factory=list)
    id: list[str] = field(default_factory=list)
    kind: list[int] = field(default_factory=list)
    time: list[int] = field(default_factory=list)
    bot: list[int] = field(default_factory=list)
    user: list[str | None] = field(default_factory=list)
    conversation: list[str | None] = field(default_factory=list)
    channel: list[str | None] = field(default_factory=list)
    agent: list[str | None] = field(default_factory=list)
    product: list[str | None] = field(default_factory=list)
    device: list[str | None] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.id)


@dataclass(frozen=True, slots=True)
class Submission:
    """One request's events on their way into the log."""

    workspace: int
    request_id: str
    received_at: datetime
    accepted: Accepted
    rejected: list[Rejection]


@dataclass(frozen=True, slots=True)
class Window:
    """The instants that are accepted, both included, in microseconds. What is older than
    `archived_until` was archived: it can no longer be told from repeats."""

    earliest: int
    latest: int
    archived_until: int | None = None

    @classmethod
    def around(cls, at: datetime, late_micros: int = LATE_MICROS) -> "Window":
        """At most five minutes ahead of `at` and `late_micros` behind it."""
        micros = periods.to_micros(at)
        return cls(micros - late_micros, micros + FUTURE_MICROS)

    def behind(self, archived_until: datetime | None) -> "Window":
        """The same for a workspace whose events are archived up to there."""
        if archived_until is None:
            return self
        until = periods.to_micros(archived_until)
        return Window(max(self.earliest, until), self.latest, until)


class _Unfit(Exception):
    def __init__(self, code: str, reason: str, field: str) -> None:
        self.code, self.reason, self.field = code, reason, field


def accept(
    events: list[tuple[int, Event]], window: Window, bots: Mapping[str, int]
) -> tuple[Accepted, list[Rejection]]:
    """Splits (index, event) pairs into columns of accepted events and rejections.

    `bots` maps every name by which a bot of this workspace may be called to its internal id.
    """
    accepted, rejected = Accepted(), []
    for index, event in events:
        try:
            kind, time = _check(event, window)
            bot = bots.get(event.bot)
            if bot is None:
                raise _Unfit("unknown_bot", f"no bot {event.bot!r:.80} in this workspace", "bot")
        except _Unfit as no:
            rejected.append(Rejection(index, _answerable(event.id), no.code, no.reason, no.field))
        else:
            accepted.index.append(index)
            _append(accepted, event, kind, time, bot)
    return accepted, rejected


def _append(accepted: Accepted, event: Event, kind: int, time: int, bot: int) -> None:
    accepted.id.append(event.id)
    accepted.kind.append(kind)
    accepted.time.append(time)
    accepted.bot.append(bot)
    accepted.user.append(event.user)
    accepted.conversation.append(event.conversation)
    accepted.channel.append(event.channel)
    accepted.agent.append(event.agent)
    accepted.product.append(event.product)
    accepted.device.append(event.device)


def _check(event: Event, window: Window) -> tuple[int, int]:
    if not event.bot:
        raise _Unfit("empty", "must not be empty", "bot")
    for name in _TEXTS:
        text = getattr(event, name)
        if text is not None:
            _check_text(name, text)
    kind = _kind(event)
    if event.time.tzinfo is None:
        raise _Unfit("time_without_offset", "needs an offset, such as Z or +02:00", "time")
    micros = periods.to_micros(event.time)
    if micros > window.latest:
        raise _Unfit("in_the_future", "more than 5 minutes in the future", "time")
    if micros < window.earliest:
        if window.archived_until is not None and micros < window.archived_until:
            raise _Unfit("too_old", "events of its month are archived", "time")
        raise _Unfit("too_late", "older than the late window", "time")
    return kind, micros


_TEXTS: Final = ("id", "user", "conversation", "channel", "agent", "product", "device")


def _check_text(name: str, text: str) -> None:
    if not text:
        raise _Unfit("empty", "must not be empty", name)
    if len(text) > TEXT_LIMIT:
        raise _Unfit("too_long", f"at most {TEXT_LIMIT} characters, has {len(text)}", name)
    if not text.isprintable() and any(map(_is_bad, text)):
        raise _Unfit("bad_character", "control characters and lone surrogates: no", name)


def _is_bad(ch: str) -> bool:
    return unicodedata.category(ch) in ("Cc", "Cs")


def _answerable(text: str) -> str:
    """A refused id as answers, files and tables can hold it."""
    return "".join("\ufffd" if _is_bad(ch) else ch for ch in text[:TEXT_LIMIT])


def _kind(event: Event) -> int:
    if event.type == "message":
        return _message_kind(event)
    kind = _KINDS.get(event.type)
    if kind is None:
        raise _Unfit("unknown_type", f"must be one of {', '.join(TYPES)}", "type")
    for name in _NEEDS.get(kind, ()):
        if getattr(event, name) is None:
            raise _Unfit("missing", f"{event.type} needs {_ARTICLES[name]} {name}", name)
    if kind in _ABOUT_CONVERSATION and event.user is None and event.conversation is None:
        raise _Unfit("missing", f"{event.type} needs a user or a conversation", "user")
    if kind >= Kind.LOGGED_IN and event.product not in PRODUCTS:
        raise _Unfit("unknown_product", f"must be one of {', '.join(PRODUCTS)}", "product")
    return kind


def described(kind: int) -> tuple[str, str | None]:
    """The type of events of a kind, and the sender if they are messages."""
    for sender, plain in SENDERS.items():
        if kind in (plain, plain | DEVELOPER):
            return "message", sender
    return _TYPES[Kind(kind)], None


def _message_kind(event: Event) -> int:
    if event.user is None:
        raise _Unfit("missing", "message needs a user", "user")
    if event.sender is None:
        raise _Unfit("missing", "message needs a sender: user, bot or agent", "sender")
    sender = SENDERS.get(event.sender)
    if sender is None:
        raise _Unfit("unknown_sender", "must be user, bot or agent", "sender")
    return sender | DEVELOPER if event.developer else sender
