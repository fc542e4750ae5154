"""What the meter has made of a workspace's events, without anything that depends on their order."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db.models import F, Sum

from quartermaster.core.usage.events import Event
from quartermaster.store.metering.models import (
    AgentPeak,
    Conversation,
    Rollup,
    SeatPeak,
    Session,
    Thread,
    WorkspaceDay,
    WorkspaceRollup,
)
from quartermaster.store.wallets.models import Charge, Wallet
from tests.books import NOW, Books, assert_books_hold, drain

START = NOW.replace(day=NOW.day - 2)
"""Where the scripts of `talk` begin."""


class Outcome(NamedTuple):
    """Sorted rows of each kind."""

    sessions: list[Any]
    conversations: list[Any]
    states: list[Any]
    threads: list[Any]
    hours: list[Any]
    peaks: list[Any]
    together: list[Any]
    charged: dict[str, int]
    credit: tuple[int, int]


def outcome(books: Books) -> Outcome:
    """Looks it all up, by names in place of ids."""
    mine = {"bot__workspace": books.workspace}
    standing = Session.objects.filter(withdrawn_by=None, **mine)
    conversations = Conversation.objects.filter(thread__bot__workspace=books.workspace)
    key = ("thread__bot__name", "thread__conversation", "thread__user")
    latest: dict[int, Conversation] = {}
    for each in conversations.order_by("start_at"):
        latest[each.thread_id] = each
    charged: Counter[str] = Counter()
    for unit, amount in Charge.objects.filter(**mine).values_list("unit", "amount_micro"):
        charged[unit] += amount
    return Outcome(
        _rows(standing, "bot__name", "unit", "start_at", "conversation_start_at", "channel__name"),
        _rows(
            conversations,
            *key,
            *("start_at", "end_at", "anchor_at", "messages", "is_transferred_at_start"),
        ),
        sorted(_state(each) for each in latest.values()),
        _rows(Thread.objects.filter(**mine), "bot__name", "kind", "conversation", "user"),
        _rows(
            Rollup.objects.filter(**mine).exclude(quantity=0),
            *("bot__name", "slot_at", "unit", "channel_id", "quantity"),
        ),
        _rows(SeatPeak.objects.filter(**mine), "bot__name", "product", "hour_at", "agents"),
        _together(books),
        {unit: amount for unit, amount in charged.items() if amount},
        _credit(books),
    )


def _together(books: Books) -> list[Any]:
    """The figures and peaks of all bots together."""
    mine = {"workspace": books.workspace}
    slots = WorkspaceRollup.objects.filter(**mine).exclude(quantity=0)
    days = WorkspaceDay.objects.filter(**mine).exclude(quantity=0)
    return [
        *_rows(slots, "slot_at", "unit", "channel_id", "quantity"),
        *_rows(days, "day", "unit", "channel_id", "quantity"),
        *_rows(AgentPeak.objects.filter(**mine), "product", "slot_at", "agents"),
    ]


def _rows(found: Any, *names: str) -> list[Any]:
    return sorted(found.values_list(*names), key=repr)


def _state(each: Conversation) -> tuple[Any, ...]:
    names = ("seen_at", "block", "voice_block", "is_transferred", "is_closed", "is_pending")
    thread = Thread.objects.get(id=each.thread_id)
    words = (thread.bot_id, thread.conversation or "", thread.user or "", each.start_at)
    return (*words[1:], *(getattr(each, name) for name in names))


def _credit(books: Books) -> tuple[int, int]:
    wallets = Wallet.objects.filter(bot__workspace=books.workspace)
    found = wallets.aggregate(paid=Sum(F("paid_micro")))
    return int(found["paid"]), books.free()


def minutes(books: Books, unit: str = "billing_session") -> list[float]:
    """The starts of the standing sessions of a unit, in minutes after the script's beginning."""
    standing = Session.objects.filter(
        withdrawn_by=None, unit=unit, bot__workspace=books.workspace
    ).order_by("start_at")
    return [(each.start_at - START).total_seconds() / 60 for each in standing]


def feed_both(first: Books, second: Books, *batches: Sequence[Event]) -> list[float]:
    """Feeds one workspace batch by batch and the other all at once; they come to the same.

    Answers with the minutes at which billing sessions start.
    """
    for batch in batches:
        first.feed(batch)
        assert_books_hold()
    second.submit([event for batch in batches for event in batch])
    drain()
    assert_books_hold()
    assert outcome(first) == outcome(second)
    return minutes(first)
