"""Units that are not sessions, seats, and what pays for all of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from quartermaster.core.usage.events import Event
from quartermaster.store.ledger.models import Transfer
from quartermaster.store.metering.models import Rollup, SeatPeak
from quartermaster.store.people.models import Workspace
from quartermaster.store.wallets.models import Charge, Lot, Wallet
from quartermaster.usecases.plans.publish_prices import publish_prices
from tests.books import NOW, Books, assert_books_hold, open_books, talk
from tests.usecases.credits import history
from tests.usecases.usage.outcome import minutes, outcome

pytestmark = pytest.mark.django_db

NOON = NOW - timedelta(days=2)
HOUR = timedelta(hours=1)
SLOT = timedelta(minutes=15)


def delivered(kind: str, *after: float, channel: str | None = None) -> list[Event]:
    """Events of a kind, so many minutes after noon."""
    return [
        Event(f"{kind}-{minute}-{channel}", kind, at, "helpdesk", user="ann", channel=channel)
        for minute in after
        for at in [NOON + timedelta(minutes=minute)]
    ]


def slots(books: Books, unit: str) -> list[tuple[int, int, int]]:
    """Quarter of an hour after noon, quantity and free credit of a unit's roll-ups."""
    found = Rollup.objects.filter(bot__workspace=books.workspace, unit=unit).order_by("slot_at")
    return [((r.slot_at - NOON) // SLOT, r.quantity, r.free_micro) for r in found]


@pytest.mark.parametrize(
    ("kind", "unit", "price"),
    [
        ("api.requested", "api_session", 1_500),
        ("alert.delivered", "alert", 10_000),
        ("notification.delivered", "notification", 0),
    ],
)
def test_units_are_counted_and_charged_by_the_quarter_of_an_hour(
    kind: str, unit: str, price: int
) -> None:
    history.publish()
    books = open_books("helpdesk")
    batch = delivered(kind, 0, 14.999, 15, 16, -0.001)
    books.feed(batch)
    books.feed(batch[:3] + delivered(kind, 10))
    assert slots(books, unit) == [(-1, 1, price), (0, 3, 3 * price), (1, 2, 2 * price)]
    charges = Charge.objects.filter(unit=unit)
    assert sum(charge.quantity for charge in charges) == (6 if price else 0)
    assert sum(charge.amount_micro for charge in charges) == 6 * price
    assert books.free() == 500_000_000 - 6 * price
    assert_books_hold()


def test_units_are_counted_apart_for_each_channel_and_charged_alike() -> None:
    history.publish()
    books = open_books("helpdesk")
    books.feed(delivered("alert.delivered", 1, 2, channel="web") + delivered("alert.delivered", 3))
    found = Rollup.objects.filter(bot=books.bots["helpdesk"]).order_by("quantity")
    assert [(one.quantity, one.channel_id > 0, one.free_micro) for one in found] == [
        (1, False, 10_000),
        (2, True, 20_000),
    ]
    assert_books_hold()


def test_how_units_are_batched_does_not_matter_to_fractions_of_a_millionth() -> None:
    publish_prices({"api_session": Decimal("0.0000015")}, NOW - timedelta(days=365))
    single, together = open_books("helpdesk"), open_books("helpdesk")
    batch = delivered("api.requested", *range(5))
    for event in batch:
        single.feed([event])
    together.feed(batch)
    assert outcome(single) == outcome(together)
    assert single.free() == 500_000_000 - 5 * 2
    assert_books_hold()


def test_what_costs_less_than_half_a_millionth_costs_nothing() -> None:
    publish_prices({"api_session": Decimal("0.0000004")}, NOW - timedelta(days=365))
    books = open_books("helpdesk", price="0.0000004")
    books.feed(delivered("api.requested", 1, 2) + talk("u0"))
    assert books.free() == 500_000_000
    assert not Transfer.objects.filter(fact="usage_charged").exists()
    assert_books_hold()


def test_what_is_free_is_counted() -> None:
    books = open_books("helpdesk", price="0")
    books.feed(talk("u0 u20", channel="voice"))
    assert (minutes(books), minutes(books, "voice_session")) == ([0, 20], [0, 20])
    assert not Charge.objects.exists()
    assert_books_hold()


def shift(
    agent: str, hours_on: float, hours_off: float | None, device: str = "desk"
) -> list[Event]:
    """A log-in and, if it came, a log-out, so many hours after noon."""
    made = []
    for kind, after in (("agent.logged_in", hours_on), ("agent.logged_out", hours_off)):
        if after is not None:
            at = NOON + after * HOUR
            name = f"{agent}-{device}-{kind}-{after}"
            event = Event(name, kind, at, "helpdesk", agent=agent, device=device)
            event.product = "contact_center_ai"
            made.append(event)
    return made


def peaks(books: Books) -> dict[int, int]:
    """Hour after noon → the most agents at one instant of it."""
    found = SeatPeak.objects.filter(bot__workspace=books.workspace)
    return {(one.hour_at - NOON) // HOUR: one.agents for one in found}


def feed(books: Books, *batches: Sequence[Event], at: datetime = NOW) -> dict[int, int]:
    """The peaks after these batches."""
    for batch in batches:
        books.feed(batch, at)
    return peaks(books)


def test_a_log_in_ends_by_itself_until_its_log_out_comes() -> None:
    books = open_books("helpdesk")
    on, off = shift("kim", 0.5, 2.5)
    assert feed(books, [on]) == dict.fromkeys(range(13), 1)
    assert feed(books, [off]) == {0: 1, 1: 1, 2: 1}
    assert feed(books, [off], [on]) == {0: 1, 1: 1, 2: 1}


def test_a_log_out_may_come_before_its_log_in() -> None:
    books = open_books("helpdesk")
    on, off = shift("kim", 0, 11.5)
    assert feed(books, [off]) == {}
    assert feed(books, [on]) == dict.fromkeys(range(12), 1)


def test_shifts_that_hand_over_on_the_minute_never_meet() -> None:
    books = open_books("helpdesk")
    shifts = [
        shift(f"agent{number}-{part}", part * 8, part * 8 + 8)
        for part in range(3)
        for number in range(5)
    ]
    first = [events[0] for events in shifts]
    second = [events[1] for events in shifts]
    feed(books, second[::2], first, second[1::2])
    assert peaks(books) == dict.fromkeys(range(24), 5)


def test_an_agent_on_two_devices_is_one() -> None:
    books = open_books("helpdesk")
    desk, phone = shift("kim", 0, 2), shift("kim", 1, 3, "phone")
    assert feed(books, desk, phone, shift("lee", 1.5, 1.6)) == {0: 1, 1: 2, 2: 1}
    assert feed(books, shift("kim", 2.5, 4, "desk")) == {0: 1, 1: 2, 2: 1, 3: 1}


@pytest.mark.parametrize("seed", range(4))
def test_log_ins_in_any_order_and_batches_give_the_same_peaks(seed: int) -> None:
    plain, mixed = open_books("helpdesk"), open_books("helpdesk")
    events = [
        event
        for agent in range(6)
        for number, (on, off) in enumerate([(agent * 1.5, agent * 1.5 + 3), (20 + agent, None)])
        for event in shift(f"agent{agent}", on, off, ("desk", "phone")[(agent + number) % 2])
    ]
    plain.feed(events)
    step = (5, 7, 11, 13)[seed]
    order = [events[place * step % len(events)] for place in range(len(events))]
    assert sorted(order, key=id) == sorted(events, key=id)
    assert feed(mixed, *(order[place : place + 3] for place in range(0, len(order), 3))) == peaks(
        plain
    )
    assert max(peaks(plain).values()) > 2


def test_products_have_their_peaks_apart() -> None:
    books = open_books("helpdesk")
    (on,) = shift("kim", 0, None)
    (other,) = shift("kim", 1, None)
    other.product = "agent_ai"
    books.feed([on, other])
    found = SeatPeak.objects.filter(bot=books.bots["helpdesk"])
    assert found.filter(product="agent_ai").count() == 12
    assert found.filter(product="contact_center_ai").count() == 12


@pytest.mark.parametrize(
    ("is_free_first", "sources"),
    [
        (False, ["paid", "paid", "free", "free", "debt"]),
        (True, ["free", "free", "paid", "paid", "debt"]),
    ],
)
def test_paid_credit_goes_first_unless_free_is_set_to(
    is_free_first: bool, sources: list[str]
) -> None:
    books = open_books("helpdesk", free_micro=400_000)
    Workspace.objects.filter(id=books.workspace.id).update(is_free_first=is_free_first)
    books.fund("helpdesk", 400_000)
    for hour in range(5):
        books.feed(talk("u0", start=NOON + hour * HOUR))
    transfers = Transfer.objects.filter(fact="usage_charged").order_by("id")
    lots = {lot.id: lot.source for lot in Lot.objects.all()}
    found = [lots[one.lot_id] if one.lot_id else "debt" for one in transfers]
    assert found == sources
    assert (books.paid(), books.free()) == (-200_000, 0)
    assert_books_hold()
    books.feed(talk("t0", start=NOON + 4 * HOUR) + talk("t0", start=NOON + 2 * HOUR))
    assert (books.paid(), books.free()) == ((200_000, 0) if is_free_first else (0, 200_000))
    assert_books_hold()


def test_one_charge_may_split_over_paid_free_and_debt() -> None:
    books = open_books("helpdesk", free_micro=70_000)
    books.fund("helpdesk", 50_000)
    books.fund("helpdesk", 20_000)
    books.feed(talk("u0"))
    amounts = Transfer.objects.filter(fact="usage_charged").order_by("id")
    assert [one.amount_micro for one in amounts] == [50_000, 20_000, 70_000, 60_000]
    assert (books.paid(), books.free()) == (-60_000, 0)
    (hour,) = Rollup.objects.all()
    assert (hour.quantity, hour.paid_micro, hour.free_micro) == (1, 130_000, 70_000)
    assert Wallet.objects.get().free_drawn_micro == 70_000
    assert_books_hold()


def test_bots_share_the_pool_and_not_their_wallets() -> None:
    books = open_books("helpdesk", "bookings", free_micro=300_000)
    books.fund("helpdesk", 200_000)
    books.feed(talk("u0") + talk("u0 u20", "bookings"))
    assert (books.paid(), books.paid("bookings"), books.free()) == (0, -100_000, 0)
    books.feed(talk("t0 r19", "bookings"))
    assert (books.paid(), books.paid("bookings"), books.free()) == (0, 0, 100_000)
    assert_books_hold()
