"""Door, meter and books in any interleaving come to what the model in memory says."""

import gzip
import itertools
import os
import sys
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from quartermaster.core import periods
from quartermaster.core.ledger.transfers import KeyReused
from quartermaster.store.wallets.operations import Grant
from quartermaster.usecases.credits.grant_credits import grant_credits
from quartermaster.usecases.credits.lapse_credits import lapse_credits
from quartermaster.usecases.usage.meter_events import WorkspaceFailed
from tests.fakes.server import Request
from tests.interfaces import database
from tests.simulation import bodies
from tests.simulation.bodies import FAULTS, FORMS, LATE
from tests.simulation.model import CENT, Sent, Workspace
from tests.simulation.town import NOW_MICROS, PRICES, STEPS, Crash, Failing, Place, Town
from tests.simulation.usage import HOUR, MINUTE, Event
from tests.usecases.at_once import at_once

ROUNDS = int(os.environ.get("QUARTERMASTER_TORTURE_ROUNDS", "0"))
PROFILE = settings(
    max_examples=ROUNDS * 5 or 12,
    stateful_step_count=30,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
START = NOW_MICROS - 48 * HOUR
BOTS = (15 * MINUTE, 5 * MINUTE)

MINUTES = st.one_of(
    st.integers(0, 8).map(lambda number: 15 * number),
    st.integers(0, 24).map(lambda number: 5 * number),
    st.integers(0, 120),
)
TALK_TIMES = st.builds(
    lambda minute, off: START + minute * MINUTE + off, MINUTES, st.sampled_from((0, 0, 0, -1, 1))
)
TIMES = st.one_of(
    TALK_TIMES,
    TALK_TIMES,
    st.builds(
        lambda edge, off: NOW_MICROS + edge + off,
        st.sampled_from((-LATE, 5 * MINUTE, -20 * 24 * HOUR)),
        st.sampled_from((-1, 0, 1)),
    ),
)
BOT = st.sampled_from((0, 0, 1))
USER = st.sampled_from(("ann", "ann", "bob"))
CONVERSATION = st.sampled_from((None, None, "c", "d"))
CHANNEL = st.sampled_from((None, None, "voice", "web"))


def said(*words: Any, **named: Any) -> Event:
    """The event."""
    return Event(*words, **named)


def _events(*words: Any, **named: Any) -> st.SearchStrategy[Event]:
    """Events whose other fields are not given; `builds` itself would make some up."""
    return st.builds(said, *words, **named)


MESSAGES = _events(
    st.just("message"),
    TIMES,
    BOT,
    USER,
    st.sampled_from(("user", "user", "bot", "agent")),
    CONVERSATION,
    CHANNEL,
    st.sampled_from((False, False, False, False, True)),
)
CONTROLS = _events(
    st.sampled_from(("transferred", "returned", "ended")).map("conversation.{}".format),
    TIMES,
    BOT,
    USER,
    st.none(),
    CONVERSATION,
    CHANNEL,
)
UNITS = _events(
    st.sampled_from(("api.requested", "alert.delivered", "notification.delivered")),
    TIMES,
    BOT,
    USER,
    channel=CHANNEL,
)
LOGINS = _events(
    st.sampled_from(("agent.logged_in", "agent.logged_out")),
    TIMES.flatmap(lambda at: st.sampled_from((at, at, at + 12 * HOUR))),
    BOT,
    agent=st.sampled_from(("kim", "lee")),
    product=st.sampled_from(("contact_center_ai", "contact_center_ai", "agent_ai")),
    device=st.sampled_from((None, "desk")),
)
EVENTS = st.one_of(MESSAGES, MESSAGES, MESSAGES, CONTROLS, UNITS, LOGINS)
PLACES = st.integers(0, 99)
WORDS = st.one_of(
    *[st.tuples(st.just("new"), EVENTS)] * 4,
    st.tuples(st.just("again"), PLACES),
    st.tuples(st.just("otherwise"), PLACES, EVENTS),
    st.tuples(st.just("spoilt"), st.sampled_from(sorted(FAULTS)), st.integers(0, 1)),
)
"""What a client says: something new, an event again, its id for another event, or nonsense."""
LINES = st.tuples(st.sampled_from(("user", "user", "bot", "agent")), TALK_TIMES)
MOST = st.sampled_from((1, 2, 5, 20_000))
REFUSED = (
    (b"{", FORMS[0], "", 400),
    (b"[1", FORMS[3], "", 400),
    (b"\xff", FORMS[1], "", 400),
    (b"{}", "text/csv", "", 415),
    (b"{}", FORMS[0], "br", 415),
    (b"{}", FORMS[0], "gzip", 400),
)


class Interleavings(RuleBasedStateMachine):
    """What is done to the town is done to the model, and then they are compared."""

    def __init__(self, town: Town) -> None:
        super().__init__()
        self.town = town
        town.now = NOW_MICROS
        self.numbers = itertools.count(1)
        self.sent: list[Sent] = []
        self.requests: list[tuple[str, Request, list[Sent]]] = []

    @initialize(
        plan=st.sampled_from(("standard", "standard", "free first", "free first", "contract")),
        paid=st.sampled_from((0, 25, 300)),
        free=st.sampled_from((0, 25, 300)),
    )
    def open(self, plan: str, paid: int, free: int) -> None:
        self.place = Place(self.town, BOTS, plan == "contract", plan == "free first")
        self.model = Workspace(PRICES, BOTS, plan == "contract", plan == "free first")
        for bot, cents in ((0, paid), (None, free)):
            if cents:
                self.grant(bot, cents, None)

    @rule(
        words=st.lists(WORDS, min_size=1, max_size=8),
        form=st.sampled_from(FORMS),
        is_alone=st.booleans(),
        is_packed=st.booleans(),
        name=st.sampled_from(("fresh", "fresh", "mine")),
    )
    def send(self, words: list[Any], form: str, is_alone: bool, is_packed: bool, name: str) -> None:
        is_single = form == FORMS[2] or (form == FORMS[0] and is_alone)
        several = [self._event(word) for word in (words[:1] if is_single else words)]
        fields = [self._fields(one) for one in several]
        content = bodies.body(form, fields, is_single)
        request_id = name if name == "mine" else f"r{next(self.numbers)}"
        if is_packed:
            request = self._request(gzip.compress(content), form, "gzip", request_id)
        else:
            request = self._request(content, form, "", request_id)
        self.requests.append((request_id, request, several))
        self.sent += several
        self._put(request_id, request, several)

    @rule(
        lines=st.lists(LINES, min_size=2, max_size=12),
        thread=st.tuples(BOT, USER, CONVERSATION, CHANNEL),
    )
    def talk(self, lines: list[tuple[str, int]], thread: tuple[Any, ...]) -> None:
        bot, user, conversation, channel = thread
        said_here = [
            said("message", time, bot, user, sender, conversation, channel)
            for sender, time in lines
        ]
        words = [("new", event) for event in said_here]
        self.send(words, FORMS[0], is_alone=False, is_packed=False, name="fresh")

    def _event(self, word: tuple[Any, ...]) -> Sent:
        known = [one for one in self.sent if one.fault is None]
        fresh = f"e{next(self.numbers)}"
        if word[0] == "spoilt":
            return Sent(fresh, Event("message", START, word[2], "ann", "user"), word[1])
        if word[0] == "new" or not known:
            last = word[-1]
            event = last if isinstance(last, Event) else Event("api.requested", START, 0)
            return Sent(fresh, event)
        first = known[word[1] % len(known)]
        return first if word[0] == "again" else Sent(first.id, word[2])

    def _fields(self, one: Sent) -> bodies.Fields:
        """Some bots by their public id, and some times in another zone: that is the same event."""
        number = next(self.numbers)
        bot = self.place.bots[one.event.bot]
        name = bot.name if number % 3 else bot.public_id
        plain = bodies.fields(one.id, one.event, name, number % 5 - 2)
        return FAULTS[one.fault].spoil(plain) if one.fault else plain

    def _request(self, content: bytes, form: str, encoding: str, name: str) -> Request:
        headers = {"Authorization": f"Bearer {self.place.key}", "Content-Type": form}
        headers |= {"Content-Encoding": encoding, "X-Request-Id": name}
        half = len(content) // 2
        return Request((content[:half], content[half:]), headers)

    def _put(self, request_id: str, request: Request, several: Sequence[Sent]) -> None:
        answer = self.town.send(request)
        rejected = self.model.send(request_id, several, self.town.now)
        refused = {one.index for one in rejected}
        accepted = [one.id for place, one in enumerate(several) if place not in refused]
        assert answer.headers["x-request-id"] == request_id
        assert answer.status == (202 if accepted else 422)
        found = answer.json
        if "code" in found:
            assert [found["code"]] == [one.code for one in rejected]
        else:
            assert found["accepted"] == accepted
            places = [(one["index"], one["code"]) for one in found["rejected"]]
            assert places == [(one.index, one.code) for one in rejected]

    @precondition(lambda self: self.requests)
    @rule(place=PLACES)
    def retry(self, place: int) -> None:
        self._put(*self.requests[place % len(self.requests)])

    @rule(which=st.sampled_from(REFUSED))
    def disturb(self, which: tuple[bytes, str, str, int]) -> None:
        content, form, encoding, status = which
        answer = self.town.send(self._request(content, form, encoding, "refused"))
        assert answer.status == status
        database.end_others()

    @rule(most=MOST)
    def meter(self, most: int) -> None:
        waiting = self.model.waiting()
        metered = self.place.meter(most)
        self.model.meter(most, self.town.now)
        assert (metered is None) == (not waiting)
        if metered is not None:
            done = [batch.metered for batch in waiting if batch.metered is not None]
            sums = tuple(map(sum, zip(*done, strict=True)))
            assert (metered.stored, metered.duplicates, metered.conflicts) == sums
            assert metered.batches == len(done)

    @rule(most=MOST)
    def meter_twice_at_once(self, most: int) -> None:
        both = at_once(*[lambda: self.place.meter(most)] * 2)
        failures = [one for one in both if isinstance(one, Exception)]
        assert not failures, failures
        steps = sum(one is not None for one in both)
        assert steps or not self.model.waiting()
        for _ in range(steps):
            self.model.meter(most, self.town.now)

    @precondition(lambda self: self.model.waiting())
    @rule(step=st.sampled_from(STEPS), most=MOST)
    def fail(self, step: str, most: int) -> None:
        with pytest.raises(WorkspaceFailed) as failed:
            self.place.meter(most, Failing(step))
        assert isinstance(failed.value.__cause__, Crash)

    @rule(
        bot=st.sampled_from((None, 0, 0, 1)),
        cents=st.sampled_from((1, 15, 50, 200, 6_000)),
        hours=st.sampled_from((None, None, 1, 30)),
    )
    def grant(self, bot: int | None, cents: int, hours: int | None) -> None:
        at, ends = self.town.now, None if hours is None else self.town.now + hours * HOUR
        owner = None if bot is None else self.place.bots[bot].id
        expires_at = None if ends is None else periods.from_micros(ends)
        wanted = Grant(self.place.workspace.id, cents * CENT, uuid.uuid4(), owner, expires_at)
        first = grant_credits(wanted, periods.from_micros(at))
        self.model.credit.grant(bot, cents, ends, at)
        assert grant_credits(wanted, periods.from_micros(at)) == first
        with pytest.raises(KeyReused):
            grant_credits(replace(wanted, amount_micro=1), periods.from_micros(at))

    @precondition(lambda self: self.town.now < NOW_MICROS + LATE / 2)
    @rule(minutes=st.sampled_from((1, 20, 61, 31 * 60)), is_lapsing=st.booleans())
    def wait(self, minutes: int, is_lapsing: bool) -> None:
        self.town.now += minutes * MINUTE
        if is_lapsing:
            lapse_credits(periods.from_micros(self.town.now))
            self.model.credit.lapse(self.town.now)

    @invariant()
    def holds(self) -> None:
        found, expected = self.place.seen(), self.model.seen(self.town.now)
        for name in found._fields:
            assert getattr(found, name) == getattr(expected, name), name

    def teardown(self) -> None:
        """What still waits is metered; then all must hold once more, and be proved."""
        if sys.exception() is None and hasattr(self, "place"):
            while self.place.meter(20_000) is not None:
                self.model.meter(20_000, self.town.now)
            self.holds()
            self.town.prove()


@pytest.fixture
def town(committed: None) -> Iterator[Town]:
    made = Town()
    yield made
    made.close()


@pytest.mark.timeout(3_600)
def test_any_interleaving_comes_to_what_the_model_says(town: Town) -> None:
    """`make torture` has it try thousands."""
    run_state_machine_as_test(lambda: Interleavings(town), settings=PROFILE)
