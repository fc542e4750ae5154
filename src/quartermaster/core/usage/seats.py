"""Agent presence → seats (docs/concepts/seats.md), in microseconds; periods are half-open."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

import numpy as np
from numpy.typing import NDArray

from quartermaster.core.usage.state import Ints

AUTO_LOGOUT_MICROS: Final = 12 * 3_600 * 1_000_000


@dataclass(frozen=True, slots=True)
class Logins:
    """Log-ins and log-outs in any order, one row each; `agent` and `device` are codes from 0.

    A device belongs to one agent: (agent, device) is what logs in.
    """

    agent: Ints
    device: Ints
    time: Ints
    is_login: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Presence:
    """Disjoint stays [start, end) of agents; several stays of one agent never overlap."""

    agent: Ints
    start: Ints
    end: Ints


@dataclass(frozen=True, slots=True)
class Peak:
    """The largest number of agents present at one instant, and the first stretch with it."""

    seats: int
    start: int
    end: int
    agents: tuple[int, ...]


def presence(logins: Logins, auto_logout: int = AUTO_LOGOUT_MICROS) -> Presence:
    """The union over devices of [login, logout); a login ends by itself after `auto_logout`.

    A log-out at the instant of a log-in ends an earlier stay on that device if there is one (the
    agent is back at once), and otherwise that log-in (the agent was never there).
    """
    order = np.lexsort((logins.is_login, logins.time, logins.device, logins.agent))
    rows = zip(
        logins.agent[order].tolist(),
        logins.device[order].tolist(),
        logins.time[order].tolist(),
        logins.is_login[order].tolist(),
        strict=True,
    )
    stays: list[tuple[int, int, int]] = []
    for (agent, _), timeline in groupby(rows, key=lambda row: row[:2]):
        stays += ((agent, *stay) for stay in _device_stays(timeline, auto_logout))
    agent, start, end = np.array(stays, np.int64).reshape(-1, 3).T
    return _union(agent, start, end)


def _device_stays(
    timeline: Iterable[tuple[int, int, int, bool]], auto_logout: int
) -> Iterator[tuple[int, int]]:
    start = end = -1
    for time, rows in groupby(timeline, key=lambda row: row[2]):
        kinds = {row[3] for row in rows}
        is_present = start <= time < end or (start < time == end)
        if False in kinds and is_present:
            yield start, time
            start = end = -1
        elif kinds == {True, False}:
            continue
        if True in kinds:
            if not start <= time <= end:
                if end > start:
                    yield start, end
                start = time
            end = time + auto_logout
    if end > start:
        yield start, end


def _union(agent: Ints, start: Ints, end: Ints) -> Presence:
    keep = end > start
    agent, start, end = agent[keep], start[keep], end[keep]
    order = np.lexsort((start, agent))
    agent, start, end = agent[order], start[order], end[order]
    stays: list[tuple[int, int, int]] = []
    for who, begins, ends in zip(agent.tolist(), start.tolist(), end.tolist(), strict=True):
        if stays and stays[-1][0] == who and begins <= stays[-1][2]:
            stays[-1] = (who, stays[-1][1], max(stays[-1][2], ends))
        else:
            stays.append((who, begins, ends))
    columns = np.array(stays, np.int64).reshape(-1, 3)
    return Presence(columns[:, 0], columns[:, 1], columns[:, 2])


def is_decided(logins: Logins, start: int, auto_logout: int = AUTO_LOGOUT_MICROS) -> bool:
    """Whether log-ins from `start` on tell who is present one automatic log-out later and after.

    Whoever logged in before `start` has gone by then, and on each device any log-in or log-out
    says by itself who is there from then on, but both at one instant: they count only if the agent
    was there. Where such come first, what lies further back decides.
    """
    times, is_first = _returns(logins)
    return not (is_first & (times < start + auto_logout)).any()


def reach(logins: Logins, changed: int, auto_logout: int = AUTO_LOGOUT_MICROS) -> int:
    """From when on it makes no difference whether log-ins up to `changed` are among these.

    One automatic log-out later, unless a log-out and log-in at one instant come before that: then
    one after those, and so on.
    """
    end = changed + auto_logout
    times, _ = _returns(logins)
    for time in np.unique(times).tolist():
        if changed <= time <= end:
            end = time + auto_logout
    return end


def _returns(logins: Logins) -> tuple[Ints, NDArray[np.bool_]]:
    """The instants with a log-out and a log-in of one device, and whether it has none earlier."""
    order = np.lexsort((logins.is_login, logins.time, logins.device, logins.agent))
    agent, device, time = logins.agent[order], logins.device[order], logins.time[order]
    is_login = logins.is_login[order]
    is_same = (agent[1:] == agent[:-1]) & (device[1:] == device[:-1])
    both = np.flatnonzero(is_same & (time[1:] == time[:-1]) & (is_login[1:] != is_login[:-1]))
    firsts = np.append(0, np.flatnonzero(~is_same) + 1)
    first = firsts[np.searchsorted(firsts, both, side="right") - 1]
    return time[both], time[both] == time[first]


def stretches(times: Ints, auto_logout: int = AUTO_LOGOUT_MICROS) -> list[tuple[int, int]]:
    """The first and last of instants that lie within two automatic log-outs of each other: what is
    further apart is not read together."""
    ordered = np.sort(times)
    parts = np.split(ordered, np.flatnonzero(np.diff(ordered) > 2 * auto_logout) + 1)
    return [(int(part[0]), int(part[-1])) for part in parts if len(part)]


def taken(
    logins: Logins, names: Sequence[str], kept: Iterable[tuple[str, int]], start: int, end: int
) -> set[str]:
    """Who takes up a seat: the agents present in [start, end), and those for whom one is kept since
    an instant and who have neither logged in nor out since. Codes of agents are places in
    `names`."""
    last = np.full(len(names), -1, np.int64)
    np.maximum.at(last, logins.agent, logins.time)
    seen = dict(zip(names, last.tolist(), strict=True))
    there = within(presence(logins), start, end).agent
    waiting = {agent for agent, since in kept if seen.get(agent, -1) < since}
    return {names[agent] for agent in there.tolist()} | waiting


def within(stays: Presence, start: int, end: int) -> Presence:
    """The stays clipped to [start, end)."""
    begins, ends = np.maximum(stays.start, start), np.minimum(stays.end, end)
    keep = begins < ends
    return Presence(stays.agent[keep], begins[keep], ends[keep])


def peak(stays: Presence) -> Peak:
    """The concurrent seats of the stays without tolerance, the stretch and who was on."""
    instants, present = levels(stays)
    if not len(instants):
        return Peak(0, 0, 0, ())
    place = int(np.argmax(present))
    start, end = int(instants[place]), int(instants[place + 1])
    on = stays.agent[(stays.start <= start) & (start < stays.end)]
    return Peak(int(present[place]), start, end, tuple(sorted(on.tolist())))


def concurrent(stays: Presence, tolerance: int = 0) -> int:
    """The smallest n such that more than n agents are present for at most `tolerance` in total."""
    instants, present = levels(stays)
    if not len(instants):
        return 0
    lasting = np.diff(instants, append=instants[-1])
    time_at = np.zeros(int(present.max()) + 1, np.int64)
    np.add.at(time_at, present, lasting)
    above = np.cumsum(time_at[::-1])[::-1]
    return int(np.argmax(np.append(above[1:], 0) <= tolerance))


def named(holdings: Presence) -> int:
    """The distinct agents who held a seat at any time."""
    return len(np.unique(holdings.agent))


def peaks(stays: Presence, start: int, end: int, step: int) -> Ints:
    """The concurrent seats within each [at, at + step) from `start` to `end`."""
    grid = np.arange(start, end, step)
    instants, present = levels(stays)
    if not len(instants):
        return np.zeros(len(grid), np.int64)
    found = np.append(present, 0)[np.searchsorted(instants, grid, side="right") - 1]
    inside = (instants >= start) & (instants < end)
    np.maximum.at(found, (instants[inside] - start) // step, present[inside])
    return found


def levels(stays: Presence) -> tuple[Ints, Ints]:
    """Instants at which the number present changes, and the number from there on."""
    instants = np.concatenate([stays.start, stays.end])
    change = np.concatenate([np.ones_like(stays.start), -np.ones_like(stays.end)])
    unique, place = np.unique(instants, return_inverse=True)
    step = np.zeros(len(unique), np.int64)
    np.add.at(step, place, change)
    return unique, np.cumsum(step)
