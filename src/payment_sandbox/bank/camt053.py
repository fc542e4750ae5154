"""Statements as ISO 20022 has them: BankToCustomerStatement, camt.053.001.08."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from payment_sandbox import money
from payment_sandbox.bank import wires
from payment_sandbox.bank.statements import Statement

_OUTSIDE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # of XML 1.0
NAMESPACE: Final = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"


def write(statements: Sequence[Statement], at: datetime) -> bytes:
    """One document with a statement for each currency."""
    document = Element("Document", xmlns=NAMESPACE)
    top = SubElement(document, "BkToCstmrStmt")
    head = SubElement(top, "GrpHdr")
    _text(head, "MsgId", f"SANDBOX-{at:%Y%m%d%H%M%S}")
    _text(head, "CreDtTm", at.isoformat(timespec="seconds"))
    for statement in statements:
        _statement(top, statement, at)
    ElementTree.indent(document)
    written: bytes = ElementTree.tostring(document, encoding="utf-8", xml_declaration=True)
    return written


def _statement(top: Element, statement: Statement, at: datetime) -> None:
    node = SubElement(top, "Stmt")
    _text(node, "Id", f"{statement.currency}-{statement.first:%Y%m%d}-{statement.last:%Y%m%d}")
    _text(node, "CreDtTm", at.isoformat(timespec="seconds"))
    period = SubElement(node, "FrToDt")
    _text(period, "FrDtTm", f"{statement.first}T00:00:00+00:00")
    _text(period, "ToDtTm", f"{statement.last}T23:59:59+00:00")
    account = SubElement(node, "Acct")
    _text(account, "Id/IBAN", wires.IBAN)
    _text(account, "Ccy", statement.currency)
    _text(account, "Ownr/Nm", wires.HOLDER)
    _text(account, "Svcr/FinInstnId/BICFI", wires.BIC)
    _balance(node, statement, "OPBD", statement.opening_minor, statement.first)
    _balance(node, statement, "CLBD", statement.closing_minor, statement.last)
    for entry in statement.entries:
        _entry(node, entry)


def _balance(node: Element, statement: Statement, kind: str, minor: int, day: date) -> None:
    balance = SubElement(node, "Bal")
    _text(balance, "Tp/CdOrPrtry/Cd", kind)
    _amount(balance, minor, statement.currency)
    _text(balance, "CdtDbtInd", "CRDT")
    _text(balance, "Dt/Dt", day.isoformat())


def _entry(node: Element, entry: wires.Entry) -> None:
    one = SubElement(node, "Ntry")
    reference = entry.id.removeprefix("bank_")
    _text(one, "NtryRef", reference)
    _amount(one, entry.amount_minor, entry.currency)
    _text(one, "CdtDbtInd", "CRDT")
    _text(one, "Sts/Cd", "BOOK")
    _text(one, "BookgDt/Dt", entry.booked_at[:10])
    _text(one, "ValDt/Dt", entry.booked_at[:10])
    _text(one, "AcctSvcrRef", reference)
    code = SubElement(SubElement(one, "BkTxCd"), "Domn")
    _text(code, "Cd", "PMNT")
    family = SubElement(code, "Fmly")
    _text(family, "Cd", "RCDT")
    _text(family, "SubFmlyCd", "ESCT")
    details = SubElement(SubElement(one, "NtryDtls"), "TxDtls")
    references = SubElement(details, "Refs")
    _text(references, "AcctSvcrRef", reference)
    _text(references, "EndToEndId", "NOTPROVIDED")
    _amount(details, entry.amount_minor, entry.currency)
    _text(details, "CdtDbtInd", "CRDT")
    _text(details, "RltdPties/Dbtr/Pty/Nm", entry.payer)
    _text(details, "RmtInf/Ustrd", entry.reference)


def _amount(node: Element, minor: int, currency: str) -> None:
    _text(node, "Amt", f"{money.decimal(minor, currency):f}").set("Ccy", currency)


def _text(node: Element, path: str, text: str) -> Element:
    """A chain of new elements with a text in the last."""
    for name in path.split("/"):
        node = SubElement(node, name)
    node.text = _OUTSIDE.sub(" ", text)
    return node
