"""Seats: presence, the peak with and without tolerance, and named seats."""

import itertools
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quartermaster.core.usage import seats
from quartermaster.core.usage.seats import Logins, Presence

MINUTE = 60_000_000
HOUR = 60 * MINUTE


class Login(NamedTuple):
    """A log-in or log-out of an agent on a device."""

    agent: int
    device: int
    time: int
    is_login: bool


class Stay(NamedTuple):
    """An agent present in [start, end)."""

    agent: int
    start: int
    end: int


def columns(logins: list[Login]) -> Logins:
    """The log-ins as the rules take them."""
    table = np.array(logins, np.int64).reshape(-1, len(Login._fields))
    return Logins(table[:, 0], table[:, 1], table[:, 2], table[:, 3].astype(np.bool_))


def stays(*given: Stay) -> Presence:
    """Stays as the rules take them."""
    table = np.array(given, np.int64).reshape(-1, len(Stay._fields))
    return Presence(table[:, 0], table[:, 1], table[:, 2])


def listed(presence: Presence) -> list[Stay]:
    """The stays as a sorted list."""
    table = zip(
        presence.agent.tolist(), presence.start.tolist(), presence.end.tolist(), strict=True
    )
    return sorted(Stay(*row) for row in table)


def shift(first: int, agents: int, start: int, end: int) -> list[Login]:
    """So many agents, numbered from `first`, who log in and out together."""
    crew = range(first, first + agents)
    return [Login(agent, 0, at, at == start) for agent in crew for at in (start, end)]


THREE_SHIFTS = [
    login
    for number in range(3)
    for login in shift(50 * number, 50, 8 * number * HOUR, 8 * (number + 1) * HOUR)
]


def test_shifts_that_hand_over_on_the_minute_share_their_seats() -> None:
    present = seats.presence(columns(THREE_SHIFTS))
    assert seats.concurrent(present) == 50
    assert seats.named(present) == 150


def test_a_hundred_agents_in_three_shifts_are_a_hundred_named() -> None:
    crews = [(0, 34), (34, 33), (67, 33)]
    logins = [
        login
        for number, (first, agents) in enumerate(crews)
        for login in shift(first, agents, 8 * number * HOUR, 8 * (number + 1) * HOUR)
    ]
    assert seats.named(seats.presence(columns(logins))) == 100


@pytest.mark.parametrize(
    ("tolerance", "expected"),
    [(30, 500), (0, 503), (5, 503), (6, 500), (36, 500), (37, 0), (10_000, 0)],
)
def test_tolerance_is_the_time_that_may_be_spent_above(tolerance: int, expected: int) -> None:
    crew = shift(0, 500, 0, 37 * MINUTE) + shift(500, 3, 10 * MINUTE, 16 * MINUTE)
    present = seats.presence(columns(crew))
    assert seats.concurrent(present, tolerance * MINUTE) == expected


def test_tolerance_adds_up_over_separate_peaks() -> None:
    present = stays(Stay(0, 0, 100), Stay(1, 10, 14), Stay(2, 50, 54))
    assert [seats.concurrent(present, spent) for spent in (7, 8)] == [2, 1]


@dataclass(frozen=True)
class Case:
    """Hours of one agent's log-ins (+) and log-outs (-) by device, and the stays they make."""

    name: str
    logins: str
    stays: list[tuple[int, int]]


PRESENCE = (
    Case("in and out", "A+1 A-3", [(1, 3)]),
    Case("nobody", "", []),
    Case("only out", "A-3", []),
    Case("two devices at once are one", "A+1 B+2 A-4 B-5", [(1, 5)]),
    Case("one device inside the other", "A+1 B+2 B-3 A-5", [(1, 5)]),
    Case("device after device without a gap", "A+1 A-3 B+3 B-5", [(1, 5)]),
    Case("with a gap", "A+1 A-3 B+4 B-5", [(1, 3), (4, 5)]),
    Case("another device's log-out", "A+1 B-3 A-5", [(1, 5)]),
    Case("out and in again at once", "A+1 A-3 A+3 A-5", [(1, 5)]),
    Case("in and out at one instant", "A+1 A-1", []),
    Case("in and out at one instant, then in", "A+1 A-1 A+2 A-3", [(2, 3)]),
    Case("no log-out", "A+1", [(1, 13)]),
    Case("log-out too late", "A+1 A-14", [(1, 13)]),
    Case("log-out on time", "A+1 A-13", [(1, 13)]),
    Case("repeated log-in starts the time again", "A+1 A+9 A-20", [(1, 20)]),
    Case("repeated log-in, no log-out", "A+1 A+9", [(1, 21)]),
    Case("repeated log-out", "A+1 A-3 A-5", [(1, 3)]),
    Case("log-in after it ended by itself", "A+1 A+14 A-15", [(1, 13), (14, 15)]),
)


