"""A month in the life of six made-up bots, for demonstrations and tests: the same for a seed."""

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from heapq import merge
from typing import Final

from quartermaster.core import periods
from quartermaster.core.usage.events import Event

BOTS: Final = ("helpdesk", "bookings", "orders", "billing-desk", "hr-assistant", "concierge")

_DAILY: Final = (105, 72, 58, 40, 27, 18)
"""Conversations of each bot on a weekday."""
_CHANNELS: Final = ("web", "whatsapp", "voice")
_CHANNEL_WEIGHTS: Final = (
    *((60, 35, 5), (45, 25, 30), (50, 50, 0)),
    *((65, 20, 15), (90, 10, 0), (30, 40, 30)),
)
_BY_HOUR: Final = (
    *(1, 1, 0, 0, 0, 1, 3, 8, 16, 22, 24, 21),
    *(17, 19, 23, 22, 20, 18, 14, 12, 10, 8, 5, 3),
)
_USERS: Final = 9_000
_AGENTS: Final = 12
_SHIFT_HOURS: Final = (0, 8, 16)
_AGENT_PRODUCT: Final = "contact_center_ai"


@dataclass(frozen=True, slots=True)
class _Chat:
    """Who talks where: what all events of a conversation share."""

    bot: str
    user: str
    channel: str
    conversation: str | None
    developer: bool = False


def events(seed: int, end: datetime, days: int = 30) -> Iterator[Event]:
    """About 50,000 messages of thirty days in order of time, all in [end - days, end).

    `end` needs a time zone; its hours are the bots' local hours. Other events stand between the
    messages: hand-overs to human agents, ends of conversations, calls, alerts, shifts.
    """
    begin = end - timedelta(days=days)
    midnight = begin.replace(hour=0, minute=0, second=0, microsecond=0)
    number = 0
    left: list[Event] = []
    for day in range(days + 1):
        chance = random.Random(f"{seed}/{day}")
        today = midnight + timedelta(days=day)
        found = sorted(_day(chance, today), key=lambda event: event.time)
        cut = today + timedelta(days=1)
        found = list(merge(left, found, key=lambda event: event.time))
        left = [event for event in found if event.time >= cut]
        for event in found[: len(found) - len(left)]:
            if begin <= event.time < end:
                yield replace(event, id=_id(seed, number, event.time))
                number += 1


def _id(seed: int, number: int, time: datetime) -> str:
    """A UUID of version 7: ordered by time and, within a millisecond, by number."""
    millis = periods.to_micros(time) // 1_000
    low = random.Random(f"{seed}/id/{number}").getrandbits(62)
    return str(uuid.UUID(int=millis << 80 | 7 << 76 | (number & 0xFFF) << 64 | 2 << 62 | low))


def _day(chance: random.Random, today: datetime) -> Iterator[Event]:
    share = (1.0, 1.05, 1.0, 0.95, 0.85, 0.35, 0.25)[today.weekday()]
    for place, bot in enumerate(BOTS):
        for _ in range(round(_DAILY[place] * share * chance.uniform(0.9, 1.1))):
            yield from _conversation(chance, _begun(chance, today), _chat(chance, place))
        yield from _single_units(chance, today, bot)
    yield from _shifts(chance, today)


def _begun(chance: random.Random, today: datetime) -> datetime:
    [hour] = chance.choices(range(24), _BY_HOUR)
    return today + timedelta(hours=hour, microseconds=chance.randrange(3_600_000_000))


def _chat(chance: random.Random, place: int) -> _Chat:
    [channel] = chance.choices(_CHANNELS, _CHANNEL_WEIGHTS[place])
    named = channel == "voice" or chance.random() < 0.3
    return _Chat(
        BOTS[place],
        f"user-{chance.randrange(_USERS):05d}",
        channel,
        f"call-{chance.getrandbits(48):012x}" if named else None,
        chance.random() < 0.02,
    )


def _event(chat: _Chat, kind: str, time: datetime, sender: str | None = None) -> Event:
    return Event(
        *("", kind, time, chat.bot, chat.user, sender),
        *(chat.conversation, chat.channel, chat.developer),
    )


def _conversation(chance: random.Random, time: datetime, chat: _Chat) -> Iterator[Event]:
    """A welcome, then turns; some are handed to a human and back, some are ended."""
    if chance.random() < 0.6:
        yield _event(chat, "message", time, "bot")
        if chance.random() < 0.12:
            return
    [turns] = chance.choices((1, 2, 4, 8, 20), (30, 35, 22, 10, 3))
    handed_over = chance.randrange(turns) if turns > 1 and chance.random() < 0.15 else -1
    for turn in range(turns):
        time += _pause(chance, 4, 90)
        yield _event(chat, "message", time, "user")
        time += _pause(chance, 1, 4)
        yield _event(chat, "message", time, "bot")
        if turn == handed_over:
            for event in _human(chance, time, chat):
                time = event.time
                yield event
        if chance.random() < 0.02:
            time += timedelta(minutes=chance.randrange(9, 40))
    if chance.random() < 0.25:
        yield _event(chat, "conversation.ended", time + _pause(chance, 1, 30))


def _human(chance: random.Random, time: datetime, chat: _Chat) -> Iterator[Event]:
    time += _pause(chance, 2, 60)
    yield _event(chat, "conversation.transferred", time)
    for _ in range(chance.randrange(2, 7)):
        time += _pause(chance, 20, 240)
        yield _event(chat, "message", time, chance.choice(("agent", "user")))
    if chance.random() < 0.8:
        yield _event(chat, "conversation.returned", time + _pause(chance, 2, 60))


def _pause(chance: random.Random, shortest: int, longest: int) -> timedelta:
    return timedelta(microseconds=chance.randrange(shortest * 1_000_000, longest * 1_000_000))


def _single_units(chance: random.Random, today: datetime, bot: str) -> Iterator[Event]:
    for kind, most in (("api.requested", 6), ("alert.delivered", 3), ("notification.delivered", 9)):
        for _ in range(chance.randrange(most + 1)):
            user = None if kind == "api.requested" else f"user-{chance.randrange(_USERS):05d}"
            yield Event("", kind, _begun(chance, today), bot, user)


def _shifts(chance: random.Random, today: datetime) -> Iterator[Event]:
    """Three shifts of four agents; some use two devices, and one may forget to log out."""
    for agent in range(_AGENTS):
        if chance.random() < (0.5 if today.weekday() >= 5 else 0.08):
            continue
        hours = _SHIFT_HOURS[agent % len(_SHIFT_HOURS)]
        start = today + timedelta(hours=hours, seconds=chance.randrange(600))
        for device in ("desk", "phone")[: chance.choice((1, 1, 2))]:
            stay = timedelta(hours=8, seconds=chance.randrange(-900, 300))
            yield _presence("agent.logged_in", start, agent, device)
            if chance.random() < 0.97:
                yield _presence("agent.logged_out", start + stay, agent, device)


def _presence(kind: str, time: datetime, agent: int, device: str) -> Event:
    return Event(
        *("", kind, time, BOTS[0]),
        agent=f"agent-{agent + 1:02d}",
        product=_AGENT_PRODUCT,
        device=f"agent-{agent + 1:02d}-{device}",
    )
