"""`quartermaster wires`."""

from pathlib import Path

import pytest

from quartermaster.core.formats import creditor_reference
from quartermaster.store.orders.operations import BY_HAND
from quartermaster.usecases.orders.payments.begin_payment import begin_payment
from tests import books
from tests.adapters.bank_statements import files
from tests.interfaces.cli.shell import Shell
from tests.usecases.shop import ESSENTIAL, START, Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(shell: Shell) -> Shop:
    """Whose clock is the shell's."""
    shell.at = START
    return Shop.opened(books.open_books("helpdesk"))


def statement(folder: Path, *entries: tuple[str, str]) -> Path:
    """A file with these amounts and texts."""
    bodies = [
        files.entry(amount, files.detail(text=text), currency="USD", name=f"B-{number}")
        for number, (amount, text) in enumerate(entries)
    ]
    file = folder / "statement.xml"
    file.write_bytes(files.camt(*bodies))
    return file


def test_a_statement_is_imported_and_the_rest_decided(
    shell: Shell, shop: Shop, tmp_path: Path
) -> None:
    order = shop.order(ESSENTIAL)
    file = statement(tmp_path, ("65.00", creditor_reference.of(order.public_id)), ("5.00", "?"))
    done = shell.json("wires", "import", file)
    assert done == {"new_file": True, "entries": 2, "added": 2, "paid": []}
    assert shell.json("wires", "import", file)["new_file"] is False
    nothing, over = shell.json("wires", "list")["entries"]
    assert (nothing["is"], over["is"], over["order"]) == ("no_reference", "over", order.public_id)
    matched = shell.json("wires", "match", over["entry"], order.public_id, "--by", "olga")
    assert (matched["state"], matched["undecided"]) == ("matched", "5.00")
    settled = shell.json("wires", "settle", over["entry"], "credit")
    assert (settled["state"], settled["is"], settled["undecided"]) == ("decided", "credit", "0.00")
    assert "whose_credit" in shell.error("wires", "settle", nothing["entry"], "credit")
    shell.json("wires", "settle", nothing["entry"], "credit", "--bot", "helpdesk")
    assert shop.books.paid() == 10_000_000
    assert shell.json("wires", "list") == {"entries": []}
    assert "credit" in shell.text("wires", "list", "--all")


def test_what_an_entry_waits_for(shell: Shell, shop: Shop, tmp_path: Path) -> None:
    order = shop.order(ESSENTIAL)
    begin_payment(order.id, BY_HAND, START)
    file = statement(tmp_path, ("60.00", creditor_reference.of(order.public_id)), ("5.00", "?"))
    shell.json("wires", "import", file)
    found = shell.json("wires", "list")["entries"]
    assert [one["waits_for"] for one in found] == ["person", "operator"]
    assert "operator" in shell.text("wires", "list")
    shell.json("orders", "declined", order.public_id)
    found = shell.json("wires", "list")["entries"]
    assert [one["waits_for"] for one in found] == ["person", "job"]


def test_a_part_waits_for_the_rest(shell: Shell, shop: Shop, tmp_path: Path) -> None:
    order = shop.order(ESSENTIAL)
    file = statement(tmp_path, ("45.00", creditor_reference.of(order.public_id)))
    shell.json("wires", "import", file)
    (part,) = shell.json("wires", "list")["entries"]
    matched = shell.json("wires", "match", part["entry"], order.public_id)
    assert (matched["waits_for"], matched["missing"]) == ("rest", "15.00")
    assert shell.json("wires", "list")["entries"] == [matched]
    assert "Still missing" in shell.text("orders", "show", order.public_id)


def test_eighty_columns_have_room_for_all(shell: Shell, shop: Shop, tmp_path: Path) -> None:
    order = shop.order(ESSENTIAL)
    words = f"two orders {creditor_reference.of(order.public_id)} and more words of a payer"
    file = statement(tmp_path, ("1234567.00", words), ("5.00", "?"))
    shell.json("wires", "import", file)
    nothing, over = shell.json("wires", "list")["entries"]
    shown = shell.text("wires", "list", columns=80)
    assert max(map(len, shown.splitlines())) <= 80
    told = (over["entry"], over["order"], "over", "no_reference", "$1,234,567.00", "Waits for")
    for one in (*told, nothing["entry"], "2026-11-20", "person"):
        assert one in shown, shown


def test_what_is_exact_is_paid_at_once(shell: Shell, shop: Shop, tmp_path: Path) -> None:
    order = shop.order(ESSENTIAL)
    file = statement(tmp_path, ("60.00", creditor_reference.of(order.public_id)))
    assert shell.json("wires", "import", file)["paid"] == [order.public_id]


def test_what_cannot_be_read_is_told(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "x.xml"
    file.write_text("<a>")
    assert "line 1" in shell.error("wires", "import", file)
