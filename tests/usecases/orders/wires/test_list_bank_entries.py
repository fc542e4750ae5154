"""What waits for a person, and what it seems to be."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.core.lifecycles.wires import Match, Verdict
from quartermaster.store.orders.operations import BY_HAND
from quartermaster.usecases.orders.payments.begin_payment import begin_payment
from quartermaster.usecases.orders.payments.settle_payment import settle_payment
from quartermaster.usecases.orders.placing.cancel_order import cancel_order
from quartermaster.usecases.orders.wires.list_bank_entries import Awaited, list_bank_entries
from quartermaster.usecases.ports.gateways import PaymentAnswer
from tests.usecases.orders.wires.bank import Bank, paying
from tests.usecases.shop import ESSENTIAL


def test_the_latest_first_with_verdicts_and_proposals(bank: Bank) -> None:
    order = bank.shop.order(ESSENTIAL)
    bank.send(paying(order, 2_000), paying(order, text="?"), paying(order, 4_000))
    found = list_bank_entries(is_open=True)
    key = order.public_id
    assert [(one.entry.amount_minor, one.match) for one in found] == [
        (4_000, Match(Verdict.PART, key, missing_minor=2_000, completes=True)),
        (6_000, Match(Verdict.NO_REFERENCE)),
        (2_000, Match(Verdict.PART, key, missing_minor=4_000, completes=True)),
    ]
    assert list_bank_entries(before=found[1].entry.id) == found[2:]
    assert list_bank_entries(limit=1) == found[:1]


def test_what_each_waits_for(bank: Bank) -> None:
    order, other = bank.shop.order(ESSENTIAL), bank.shop.fund()
    attempt = begin_payment(order.id, BY_HAND, bank.shop.at)
    bank.send(paying(order), paying(other, 4_000))
    assert waits() == [Awaited.PERSON, Awaited.OPERATOR]
    (part, _) = list_bank_entries()
    bank.match(part.entry.id, other.id)
    settle_payment(attempt.id, PaymentAnswer(Outcome.DECLINED), bank.shop.at)
    assert waits() == [Awaited.REST, Awaited.JOB]
    bank.try_again()
    cancel_order(bank.shop.gateways, other.id, bank.shop.now)
    assert waits() == [Awaited.PERSON, Awaited.NOTHING]


def waits() -> list[Awaited]:
    return [one.awaits for one in list_bank_entries()]


def test_what_is_done_is_listed_without_a_verdict(bank: Bank) -> None:
    bank.send(paying(bank.shop.order(ESSENTIAL)))
    assert [one.match for one in list_bank_entries()] == [None]
    assert list_bank_entries(is_open=True) == []


def test_a_part_whose_order_came_to_nothing_waits_again(bank: Bank) -> None:
    order = bank.shop.order(ESSENTIAL)
    bank.send(paying(order, 2_000))
    (part,) = list_bank_entries()
    bank.match(part.entry.id, order.id)
    (rest,) = list_bank_entries(is_open=True)
    assert (rest.awaits, rest.missing_minor, rest.unused_minor) == (Awaited.REST, 4_000, 0)
    cancel_order(bank.shop.gateways, order.id, bank.shop.now)
    (left,) = list_bank_entries(is_open=True)
    assert (left.awaits, left.missing_minor, left.unused_minor) == (Awaited.PERSON, 0, 2_000)


def test_as_many_queries_for_many_as_for_few(bank: Bank) -> None:
    few = asked_after(bank, 2)
    assert asked_after(bank, 6) == few


def asked_after(bank: Bank, more: int) -> int:
    """How often the database is asked, when so many more are counted towards orders, and wait."""
    for _ in range(more):
        order = bank.shop.fund()
        bank.send(paying(order, 4_000), paying(order, 3_000, bank_id=order.public_id))
        bank.match(list_bank_entries(limit=1)[0].entry.id, order.id)
    with CaptureQueriesContext(connection) as asked:
        list_bank_entries()
    return len(asked)
