"""What is agreed holds for its time, once."""

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from quartermaster.core.ledger.transfers import KeyReused
from quartermaster.core.plans.contracts.agreements import BadContract
from quartermaster.store.contracts import queries
from quartermaster.store.people.models import Workspace
from quartermaster.store.wallets.models import Charge
from quartermaster.usecases.plans.contracts.agree_contract import (
    CycleClosed,
    LaterContract,
    UsageCharged,
)
from tests.books import assert_books_hold, open_books, talk
from tests.usecases.plans.contracts.deal import APRIL, DAY, MARCH, START, Deal, agree, local

pytestmark = pytest.mark.django_db


def test_a_contract_begins_at_once_and_takes_no_credit() -> None:
    books = open_books("helpdesk")
    books.feed(talk("u0", start=START + timedelta(minutes=4)), START)
    made = agree(books, START, commitment_minor=100)
    assert made.start_at == START + timedelta(minutes=4, microseconds=1)
    assert (made.anchor_date, made.net_days, made.currency) == (local(1), 30, "USD")
    assert Workspace.objects.get().plan == "enterprise"
    books.feed(talk("u0", start=START + DAY), START + DAY)
    assert Charge.objects.count() == 1
    assert_books_hold()


def test_another_contract_ends_the_one_before() -> None:
    deal = Deal.made(months=12)
    later = agree(deal.books, START, from_date=local(15), months=3)
    assert queries.get(deal.contract.id).end_at == later.start_at == START + 14 * DAY
    assert queries.contract_at(deal.books.workspace.id, START + DAY).id == deal.contract.id
    assert queries.contract_at(deal.books.workspace.id, MARCH).id == later.id


def test_the_same_key_is_the_same_contract() -> None:
    books, key = open_books("helpdesk"), uuid.uuid4()
    first = agree(books, START, key, months=3)
    assert agree(books, START, key, months=3).id == first.id
    assert agree(books, MARCH, key, months=3, from_date=local(1)).id == first.id
    for other in ({"months": 1}, {"months": 3, "from_date": local(2)}):
        with pytest.raises(KeyReused):
            agree(books, START, key, **other)


def test_days_are_local() -> None:
    books = open_books("helpdesk", zone="America/New_York")
    Workspace.objects.update(plan="enterprise")
    made = agree(books, START, from_date=local(1), until_date=local(20))
    assert made.start_at == datetime(2026, 2, 1, 5, tzinfo=UTC)
    assert made.end_at == datetime(2026, 2, 20, 5, tzinfo=UTC)


def test_what_credit_paid_for_is_not_invoiced() -> None:
    books = open_books("helpdesk")
    books.feed(talk("u0", start=START + 3 * DAY), START + 4 * DAY)
    Workspace.objects.update(plan="enterprise")
    with pytest.raises(UsageCharged):
        agree(books, START + 5 * DAY, from_date=local(1))
    assert agree(books, START + 5 * DAY, from_date=local(5)).id


def test_what_is_closed_stays() -> None:
    deal = Deal.made()
    deal.close(MARCH)
    with pytest.raises(CycleClosed):
        agree(deal.books, MARCH, from_date=local(20))
    assert agree(deal.books, APRIL).start_at == APRIL


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"from_date": local(3)}, "from"),
        ({"until_date": local(1)}, "until"),
        ({"until_date": date.max}, "until"),
        ({"anchor_date": date.max}, "anchor"),
        ({"anchor_date": date.min}, "anchor"),
        ({"months": 6}, "months"),
        ({"net_days": -1}, "net_days"),
    ],
)
def test_what_cannot_be_agreed(terms: dict[str, Any], field: str) -> None:
    with pytest.raises(BadContract) as no:
        agree(open_books("helpdesk"), START, **terms)
    assert no.value.field == field
    assert Workspace.objects.get().plan == "standard"


@pytest.mark.parametrize("first", [date.min, date.max])
def test_a_day_that_no_calendar_has_neighbours_of(first: date) -> None:
    deal = Deal.made("Asia/Kolkata")
    with pytest.raises(BadContract, match="a day from 1970 to 2999") as no:
        agree(deal.books, START + DAY, from_date=first)
    assert no.value.field == "from"


def test_one_that_begins_later_is_named() -> None:
    deal = Deal.made()
    later = agree(deal.books, START + DAY, from_date=local(20))
    for day in (local(10), local(20)):
        with pytest.raises(LaterContract, match=later.public_id):
            agree(deal.books, START + DAY, from_date=day)


def test_two_open_contracts_are_refused_by_the_database() -> None:
    deal = Deal.made()
    deal.contract.pk, deal.contract.public_id = None, "other"
    deal.contract.idempotency_key, deal.contract.start_at = uuid.uuid4(), MARCH
    with pytest.raises(IntegrityError, match="contract_open_once"), transaction.atomic():
        deal.contract.save(force_insert=True)
