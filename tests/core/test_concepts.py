"""The numbers of the pages on cycles, proration and rating, worked out from what is beside them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from quartermaster.core import money, periods
from quartermaster.core.catalog import reading
from quartermaster.core.catalog.offers import Cadence, Kind, Offer, Trial
from quartermaster.core.periods import Period
from quartermaster.core.plans import quotes, tariffs, terms
from quartermaster.core.plans.quotes import Anchor, PaidLine, Quote, Standing
from quartermaster.core.plans.tariffs import Stretch, Tariff
from quartermaster.core.plans.terms import Terms
from quartermaster.core.pricing import proration, rating, wording
from quartermaster.core.pricing.rating import UsagePrice
from tests import pages
from tests.catalogs import plain, plan

CYCLES, PRORATION, RATING = (f"concepts/{name}.md" for name in ("cycles", "proration", "rating"))
UTC_ZONE = ZoneInfo("UTC")
Row = dict[str, str]


def utc(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=UTC)


def dollars(minor: int) -> str:
    return shown(minor * money.MICRO // 100)


def shown(micro: int) -> str:
    return money.shown(micro, "$").replace("-", "−")


@pytest.mark.parametrize("row", pages.table(CYCLES, "anchor"), ids=lambda row: row["anchor"])
def test_where_cycles_begin(row: Row) -> None:
    anchor, months = Anchor(date.fromisoformat(row["anchor"]), UTC_ZONE), int(row["months"])
    at, found = utc(row["anchor"]), []
    for _ in row["the next cycles begin on"].split(", "):
        at = anchor.cycle(at, months).end
        found.append(f"{at:%Y-%m-%d}")
    assert ", ".join(found) == row["the next cycles begin on"]


def test_in_which_zone() -> None:
    bare = Terms(1, Offer(Kind.SUPPORT, "a", "A", {Cadence.MONTHLY: Decimal(1)}), Cadence.MONTHLY)
    for row in pages.table(CYCLES, "zone | bought (UTC)"):
        quote = quotes.begin(bare, utc(row["bought (UTC)"]), ZoneInfo(row["zone"]), "USD")
        end = row["the first cycle ends (UTC)"]
        assert (f"{quote.anchor.day}", f"{quote.cycle.end:%Y-%m-%d %H:%M}") == (row["anchor"], end)


def test_days_that_are_not_24_hours() -> None:
    for row in pages.table(CYCLES, "zone | day"):
        day = periods.local_day(date.fromisoformat(row["day"]), ZoneInfo(row["zone"]))
        assert f"{day.start:%Y-%m-%d %H:%M}" == row["begins (UTC)"]
        assert f"{(day.end - day.start).total_seconds() / 3_600:g}" == row["hours"]


def test_what_is_left_of_an_amount() -> None:
    for row in pages.table(PRORATION, "amount"):
        currency, amount = row["amount"].split()
        period = Period(utc(row["start (UTC)"]), utc(row["end (UTC)"]))
        whole = money.to_minor(Decimal(amount), currency)
        left = proration.unused(whole, period, utc(row["at (UTC)"]))
        assert wording.amount(money.from_minor(left, currency), f"{currency} ") == row["unused"]


def wanted(words: str) -> Terms:
    """`essential, monthly, 4 seats` of the page's plans."""
    name, cadence, seats = words.split(", ")
    for place, offer in enumerate(reading.catalog(plain(plans=pages.written(PRORATION))).offers):
        if offer.name == name:
            return terms.agreed(place, offer, Cadence(cadence), int(seats.split()[0]))
    raise KeyError(name)


def after(quote: Quote, ids: Iterator[int]) -> Standing:
    """Where somebody stands who has paid."""
    paid = (
        PaidLine(next(ids), line.description, line.quantity, line.amount_minor, line.period)
        for line in quote.lines
        if line.what != "unused"
    )
    return Standing(quote.terms, quote.anchor, quote.cycle, tuple(paid), "USD")


def told(quote: Quote) -> Row:
    unused = sum(line.amount_minor for line in quote.lines if line.what == "unused")
    charged, total = dollars(quote.total_minor - unused), dollars(quote.total_minor)
    return {"unused": dollars(-unused), "charged": charged, "to pay": total}


def test_what_a_change_costs() -> None:
    for row in pages.table(PRORATION, "has"):
        first = quotes.begin(wanted(row["has"]), utc("2026-04-01"), UTC_ZONE, "USD")
        standing = after(first, iter(range(100)))
        quote = quotes.modify(standing, wanted(row["wants"]), utc(row["at (UTC)"]))
        settled = {
            "settled from": f"{quote.cycle.start:%Y-%m-%d}",
            "to": f"{quote.cycle.end:%Y-%m-%d}",
        }
        assert row == row | told(quote) | settled
        assert quote.is_now == (row["settled from"] <= row["at (UTC)"])


def test_one_change_after_another() -> None:
    standing, ids, paid = None, iter(range(100)), 0
    for row in pages.table(PRORATION, "at (UTC)"):
        at, has = utc(row["at (UTC)"]), wanted(row["has from then on"])
        if standing is None:
            quote = quotes.begin(has, at, UTC_ZONE, "USD")
        else:
            quote = quotes.modify(standing, has, at)
        paid += quote.total_minor
        assert row == row | told(quote) | {"paid in all": dollars(paid)}
        standing = after(quote, ids)


