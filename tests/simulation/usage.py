"""Events → sessions and seats, written slowly and plainly from the rules; shares no code with the
product. Instants are in microseconds."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

MINUTE = 60_000_000
HOUR = 60 * MINUTE
QUARTER = 15 * MINUTE
VOICE = "voice"
CONTROLS = ("conversation.returned", "conversation.transferred", "conversation.ended")
LOGINS = ("agent.logged_in", "agent.logged_out")


class Event(NamedTuple):
    """All of an event but its id: two with the same are repeats. `bot` counts from 0."""

    type: str
    time: int
    bot: int
    user: str | None = None
    sender: str | None = None
    conversation: str | None = None
    channel: str | None = None
    developer: bool = False
    agent: str | None = None
    product: str | None = None
    device: str | None = None


class Session(NamedTuple):
    """A session by its bot, unit, block, channel, and the start of its conversation."""

    bot: int
    unit: str
    start: int
    channel: str | None
    conversation: int


class Thread(NamedTuple):
    """What holds events together: a conversation's key, or a user on a channel."""

    bot: int
    conversation: str | None
    channel: str | None
    user: str | None


class _Line(NamedTuple):
    time: int
    sender: str
    channel: str | None
    is_with_agent: bool


def sessions(events: Iterable[Event], patience: Sequence[int]) -> dict[Thread, list[Session]]:
    """The sessions of each thread; `patience` is each bot's inactivity time."""
    return {
        thread: [
            session
            for talk in _conversations(rows, None if thread.conversation else patience[thread.bot])
            for session in _blocks(thread.bot, talk)
        ]
        for thread, rows in _threads(events).items()
    }


def _threads(events: Iterable[Event]) -> dict[Thread, list[Event]]:
    """Messages and controls by thread. A control that names neither conversation nor channel goes
    to all that its user has with the bot; a keyed thread is its first user's in the alphabet."""
    own: dict[Thread, list[Event]] = defaultdict(list)
    users: dict[Thread, set[str]] = defaultdict(set)
    for event in events:
        if event.type == "message" or event.type in CONTROLS:
            keyed = event.conversation is not None
            words = (None, None) if keyed else (event.channel, event.user)
            thread = Thread(event.bot, event.conversation, *words)
            users[thread] |= {event.user} if event.user else set()
            own[thread] += [] if event.developer else [event]
    return {
        thread: rows
        + [
            event
            for other in own
            if other != thread and other == (thread.bot, None, None, min(users[thread], default=""))
            for event in own[other]
            if event.type in CONTROLS
        ]
        for thread, rows in own.items()
    }


def _conversations(rows: list[Event], patience: int | None) -> list[list[_Line]]:
    """Cuts a thread: by silence longer than `patience` (None: never), and where it was ended."""
    talks: list[list[_Line]] = []
    is_ended = is_with_agent = False

    def is_over(time: int) -> bool:
        late = patience is not None and bool(talks) and time - talks[-1][-1].time > patience
        return not talks or is_ended or late

    waits_for_agent = False
    for event in sorted(rows, key=_place):
        if event.type != "message":
            if not is_over(event.time):
                is_with_agent = event.type == "conversation.transferred"
                is_ended = event.type == "conversation.ended"
                waits_for_agent = False
            else:
                waits_for_agent = event.type == "conversation.transferred"
            continue
        if is_over(event.time):
            talks.append([])
            is_with_agent, waits_for_agent, is_ended = waits_for_agent, False, False
        talks[-1].append(_Line(event.time, event.sender or "", event.channel, is_with_agent))
    return talks


def _place(event: Event) -> tuple[int, int, str]:
    order = (*CONTROLS[:2], "user", "bot", "agent", CONTROLS[2])
    return event.time, order.index(event.sender or event.type), event.channel or ""


def _blocks(bot: int, talk: list[_Line]) -> list[Session]:
    """Each quarter of an hour from the anchor on in which something was said."""
    anchor = min((line.time for line in talk if line.sender == "user"), default=None)
    found: dict[tuple[str, int], Session] = {}
    for line in talk:
        if anchor is None or line.time < anchor:
            continue
        block = max(0, -((anchor - line.time) // QUARTER) - 1)
        units = ["voice_session"] * (line.channel == VOICE)
        if line.sender != "agent" and not line.is_with_agent:
            units.append("billing_session")
        for unit in units:
            start = anchor + block * QUARTER
            new = Session(bot, unit, start, line.channel, talk[0].time)
            found.setdefault((unit, block), new)
    return list(found.values())


EVERY_BOT = -1


def peaks(events: Iterable[Event], is_together: bool = False) -> dict[tuple[int, str, int], int]:
    """The most agents at one instant of each hour, by bot, product and start of the hour; or else
    of each quarter of one, at all bots together."""
    step = QUARTER if is_together else HOUR
    desks: dict[tuple[int, str], dict[str, list[_Desk]]] = {}
    logins = [event for event in events if event.type in LOGINS]
    for bot, product, agent, device in {
        (one.bot, one.product or "", one.agent or "", one.device) for one in logins
    }:
        ins, outs = (
            {
                one.time
                for one in logins
                if (one.type, one[2], one.product, one.agent, one.device)
                == (kind, bot, product, agent, device)
            }
            for kind in LOGINS
        )
        at_work = desks.setdefault((EVERY_BOT if is_together else bot, product), defaultdict(list))
        at_work[agent].append(_Desk(ins, outs))
    found: dict[tuple[int, str, int], int] = {}
    for (bot, product), agents in desks.items():
        for at in _instants([one for several in agents.values() for one in several], step):
            present = sum(any(one.has(at) for one in several) for several in agents.values())
            key = (bot, product, at - at % step)
            found[key] = max(found.get(key, 0), present)
    return {key: agents for key, agents in found.items() if agents}


class _Desk(NamedTuple):
    """The log-ins and log-outs of an agent on one device."""

    ins: set[int]
    outs: set[int]

    def has(self, at: int) -> bool:
        """Whether a log-in of the last twelve hours stands without a log-out since."""
        return any(
            since <= at < since + 12 * HOUR
            and self._counts(since)
            and not any(since < out <= at for out in self.outs)
            for since in self.ins
        )

    def _counts(self, since: int) -> bool:
        """A log-in with a log-out at its instant is one only if a stay was under way."""
        return since not in self.outs or any(
            before < since <= before + 12 * HOUR
            and self._counts(before)
            and not any(before < out < since for out in self.outs)
            for before in self.ins
        )


def _instants(desks: list[_Desk], step: int) -> set[int]:
    """Where the number of those present may rise, and the start of each step in reach."""
    rises = {time for desk in desks for time in desk.ins}
    starts = {time - time % step for time in rises}
    reach = range(0, 14 * HOUR, step)
    return rises | {start + further for start in starts for further in reach}


def counts(events: Iterable[Event]) -> Mapping[tuple[int, str, int], int]:
    """Units that are not sessions, by bot, unit and quarter of an hour."""
    units = {
        "api.requested": "api_session",
        "alert.delivered": "alert",
        "notification.delivered": "notification",
    }
    found: dict[tuple[int, str, int], int] = defaultdict(int)
    for event in events:
        if event.type in units:
            found[event.bot, units[event.type], event.time - event.time % QUARTER] += 1
    return found