@pytest.mark.parametrize("case", PRESENCE, ids=lambda case: case.name)
def test_presence(case: Case) -> None:
    logins = [
        Login(0, "AB".index(word[0]), int(word[2:]) * HOUR, word[1] == "+")
        for word in case.logins.split()
    ]
    expected = [Stay(0, start * HOUR, end * HOUR) for start, end in case.stays]
    assert listed(seats.presence(columns(logins))) == expected


def test_an_agents_device_is_not_another_agents() -> None:
    logins = [Login(0, 0, 0, True), Login(1, 0, HOUR, False), Login(0, 0, 2 * HOUR, False)]
    assert listed(seats.presence(columns(logins))) == [Stay(0, 0, 2 * HOUR)]


def test_the_time_after_which_a_login_ends_can_be_set() -> None:
    present = seats.presence(columns([Login(0, 0, 0, True)]), auto_logout=HOUR)
    assert listed(present) == [Stay(0, 0, HOUR)]


def test_the_peak_tells_the_first_stretch_and_who_was_on() -> None:
    present = stays(
        Stay(4, 0, 30), Stay(2, 10, 20), Stay(4, 40, 90), Stay(7, 50, 60), Stay(9, 0, 5)
    )
    assert seats.peak(present) == seats.Peak(2, 0, 5, (4, 9))
    assert seats.peak(seats.within(present, 5, 100)) == seats.Peak(2, 10, 20, (2, 4))
    handed_over = stays(Stay(0, 0, 10), Stay(1, 10, 20), Stay(2, 10, 20))
    assert seats.peak(handed_over) == seats.Peak(2, 10, 20, (1, 2))


def test_nobody_needs_no_seat() -> None:
    nobody = stays()
    assert seats.peak(nobody) == seats.Peak(0, 0, 0, ())
    assert (seats.concurrent(nobody), seats.named(nobody)) == (0, 0)
    assert seats.peaks(nobody, 0, 2 * HOUR, HOUR).tolist() == [0, 0]


def test_peaks_by_the_hour() -> None:
    present = stays(Stay(0, 0, HOUR), Stay(1, HOUR, 2 * HOUR), Stay(2, HOUR - 1, HOUR + 1))
    assert seats.peaks(present, 0, 3 * HOUR, HOUR).tolist() == [2, 2, 0]
    assert seats.peaks(present, -HOUR, HOUR, HOUR).tolist() == [0, 2]
    assert seats.peaks(present, HOUR, 2 * HOUR, HOUR // 2).tolist() == [2, 1]


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 30), st.integers(1, 20)), max_size=8),
    st.integers(-5, 30),
    st.integers(1, 9),
)
def test_a_peak_is_that_of_the_stays_within_its_step(
    rows: list[tuple[int, int, int]], start: int, step: int
) -> None:
    found = stays(*{agent: Stay(agent, at, at + long) for agent, at, long in rows}.values())
    ats = range(start, start + 5 * step, step)
    expected = [seats.concurrent(seats.within(found, at, at + step)) for at in ats]
    assert seats.peaks(found, start, start + 5 * step, step).tolist() == expected


LONGEST, END = 12, 40
_logins = st.lists(
    st.builds(Login, st.integers(0, 2), st.integers(0, 1), st.integers(0, 25), st.booleans()),
    max_size=24,
)


def present_at(logins: list[Login], instant: int) -> set[int]:
    """Who is present, asked of each log-in by itself: the slow and plain way."""
    return {
        login.agent
        for login in logins
        if login.is_login and login.time <= instant < end_of(login, logins)
    }


def end_of(login: Login, logins: list[Login]) -> int:
    """The next log-out on the same device, or when the log-in has lasted longest.

    A log-out at the same instant is this log-in's, unless the agent was there just before.
    """
    mine = [other for other in logins if other[:2] == login[:2]]
    earlier = [one for one in mine if one.is_login and one.time < login.time]
    was_there = any(end_of(one, logins) >= login.time for one in earlier)
    first = login.time + was_there
    outs = [out.time for out in mine if not out.is_login and out.time >= first]
    return min([*outs, login.time + LONGEST])


@given(_logins)
@settings(max_examples=150, deadline=None)
def test_presence_is_the_union_over_devices(logins: list[Login]) -> None:
    found = listed(seats.presence(columns(logins), LONGEST))
    for instant in range(END):
        on = [stay.agent for stay in found if stay.start <= instant < stay.end]
        assert sorted(on) == sorted(present_at(logins, instant))
    assert all(stay.start < stay.end for stay in found)
    for earlier, later in itertools.pairwise(found):
        assert earlier.agent != later.agent or earlier.end < later.start


@given(st.data(), _logins)
@settings(max_examples=60, deadline=None)
def test_the_order_of_logins_never_matters(data: st.DataObject, logins: list[Login]) -> None:
    shuffled = data.draw(st.permutations(logins))
    assert listed(seats.presence(columns(shuffled))) == listed(seats.presence(columns(logins)))


