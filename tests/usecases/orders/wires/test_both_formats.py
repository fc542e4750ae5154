"""A day that a bank tells of twice, as CAMT.053 and as MT940, is there once."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations

import pytest

from quartermaster.adapters.bank_statements import formats
from quartermaster.core.formats import creditor_reference
from quartermaster.core.lifecycles.wires import Verdict
from quartermaster.store.orders.models import Order
from quartermaster.store.orders.wires.models import Outlet
from quartermaster.usecases.orders.placing.cancel_order import cancel_order
from quartermaster.usecases.orders.wires.import_bank_statement import (
    Imported,
    SentFile,
    import_bank_statement,
)
from quartermaster.usecases.orders.wires.list_bank_entries import list_bank_entries
from quartermaster.usecases.orders.wires.match_bank_entry import EntryMatched
from quartermaster.usecases.orders.wires.settle_bank_entry import Wanted, settle_bank_entry
from tests.adapters.bank_statements import files
from tests.books import assert_books_hold
from tests.usecases.orders.wires.bank import Bank
from tests.usecases.shop import ESSENTIAL

LONG = "2026112000012345678901234567890ABCD"
AGAIN = Wanted(Outlet.AGAIN, "olga")


@dataclass(frozen=True)
class Wire:
    """An entry, and whether a format tells the bank's name for it."""

    amount: str
    text: str
    name: str = LONG
    is_named_in: tuple[str, ...] = ("camt", "mt940")


def written(format: str, wires: Sequence[Wire]) -> bytes:  # noqa: A002
    """A day with these; names are cut where the format has no more room."""
    names = [one.name if format in one.is_named_in else "NONREF" for one in wires]
    if format == "camt":
        details = [files.detail(text=one.text, end="NOTPROVIDED") for one in wires]
        return files.camt(
            *(
                files.entry(one.amount, detail, currency="USD", name=name)
                for one, name, detail in zip(wires, names, details, strict=True)
            )
        )
    rows = [
        f":61:2611201120C{one.amount.replace('.', ',')}NTRFNONREF//{name[:16]}\n"
        f":86:166?20{one.text}?31{files.PAYER}?32Ann Lee"
        for one, name in zip(wires, names, strict=True)
    ]
    total = sum(int(one.amount.replace(".", "")) for one in wires)
    head = f":20:S-1\n:25:QMBKDEFF/{files.IBAN}\n:28C:1/1\n:60F:C261119USD0,00"
    end = f":62F:C261120USD{total // 100},{total % 100:02}\n-\n"
    return "\n".join([head, *rows, end]).encode()


def send(bank: Bank, format: str, *wires: Wire) -> Imported:  # noqa: A002
    """What the bank writes in this format."""
    sent = SentFile(f"s.{format}", written(format, wires), "olga")
    return import_bank_statement(bank.shop.gateways, formats.read, sent, bank.clock)


def reference(order: Order) -> str:
    return creditor_reference.of(order.public_id)


def verdicts() -> list[str]:
    """Of what is not matched, in the order in which it came."""
    return [one.match.verdict for one in list_bank_entries()[::-1] if one.match]


both_orders = pytest.mark.parametrize(("first", "second"), list(permutations(("camt", "mt940"))))


@both_orders
def test_what_is_exact_and_parts(bank: Bank, first: str, second: str) -> None:
    order, other = bank.shop.order(ESSENTIAL), bank.shop.fund()
    day = (
        Wire("60.00", reference(order)),
        Wire("40.00", reference(other), f"{LONG[:20]}X"),
        Wire("30.00", reference(other), "short"),
    )
    assert len(send(bank, first, *day).paid) == 1
    found = send(bank, second, *day)
    assert (found.is_new, found.entries, found.added, found.paid) == (True, 3, 0, ())
    assert verdicts() == [Verdict.PART, Verdict.PART]
    assert_books_hold()


@both_orders
def test_two_alike_whose_names_differ_behind_the_cut(bank: Bank, first: str, second: str) -> None:
    order = bank.shop.fund()
    day = [Wire("50.00", reference(order), f"{LONG[:16]}{end}") for end in "12"]
    assert send(bank, first, *day).added == 2
    assert send(bank, second, *day).added == 0
    for one in list_bank_entries():
        bank.match(one.entry.id, order.id)
    assert bank.state(order) == "fulfilled"
    assert_books_hold()


@both_orders
def test_none_named(bank: Bank, first: str, second: str) -> None:
    order = bank.shop.order(ESSENTIAL)
    day = [Wire("60.00", reference(order), ""), Wire("5.00", "thanks", ""), Wire("5.00", "", "")]
    assert send(bank, first, *day).added == 3
    assert send(bank, second, *day).added == 0


@both_orders
@pytest.mark.parametrize("named", ["camt", "mt940"])
def test_named_in_one_format_a_person_is_asked(
    bank: Bank, first: str, second: str, named: str
) -> None:
    order, other = bank.shop.order(ESSENTIAL), bank.shop.fund()
    day = (
        Wire("60.00", reference(order), is_named_in=(named,)),
        Wire("50.00", reference(other), "B-1", is_named_in=(named,)),
        Wire("5.00", "thanks", "B-2", is_named_in=(named,)),
    )
    assert len(send(bank, first, *day).paid) == 1
    assert send(bank, second, *day).paid == ()
    assert verdicts() == ["part", "no_reference", *["perhaps_again"] * 3]
    listed = list_bank_entries()
    assert not any(one.match.completes for one in listed if one.match)
    for one in listed[:3]:
        settle_bank_entry(one.entry.id, AGAIN, bank.shop.at)
        settle_bank_entry(one.entry.id, AGAIN, bank.shop.at)
    assert len(list_bank_entries(is_open=True)) == 2
    assert_books_hold()


def test_what_is_counted_towards_an_order_is_not_again(bank: Bank) -> None:
    order = bank.shop.order(ESSENTIAL)
    day = Wire("50.00", reference(order), is_named_in=("camt",))
    send(bank, "camt", day)
    part = list_bank_entries()[0]
    bank.match(part.entry.id, order.id)
    send(bank, "mt940", day)
    assert verdicts() == ["perhaps_again"]
    cancel_order(bank.shop.gateways, order.id, bank.shop.now)
    with pytest.raises(EntryMatched):
        settle_bank_entry(part.entry.id, AGAIN, bank.shop.at)
