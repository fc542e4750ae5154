"""`quartermaster invoices`, `seller`, `tax` and `billing-profile`."""

from pathlib import Path

import pytest

from tests.interfaces.cli.shell import Shell
from tests.usecases.orders.invoices.trade import LATER, Trade

pytestmark = pytest.mark.django_db
NUMBER = "PC-000001"


@pytest.fixture
def trade(shell: Shell) -> Trade:
    shell.at = LATER
    return Trade.made()


def test_list_and_show(shell: Shell, trade: Trade) -> None:
    trade.credit({2: 1_000})
    note, invoice = shell.json("invoices", "list")["invoices"]
    assert (note["kind"], invoice["status"], invoice["total"]) == (
        "credit_note",
        "overdue",
        "107.10",
    )
    assert shell.json("invoices", "list", "--kind", "credit_note") == {"invoices": [note]}
    assert shell.json("invoices", "list", "--status", "paid") == {"invoices": []}
    assert "no such invoice" in shell.text("invoices", "list", "--status", "paid")
    listed = shell.text("invoices", "list")
    for words in ("invoice", "107.10 USD", "credit note", "-11.90 USD"):
        assert words in listed
    assert note["total"] == "11.90"
    assert invoice["order"] in shell.text("invoices", "list", columns=80)
    found = shell.json("invoices", "show", NUMBER)
    assert [line["tax"] for line in found["lines"]] == ["11.40", "5.70"]
    assert found["lines"][1]["made_of"] == f"{found['order']}, line 2"
    assert found["credit_notes"] == [note]
    shown = shell.text("invoices", "show", NUMBER)
    assert "2 included" in shown
    assert "PC-000002" in shown
    assert "not_found" in shell.error("invoices", "show", "PC-9")


def test_documents(
    shell: Shell, trade: Trade, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert shell.text("invoices", "pdf", NUMBER).strip() == f"{NUMBER}.pdf"
    assert (tmp_path / f"{NUMBER}.pdf").read_bytes().startswith(b"%PDF-")
    shell.text("invoices", "pdf", NUMBER, tmp_path / "a", "--as", "xml")
    assert (tmp_path / "a").read_bytes().startswith(b"<?xml")
    for where in (tmp_path, tmp_path / "nowhere" / "x.pdf"):
        assert "cannot_write" in shell.error("invoices", "pdf", NUMBER, where)


def test_credit_and_settle(shell: Shell, trade: Trade) -> None:
    words = ("invoices", "credit", NUMBER, "Too many seats", "--line", "2=10.00", "--key", "a")
    made = shell.json(*words)
    assert (made["number"], made["total"], made["reason"]) == (
        "PC-000002",
        "11.90",
        "Too many seats",
    )
    assert shell.json(*words) == made
    for bad in ("2", "x=1", "2=1.005", "2=x"):
        done = shell.run("invoices", "credit", NUMBER, "x", "--line", bad)
        assert (done.exit_code, "no line and amount" in done.stderr) == (2, True)
    assert "credit_too_high" in shell.error("invoices", "credit", NUMBER, "x", "--line", "2=99")
    twice = ("--line", "2=1", "--line", "2=2")
    assert "names a line twice" in shell.error("invoices", "credit", NUMBER, "x", *twice)
    settled = shell.json("invoices", "settle", NUMBER, "--note", "wire 12")
    assert (settled["status"], settled["note"]) == ("paid", "wire 12")
    assert shell.json("invoices", "settle", NUMBER, "--note", "wire 13") == settled
    assert shell.json("invoices", "credit", NUMBER, "All of it")["total"] == "95.20"


def test_the_seller(shell: Shell) -> None:
    warned = shell.run("seller", "show", "--format", "json")
    assert "nobody is set as the seller" in " ".join(warned.stderr.split())
    assert '"prefix": "QM"' in warned.stdout
    assert shell.run("seller", "set", "city=Berlin").exit_code == 2
    address = ("address=Torstr. 1", "address=Yard 2", "city=Berlin", "country=de")
    iban = "iban=DE89 3704 0044 0532 0130 00"
    shell.json("seller", "set", "name=Parley", "prefix=PC", *address, iban)
    found = shell.json("seller", "set", "vat_id=DE136695976")
    assert (found["city"], found["country"], found["prefix"]) == ("Berlin", "DE", "PC")
    assert (found["iban"], found["address"]) == ("DE89370400440532013000", ["Torstr. 1", "Yard 2"])
    assert shell.json("seller", "set", "vat_id=")["vat_id"] == ""
    assert shell.run("seller", "show").stderr == ""
    assert "(" not in shell.text("seller", "show")
    assert "bad_bank" in shell.error("seller", "set", "iban=DE1")
    assert shell.json("seller", "set", "address=")["address"] == []
    for wrong in ("cities=Berlin", "city"):
        assert shell.run("seller", "set", wrong).exit_code == 2


def test_tax(shell: Shell) -> None:
    assert shell.json("tax", "show") == {"is_on": False, "rates": {}}
    shell.json("tax", "set", "--on", "--rate", "de=19", "--rate", "FR=20")
    found = shell.json("tax", "set", "--rate", "FR=")
    assert found == shell.json("tax", "show") == {"is_on": True, "rates": {"DE": "19"}}
    assert shell.json("tax", "set", "--off")["is_on"] is False
    assert "bad_tax" in shell.error("tax", "set", "--rate", "XX=1")
    assert shell.run("tax", "set", "--rate", "DE=x").exit_code == 2


def test_the_billing_profile(shell: Shell, trade: Trade) -> None:
    assert shell.json("billing-profile", "show")["company"] == "Mercer AG"
    found = shell.json("billing-profile", "set", "company=", "city=Jena")
    assert (found["name"], found["company"], found["city"]) == ("Ann", "", "Jena")
    assert shell.json("billing-profile", "show") == found
    assert "bad_vat_id" in shell.error("billing-profile", "set", "vat_id=DE1")
