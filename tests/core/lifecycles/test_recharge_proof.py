"""What was declined and paid all the same, among charges that are looked at afterwards."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.core.lifecycles.recharge import Attempt, Cap, Settings
from quartermaster.core.lifecycles.recharge_proof import faults

ON = datetime(2026, 11, 2, tzinfo=UTC)
TERMS = Settings(10_000, 5_000, "USD", ZoneInfo("UTC"), ON, Cap(amount_minor=20_000))
PAID = Outcome.SUCCEEDED


def late(number: int, hour: int, paid_hour: int) -> Attempt:
    """Declined as soon as it was begun, and paid some hours later."""
    at, known_at = ON + timedelta(hours=hour), ON + timedelta(hours=paid_hour)
    return Attempt(number, at, 10_000, PAID, known_at, declined_at=at)


def paid(number: int, hour: int) -> Attempt:
    """At once."""
    return Attempt(number, ON + timedelta(hours=hour), 10_000, PAID)


def found(*attempts: Attempt) -> list[tuple[int, str]]:
    return [(one.number, what) for one, what in faults((one, TERMS) for one in attempts)]


def test_it_counts_as_soon_as_it_is_known() -> None:
    assert found(late(1, 0, 5), paid(2, 1), paid(3, 2)) == []
    assert found(late(1, 0, 5), paid(2, 1), paid(3, 6)) == [(3, "is more than a day may have")]


def test_until_then_it_is_a_decline() -> None:
    assert found(late(1, 0, 5), late(2, 1, 6), paid(3, 7)) == [(3, "is more than a day may have")]
    assert found(late(1, 1, 30), late(2, 2, 30), paid(3, 3)) == [
        (3, "was begun too soon after a decline")
    ]
    assert found(late(1, 0, 2), late(2, 1, 2), paid(3, 26)) == []
