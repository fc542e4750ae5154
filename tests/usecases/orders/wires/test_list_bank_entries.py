"""What waits for a person, and what it seems to be."""

from quartermaster.core.lifecycles.wires import Match, Verdict
from quartermaster.usecases.orders.placing.cancel_order import cancel_order
from quartermaster.usecases.orders.wires.list_bank_entries import list_bank_entries
from quartermaster.usecases.orders.wires.match_bank_entry import match_bank_entry
from tests.usecases.orders.wires.bank import Bank, paying
from tests.usecases.shop import ESSENTIAL


def test_the_latest_first_with_verdicts_and_proposals(bank: Bank) -> None:
    order = bank.shop.order(ESSENTIAL)
    bank.send(paying(order, 2_000), paying(order, text="?"), paying(order, 4_000))
    found = list_bank_entries(to_decide=True)
    key = order.public_id
    assert [(one.entry.amount_minor, one.match) for one in found] == [
        (4_000, Match(Verdict.PART, key, missing_minor=2_000, completes=True)),
        (6_000, Match(Verdict.NO_REFERENCE)),
        (2_000, Match(Verdict.PART, key, missing_minor=4_000, completes=True)),
    ]
    assert list_bank_entries(before=found[1].entry.id) == found[2:]
    assert list_bank_entries(limit=1) == found[:1]


def test_what_is_done_is_listed_without_a_verdict(bank: Bank) -> None:
    bank.send(paying(bank.shop.order(ESSENTIAL)))
    assert [one.match for one in list_bank_entries()] == [None]
    assert list_bank_entries(to_decide=True) == []


def test_a_part_whose_order_came_to_nothing_waits_again(bank: Bank) -> None:
    order = bank.shop.order(ESSENTIAL)
    bank.send(paying(order, 2_000))
    (part,) = list_bank_entries()
    match_bank_entry(part.entry.id, order.id, "olga", bank.shop.at)
    assert list_bank_entries(to_decide=True) == []
    cancel_order(order.id, bank.shop.at)
    assert [one.entry.id for one in list_bank_entries(to_decide=True)] == [part.entry.id]