def test_two_changes_in_one_second_cost_what_one_would_have() -> None:
    first, one, other, *_ = pages.table(PRORATION, "at (UTC)")
    at = utc(one["at (UTC)"])
    assert at == utc(other["at (UTC)"])
    has, wants = wanted(first["has from then on"]), wanted(other["has from then on"])
    standing = after(quotes.begin(has, utc("2026-04-01"), UTC_ZONE, "USD"), iter(range(9)))
    at_once = dollars(quotes.modify(standing, wants, at).total_minor)
    together = sum(Decimal(row["to pay"].removeprefix("$")) for row in (one, other))
    assert at_once == f"${together}"


def test_each_line_of_a_change_is_as_told() -> None:
    text = " ".join(pages.text(PRORATION).split())
    first = quotes.begin(wanted("essential, monthly, 4 seats"), utc("2026-04-01"), UTC_ZONE, "USD")
    more = wanted("essential, monthly, 10 seats")
    quote = quotes.modify(after(first, iter(range(9))), more, utc("2026-04-11"))
    fee, seats, fee_left, seats_left = (dollars(abs(line.amount_minor)) for line in quote.lines)
    assert f"for ten of thirty days, {fee} and {seats} are unused" in text
    assert f"{fee_left} and {seats_left} are charged" in text


def prices() -> dict[str, UsagePrice]:
    """The page's, by name, as a catalog has them."""
    found = {}
    for name, written in pages.written(RATING).items():
        one = plan("essential", "9", usage={"billing_session": written}, limits={})
        [found[name]] = reading.catalog(plain(plans=[one])).offers[0].usage
    return found


def test_every_model() -> None:
    rows = pages.table(RATING, "model | 0 units")
    assert [row["model"] for row in rows] == list(prices())
    for row in rows:
        price = prices()[row.pop("model")]
        for head, amount in row.items():
            assert shown(rating.total_micro(price, int(head.split()[0]))) == amount


def test_unit_by_unit() -> None:
    for row in pages.table(RATING, "unit | flat"):
        number = int(row.pop("unit").rstrip("stndrh"))
        for name, amount in row.items():
            assert shown(rating.running_micro(prices()[name], number - 1, 1)[0]) == amount


def test_in_words() -> None:
    for row in pages.table(RATING, "model | had | has"):
        had, has = int(row["had"]), int(row["has"])
        assert rating.formula(prices()[row["model"]], had, has, "$") == row["words"]


def test_late_and_taken_back() -> None:
    """`the 2nd` is counted among those that there are, in the order in which they were charged."""
    units: list[int] = []
    charged = 0
    for row in pages.table(RATING, "what happens"):
        words, back, more = row["what happens"], 0, 0
        if "taken back" in words:
            back = units.pop(-1 if "last" in words else int(words.split()[1].rstrip("stndrh")) - 1)
        else:
            more = int(words.split()[0])
        gone = [back] if back else []
        had = len(units) + len(gone)
        rated = tariffs.rerate(prices()["volume"], had, charged, gone, more)
        units += rated.amounts_micro
        charged += sum(rated.amounts_micro) - back + rated.correction_micro
        assert row == row | {
            "charged": shown(sum(rated.amounts_micro)),
            "given back": shown(back),
            "correction": shown(rated.correction_micro),
            "units": f"{len(units)}",
            "charged in all": shown(charged),
        }


def test_in_a_trial() -> None:
    usage = {unit: {"model": "per_unit", "amount": "5"} for unit in ("billing_session", "alert")}
    one = plan("essential", "9", usage=usage, limits={})
    for row in pages.table(RATING, "sessions of the trial"):
        limit = row["sessions of the trial"]
        sessions = None if limit == "no limit" else number(limit)
        trial = {"days": 14} | ({"sessions": sessions} if sessions else {})
        offer = reading.catalog(plain(plans=[one | {"trial": trial}])).offers[0]
        assert offer.trial == Trial(14, sessions)
        price = tariffs.price(offer, row["unit"], True, Decimal("0.20"))
        assert shown(rating.total_micro(price, number(row["used"]))) == row["cost"]


def number(words: str) -> int:
    return int(words.replace(",", ""))


def test_under_an_annual_plan() -> None:
    price = prices()["2 included"]
    offer = Offer(Kind.PLAN, "a", "A", {Cadence.ANNUAL: Decimal(9)}, "search_ai", usage=(price,))
    bought = utc("2026-01-31 12:00:00")
    quote = quotes.begin(Terms(1, offer, Cadence.ANNUAL), bought, UTC_ZONE, "USD")
    tariff = Tariff([Stretch(1, 1, offer, quote.anchor, periods.to_micros(bought), None)])
    counted: dict[object, int] = {}
    for row in pages.table(RATING, "session at (UTC)"):
        at = utc(row["session at (UTC)"])
        tally = tariff.tally("billing_session", periods.to_micros(at))
        assert tally
        assert at in quote.cycle
        assert f"{periods.from_micros(tally.start):%Y-%m-%d}" == row["counts to the month from"]
        had = counted.get(tally, 0)
        assert f"{had + 1}" == row["is its"].rstrip("stndrh")
        assert shown(rating.running_micro(price, had, 1)[0]) == row["costs"]
        counted[tally] = had + 1


def test_how_many_more_a_balance_covers() -> None:
    for row in pages.table(RATING, "model | had | balance"):
        balance = money.to_micro(Decimal(row["balance"].removeprefix("$")))
        found = rating.covered(prices()[row["model"]], int(row["had"]), balance)
        assert ("no end" if found is None else f"{found:,}") == row["covers"]
