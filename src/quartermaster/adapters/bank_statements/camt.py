"""CAMT.053 of any version: what the versions have in common, and the two places where they differ.

Elements of other namespaces are not looked at. A document type definition is refused, and with it
every entity that could be declared: no statement needs one.
"""

import re
from datetime import date
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from quartermaster.adapters.bank_statements import amounts
from quartermaster.core.lifecycles.wires import Entry
from quartermaster.usecases.ports.bank_statements import BankStatement, UnreadableStatement

_NAMESPACE: Final = re.compile(r"urn:iso:std:iso:20022:tech:xsd:camt\.053\.001\.([0-9]{2})")
_SIGNS: Final = {"CRDT": 1, "DBIT": -1}
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


def read(content: bytes) -> tuple[BankStatement, ...]:
    """The statements of a file. UnreadableStatement."""
    try:
        root = ElementTree.fromstring(content, forbid_dtd=True)
    except DefusedXmlException:
        raise UnreadableStatement("the file has a document type", field="file") from None
    except ParseError as no:
        line, column = no.position
        words = f"line {line}, column {column + 1}: this is no well-formed XML ({no.msg})"
        raise UnreadableStatement(words, field="file") from None
    except (ValueError, LookupError):
        raise UnreadableStatement("the encoding of the file is unknown", field="file") from None
    document = _Node(root, "")
    return tuple(_statement(one) for one in document.message().every("BkToCstmrStmt/Stmt"))


class _Node:
    """An element, and where it is, for messages."""

    def __init__(self, element: Element, where: str) -> None:
        self.element, self.where = element, where
        self.names = {"": element.tag[1:].partition("}")[0]}

    def message(self) -> "_Node":
        """The document, which may be in an envelope."""
        for one in self.element.iter():
            namespace, _, name = one.tag[1:].partition("}")
            if name == "Document" and _NAMESPACE.fullmatch(namespace):
                return _Node(one, "")
        words = f"<{self.element.tag[-80:]}> is not the document of a CAMT.053"
        raise UnreadableStatement(words, field="file")

    def every(self, path: str) -> list["_Node"]:
        """All elements of a path, counted in messages."""
        found = self.element.findall(path, self.names)
        name = path.rpartition("/")[2]
        where = f"{self.where} {name}".strip()
        return [_Node(one, f"{where} {number}") for number, one in enumerate(found, 1)]

    def find(self, *paths: str) -> "_Node | None":
        """The first of these that is there."""
        for path in paths:
            found = self.element.find(path, self.names)
            if found is not None:
                return _Node(found, f"{self.where} {path}".strip())
        return None

    def get(self, *paths: str) -> "_Node":
        """The same; UnreadableStatement without any."""
        found = self.find(*paths)
        if found is None:
            raise UnreadableStatement(f"{self.where}: {paths[0]} is missing", field="file")
        return found

    def text(self, *paths: str) -> str:
        """What it says ("" where it is not there), without blanks around it."""
        found = self.find(*paths)
        return "" if found is None else (found.element.text or "").strip()

    def signed_minor(self, *paths: str) -> tuple[int, str]:
        """An amount with its currency; below zero where the node is a debit."""
        amount = self.get(*paths)
        currency = amount.element.get("Ccy", "")
        found = amounts.minor((amount.element.text or "").strip(), currency, amount.where)
        return found * _sign(self), currency

    def day(self) -> date:
        """The day on which it was booked, or, where that is not said, from which it counts."""
        found = self.get("BookgDt/Dt", "BookgDt/DtTm", "ValDt/Dt", "ValDt/DtTm")
        text = (found.element.text or "").strip()
        try:
            return date.fromisoformat(text[:10] if _DAY.match(text) else "")
        except ValueError:
            words = f"{found.where}: {text[:40]!r} is no date"
            raise UnreadableStatement(words, field="file") from None


def _sign(node: _Node) -> int:
    text = node.get("CdtDbtInd").element.text or ""
    if text.strip() not in _SIGNS:
        raise UnreadableStatement(f"{node.where} CdtDbtInd: {text[:20]!r}", field="file")
    return _SIGNS[text.strip()]


def _statement(node: _Node) -> BankStatement:
    name = amounts.account(node.text("Acct/Id/IBAN", "Acct/Id/Othr/Id"))
    if not name:
        raise UnreadableStatement(f"{node.where}: Acct/Id is missing", field="file")
    booked = [one for one in node.every("Ntry") if one.text("Sts/Cd", "Sts") == "BOOK"]
    entries = tuple(entry for one in booked for entry in _entries(one))
    opening, closing = _balance(node, "OPBD", "PRCD"), _balance(node, "CLBD")
    if opening is not None and closing is not None:  # not so on the pages of a long one
        amounts.must_add_up(entries, opening, closing, node.where)
    return BankStatement(node.text("Id"), name, entries)


def _balance(node: _Node, *kinds: str) -> int | None:
    found = {one.text("Tp/CdOrPrtry/Cd"): one for one in reversed(node.every("Bal"))}
    balance = next((found[kind] for kind in kinds if kind in found), None)
    return None if balance is None else balance.signed_minor("Amt")[0]


def _entries(node: _Node) -> list[Entry]:
    """One, or, of several that the bank has booked in one sum, each of them, if they make it."""
    amount_minor, currency = node.signed_minor("Amt")
    details = node.every("NtryDtls/TxDtls")
    parts = [_part(one, _sign(node), currency) for one in details]
    known = [one for one in parts if one is not None]
    if len(known) < 2 or len(known) < len(details) or sum(known) != amount_minor:
        return [_entry(node, details, amount_minor, currency)]
    several = zip(details, known, strict=True)
    return [_entry(node, [one], part, currency) for one, part in several if part]


def _part(detail: _Node, sign: int, currency: str) -> int | None:
    found = detail.find("Amt", "AmtDtls/TxAmt/Amt")
    if found is None or found.element.get("Ccy") != currency:
        return None
    own = _sign(detail) if detail.find("CdtDbtInd") else sign
    return own * amounts.minor((found.element.text or "").strip(), currency, found.where)


def _entry(node: _Node, details: list[_Node], amount_minor: int, currency: str) -> Entry:
    party = "Dbtr" if amount_minor >= 0 else "Cdtr"
    first = details[0] if details else node
    account = first.text(f"RltdPties/{party}Acct/Id/IBAN", f"RltdPties/{party}Acct/Id/Othr/Id")
    return Entry(
        bank_id=node.text("AcctSvcrRef") or first.text("Refs/AcctSvcrRef"),
        booked_date=node.day(),
        amount_minor=amount_minor,
        currency=currency,
        text=_text(node, details),
        end_to_end_id=first.text("Refs/EndToEndId"),
        payer_name=first.text(f"RltdPties/{party}/Pty/Nm", f"RltdPties/{party}/Nm"),
        payer_iban=amounts.account(account),
    )


def _text(node: _Node, details: list[_Node]) -> str:
    """All that was written, each once."""
    paths = ("RmtInf/Ustrd", "RmtInf/Strd/CdtrRefInf/Ref", "RmtInf/Strd/AddtlRmtInf")
    texts = [
        one.element.text or ""
        for detail in details
        for path in (*paths, "AddtlTxInf")
        for one in detail.every(path)
    ]
    texts.append(node.text("AddtlNtryInf"))
    clean = (" ".join(one.split()) for one in texts)
    return "\n".join(dict.fromkeys(one for one in clean if one))
