"""Prices of a contract."""

import uuid
from datetime import date
from typing import Any

import pytest

from quartermaster.core.ledger.transfers import KeyReused
from quartermaster.core.plans.contracts.agreements import BadContract
from quartermaster.store.people.queries import NotFound
from quartermaster.usecases.plans.contracts.agree_contract import CycleClosed
from quartermaster.usecases.plans.contracts.agree_price import Wanted, agree_price
from tests.books import open_books
from tests.store.test_constraints import refused, run
from tests.usecases.plans.contracts.deal import DAY, MARCH, SESSION, START, Deal, lines, local

pytestmark = pytest.mark.django_db


def agreed(deal: Deal, **changes: Any) -> Any:
    wanted = {"what": "billing_session", "terms": SESSION} | changes
    return agree_price(Wanted(deal.books.workspace, **wanted), uuid.uuid4(), START)


@pytest.mark.parametrize("day", [date.min, date.max])
@pytest.mark.parametrize("field", ["from", "until"])
def test_a_day_that_no_calendar_has_neighbours_of(field: str, day: date) -> None:
    with pytest.raises(BadContract, match="a day from 1970 to 2999") as no:
        agreed(Deal.made("Asia/Kolkata"), **{f"{field}_date": day})
    assert no.value.field == field


def test_a_price_holds_for_its_time() -> None:
    deal = Deal.made()
    agreed(deal)
    agreed(deal, terms={"model": "flat", "amount": "9"}, from_date=local(10), until_date=local(12))
    for day in (8, 9, 11, 12):
        deal.talk(2, START + day * DAY)
    assert lines(deal.close()) == [
        ("Billing sessions, as agreed", 6, 50),
        ("Billing sessions, as agreed", 2, 900),
    ]


def test_the_same_key_is_the_same_price() -> None:
    deal, key = Deal.made(), uuid.uuid4()
    wanted = Wanted(deal.books.workspace, "agent_ai", SESSION, "named")
    first = agree_price(wanted, key, START)
    assert agree_price(wanted, key, START).id == first.id
    others = (
        Wanted(deal.books.workspace, "agent_ai", SESSION, "concurrent"),
        Wanted(deal.books.workspace, "agent_ai", SESSION, "named", local(2)),
        Wanted(deal.books.workspace, "agent_ai", SESSION, "named", until_date=local(9)),
    )
    for other in others:
        with pytest.raises(KeyReused):
            agree_price(other, key, START)


def test_what_is_closed_keeps_its_prices() -> None:
    deal = Deal.made()
    deal.talk(4)
    first = deal.close()
    with pytest.raises(CycleClosed):
        agreed(deal, from_date=local(27))
    assert agreed(deal).start_at == first.end_at == MARCH


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"what": "coffee"}, "what"),
        ({"terms": {}}, "terms"),
        ({"from_date": local(9), "until_date": local(9)}, "until"),
    ],
)
def test_what_cannot_be_agreed(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(BadContract) as no:
        agreed(Deal.made(), **changes)
    assert no.value.field == field


def test_there_must_be_a_contract() -> None:
    wanted = Wanted(open_books("helpdesk").workspace, "alert", SESSION)
    with pytest.raises(NotFound):
        agree_price(wanted, uuid.uuid4(), START)


def test_a_price_is_never_changed() -> None:
    deal = Deal.made()
    agreed(deal)
    run("set constraints all immediate")
    for act in ("update {} set what = what", "delete from {}", "truncate {}"):
        refused("never changed", lambda act=act: run(act.format("contracts_contractprice")))