@given(_logins, st.integers(0, END), st.integers(0, END), st.integers(0, 30))
@settings(max_examples=150, deadline=None)
def test_seats_are_what_a_count_at_every_instant_gives(
    logins: list[Login], start: int, end: int, tolerance: int
) -> None:
    present = seats.within(seats.presence(columns(logins), LONGEST), start, end)
    crews = [present_at(logins, instant) for instant in range(start, end)]
    counts = [len(crew) for crew in crews]
    most = max(counts, default=0)
    enough = (n for n in range(most + 1) if sum(count > n for count in counts) <= tolerance)
    assert seats.concurrent(present) == most
    assert seats.concurrent(present, tolerance) == next(enough)
    assert seats.named(present) == len(set().union(*crews))
    peak = seats.peak(present)
    assert peak.seats == most
    if most:
        assert peak.start == start + counts.index(most)
        assert all(
            crew == set(peak.agents) for crew in crews[peak.start - start : peak.end - start]
        )


ALL_BOTH = [Login(0, 0, at, is_login) for at in (12, 24, 36) for is_login in (False, True)]


def differing(one: list[Login], other: list[Login]) -> list[int]:
    """The instants at which others are present, asked the plain way."""
    return [at for at in range(END) if present_at(one, at) != present_at(other, at)]


@given(_logins, st.integers(0, END))
@settings(max_examples=150, deadline=None)
def test_what_decides_who_is_present_is_all_that_must_be_read(
    logins: list[Login], start: int
) -> None:
    later = [login for login in logins if login.time >= start]
    decided = seats.is_decided(columns(later), start, LONGEST)
    wrong = [at for at in differing(logins, later) if at >= start + LONGEST]
    assert not (decided and wrong)


def test_log_outs_and_log_ins_at_one_instant_may_need_all_that_was_before() -> None:
    chain = [Login(0, 0, 0, True), *ALL_BOTH]
    assert listed(seats.presence(columns(chain), LONGEST)) == [Stay(0, 0, 48)]
    assert listed(seats.presence(columns(ALL_BOTH), LONGEST)) == []
    assert not seats.is_decided(columns(ALL_BOTH), 1, LONGEST)
    assert seats.is_decided(columns(ALL_BOTH), 0, LONGEST)
    assert seats.is_decided(columns([Login(0, 0, 1, False), *ALL_BOTH]), 1, LONGEST)
    assert seats.is_decided(columns([]), 0, LONGEST)


@given(_logins.filter(bool), st.data())
@settings(max_examples=150, deadline=None)
def test_new_log_ins_make_no_difference_out_of_their_reach(
    logins: list[Login], data: st.DataObject
) -> None:
    new = data.draw(st.lists(st.sampled_from(logins), min_size=1))
    times = [one.time for one in new]
    differ = differing([one for one in logins if one not in new], logins)
    end = seats.reach(columns(logins), max(times), LONGEST)
    assert all(min(times) <= at < end for at in differ)


def test_a_log_in_reaches_on_where_others_hang_on_it() -> None:
    first = Login(0, 0, 0, True)
    assert seats.reach(columns([first]), 0, LONGEST) == 12
    assert seats.reach(columns([first, *ALL_BOTH]), 0, LONGEST) == 48
    assert seats.reach(columns([first, *ALL_BOTH[2:]]), 0, LONGEST) == 12


def test_instants_far_from_each_other_are_not_read_together() -> None:
    times = np.array([60, 3, 27, 84, 109], np.int64)
    assert seats.stretches(times, LONGEST) == [(3, 27), (60, 84), (109, 109)]
    assert seats.stretches(times[:0], LONGEST) == []


def taken(logins: list[Login], kept: dict[str, int], at: int, ahead: int = MINUTE) -> set[str]:
    """Who takes up a seat; agents are named by letters."""
    return seats.taken(columns(logins), list("abc"), kept.items(), at, at + ahead)


def test_who_is_there_or_on_the_way_takes_up_a_seat() -> None:
    logins = [Login(0, 0, HOUR, True), Login(1, 0, 2 * HOUR, True), Login(1, 0, 3 * HOUR, False)]
    assert taken(logins, {}, HOUR) == {"a"}
    assert taken(logins, {}, 2 * HOUR - MINUTE, MINUTE) == {"a"}
    assert taken(logins, {}, 2 * HOUR - MINUTE, MINUTE + 1) == {"a", "b"}
    assert taken(logins, {}, 3 * HOUR) == {"a"}
    assert taken(logins, {"c": HOUR, "d": HOUR}, 3 * HOUR) == {"a", "c", "d"}


def test_a_seat_is_kept_until_the_agent_was_seen() -> None:
    logins = [Login(0, 0, HOUR, True), Login(0, 0, HOUR + MINUTE, False)]
    late = HOUR + 2 * MINUTE
    assert taken(logins, {"a": HOUR - 1}, late) == set()
    assert taken(logins, {"a": HOUR + MINUTE}, late) == set()
    assert taken(logins, {"a": HOUR + MINUTE + 1}, late) == {"a"}
    assert taken([], {"a": HOUR}, HOUR) == {"a"}
