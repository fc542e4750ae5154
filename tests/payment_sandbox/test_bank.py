"""Wires and statements."""

from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest

from payment_sandbox.bank import camt053, mt940
from payment_sandbox.bank.statements import Statement
from payment_sandbox.bank.wires import Entry
from tests.fakes import sandbox
from tests.fakes.sandbox import Sandbox

AT = datetime(2026, 3, 2, 10, tzinfo=UTC)
DAY = AT.date()
NAMES = {"c": "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"}


@pytest.mark.parametrize(
    ("how", "arrived", "state"),
    [
        ("full", [6_000], "succeeded"),
        ("part", [3_000], "open"),
        ("over", [6_600], "open"),
        ("never", [], "open"),
    ],
)
def test_a_wire_arrives_as_it_is_told(
    shared: Sandbox, how: str, arrived: list[int], state: str
) -> None:
    wire = shared.checkout("wire")
    expected = {one["payment"]: one for one in shared.told("GET", "/v1/bank/expected")["wires"]}
    assert expected[wire["id"]]["reference"] == wire["wire_reference"]
    assert expected[wire["id"]]["amount_minor"] == 6_000
    assert wire["wire_reference"] in shared.buyer().visit(wire["url"])
    person = shared.buyer()
    person.visit("/bank")
    person.send("", payment=wire["id"], how=how)
    entries = shared.told("GET", "/v1/bank/entries")["entries"]
    assert [one["amount_minor"] for one in entries if one["payment"] == wire["id"]] == arrived
    assert shared.payment(wire["id"])["state"] == state
    left = shared.told("GET", "/v1/bank/expected")["wires"]
    assert wire["id"] not in {one["payment"] for one in left}


def test_a_reference_is_known_however_it_is_written(shared: Sandbox) -> None:
    wire = shared.checkout("wire", wire_reference="ord_77x")
    sent = {"amount_minor": 6_000, "currency": "USD", "reference": " ORD 77 X"}
    assert shared.told("POST", "/v1/bank/entries", sent)["payment"] == wire["id"]
    assert shared.payment(wire["id"])["state"] == "succeeded"


def test_two_people_pay_one_wire(shared: Sandbox) -> None:
    wire = shared.checkout("wire")
    person = shared.buyer()
    assert "Send money" in person.visit(f"/payments/{wire['id']}")
    for amount, payer in (("20", "Ada"), ("40", "Bo")):
        text = person.visit(f"/bank?reference={wire['wire_reference']}&currency=USD")
        assert f'value="{wire["wire_reference"]}"' in text
        fields = {"reference": wire["wire_reference"], "currency": "USD", "payer": payer}
        person.address = "/bank"
        person.send("", amount=amount, **fields)
    assert shared.payment(wire["id"])["state"] == "open", "for people to decide"
    assert "$20.00 and $40.00 arrived" in person.visit(wire["url"])


def test_money_for_nothing_arrives_all_the_same(shared: Sandbox) -> None:
    person = shared.buyer()
    person.visit("/bank")
    text = person.send("", amount="12.345", currency="USD", reference="RENT", payer="Bo").text
    assert "such as 12.50" in text
    yen = person.send("", amount="12.5", currency="JPY", reference="RENT", payer="Bo").text
    assert "such as 1250." in yen
    assert 'value="RENT"' in text
    person.send("", amount="12.34", currency="usd", reference="RENT", payer="Bo")
    last = shared.told("GET", "/v1/bank/entries")["entries"][-1]
    assert (last["amount_minor"], last["reference"], last["payment"]) == (1_234, "RENT", None)


def test_a_wire_that_was_cancelled_stays_so_and_its_money_is_there(shared: Sandbox) -> None:
    wire = shared.checkout("wire")
    shared.told("POST", f"/v1/payments/{wire['id']}/cancel")
    sent = {"amount_minor": 6_000, "currency": "USD", "reference": wire["wire_reference"]}
    assert shared.told("POST", "/v1/bank/entries", sent)["payment"] == wire["id"]
    assert shared.payment(wire["id"])["state"] == "canceled"


def test_statements_hold_what_arrived(tmp_path: Path) -> None:
    with sandbox.running(tmp_path / "folder") as one:
        for amount, currency in ((6_000, "USD"), (500, "JPY"), (250, "USD")):
            sent = {"amount_minor": amount, "currency": currency, "reference": f"R{amount}"}
            one.told("POST", "/v1/bank/entries", sent | {"payer": "Zoë & Söhne"})
        document = ElementTree.fromstring(one.ask("GET", "/v1/bank/statements/camt.053").content)
        swift = one.ask("GET", "/v1/bank/statements/mt940").text
        refused = one.ask("GET", "/v1/bank/statements/mt940", start="2026-02-30")
        later = one.ask("GET", "/v1/bank/statements/mt940", start="2099-01-01", end="2099-01-01")
    amounts = [node.text for node in document.findall(".//c:Ntry/c:Amt", NAMES)]
    assert amounts == ["500", "60.00", "2.50"]
    assert document.tag == f"{{{NAMES['c']}}}Document"
    names = document.findall(".//c:Dbtr/c:Pty/c:Nm", NAMES)
    assert {node.text for node in names} == {"Zoë & Söhne"}
    assert swift.count(":20:") == 2
    assert ":86:166?20R6000?32Zoe   Sohne\r\n" in swift
    assert refused.json()["field"] == "start"
    assert ":60F:C990101USD62,50" in later.text
    assert ":61:" not in later.text


def test_a_statement_as_camt_053() -> None:
    entry = Entry("bank_1", 150, "USD", "ORD-1", "Ada\x01<&>", "2026-03-02T10:00:00.000000+00:00")
    written = camt053.write([Statement("USD", DAY, DAY, 1_000, (entry,))], AT)
    document = ElementTree.fromstring(written)
    balances = [node.text for node in document.findall(".//c:Bal/c:Amt", NAMES)]
    assert balances == ["10.00", "11.50"]
    assert document.findtext(".//c:Dbtr/c:Pty/c:Nm", namespaces=NAMES) == "Ada <&>"
    assert document.findtext(".//c:RmtInf/c:Ustrd", namespaces=NAMES) == "ORD-1"
    assert document.findtext(".//c:BookgDt/c:Dt", namespaces=NAMES) == "2026-03-02"


def test_a_statement_as_mt940() -> None:
    entry = Entry("bank_1", 150, "USD", "ORD-1", "A" * 80, "2026-03-02T10:00:00.000000+00:00")
    assert mt940.write([Statement("USD", DAY, DAY, 1_000, (entry,))]).split("\r\n") == [
        ":20:SBX260302001",
        ":25:BUKBGB22/GB33BUKB20201555555555",
        ":28C:061/001",
        ":60F:C260302USD10,00",
        ":61:2603020302C1,50NTRFNONREF//1",
        ":86:166?20ORD-1?32" + "A" * 47,
        "A" * 13,
        ":62F:C260302USD11,50",
        "-",
        "",
    ]
