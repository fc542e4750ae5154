"""MT940 by the library `mt-940`, which forgives much: balances prove that nothing was lost."""

import io
import re
from datetime import date
from typing import Any, Final

import mt940

from quartermaster.adapters.bank_statements import amounts
from quartermaster.core.lifecycles.wires import Entry
from quartermaster.usecases.ports.bank_statements import BankStatement, UnreadableStatement

_TAG: Final = re.compile(r":(\d{2}[A-Z]?):")
_CONTROL: Final = re.compile(r"[^\S \t\r\n]|[\x00-\x08\x0e-\x1f\x7f]")
_CODED: Final = re.compile(r"/(EREF|NAME|IBAN)/([^/]*)")
_OPENING: Final = ("final_opening_balance", "intermediate_opening_balance", "opening_balance")
_CLOSING: Final = ("final_closing_balance", "intermediate_closing_balance", "closing_balance")
_NO_REFERENCE: Final = frozenset({"NONREF", "NOTPROVIDED"})


def read(content: bytes) -> tuple[BankStatement, ...]:
    """The statements of a file. UnreadableStatement."""
    text = _decoded(content)
    _must_be_mt940(text)
    try:
        # a stream: of a text that is the name of a file, the library would read the file
        found = mt940.parse_statements(io.StringIO(text), options=mt940.Options.all())
    except Exception as no:  # whatever it stumbles over; its words hold the line
        words = " ".join(str(no.args[-1] if no.args else no).split())[:80]
        raise UnreadableStatement(f"this is no MT940: {words!r}", field="file") from no
    return tuple(_statement(one, f"statement {place}") for place, one in enumerate(found, 1))


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        odd = _CONTROL.search(text)
        if odd is None:
            return text
        line = text.count("\n", 0, odd.start()) + 1
        raise UnreadableStatement(f"line {line}: this is no text", field="file")
    raise UnreadableStatement("the encoding of the file is unknown", field="file")


def _must_be_mt940(text: str) -> None:
    """Entries stand between balances: else the file is cut off, or something else."""
    is_open = False
    number = 0
    for number, line in enumerate(text.splitlines(), 1):
        tag = found[1] if (found := _TAG.match(line)) else ""
        is_wrong = (tag[:2] == "61" or tag in ("62F", "62M")) and not is_open
        if is_wrong or (tag[:2] in ("20", "60") and is_open):
            raise UnreadableStatement(f"line {number}: :{tag}: is out of place", field="file")
        is_open = tag[:2] == "60" or (is_open and tag[:2] != "62")
    if is_open:
        words = f"line {number}: the file ends before the closing balance :62F:"
        raise UnreadableStatement(words, field="file")


def _statement(found: mt940.models.Transactions, where: str) -> BankStatement:
    said = found.data
    opening, closing = _balance(said, _OPENING, where), _balance(said, _CLOSING, where)
    currency = str(found.currency)
    entries = tuple(
        _entry(one.data, currency, f"{where}, entry {place}")
        for place, one in enumerate(found.transactions, 1)
    )
    amounts.must_add_up(entries, opening, closing, where)
    name = amounts.account(str(said.get("account_identification") or ""))
    if not name:
        raise UnreadableStatement(f"{where}: :25: is missing", field="file")
    numbers = (said.get("statement_number"), said.get("sequence_number"))
    names = (said.get("transaction_reference"), *numbers)
    return BankStatement("/".join(str(one) for one in names if one), _iban(name, currency), entries)


def _balance(said: dict[str, Any], kinds: tuple[str, ...], where: str) -> int:
    balance = next((said[kind] for kind in kinds if kind in said), None)
    if balance is None:
        raise UnreadableStatement(f"{where}: a balance is missing", field="file")
    return _minor(balance.amount, str(balance.amount.currency), where)


def _minor(amount: mt940.models.Amount, currency: str, where: str) -> int:
    found = amounts.minor(f"{abs(amount.amount):f}", currency, where)
    return -found if amount.amount < 0 else found


def _entry(said: dict[str, Any], currency: str, where: str) -> Entry:
    raw = str(said.get("transaction_details") or "")
    coded = dict(_CODED.findall("".join(raw.splitlines())))
    purpose = said.get("purpose")
    texts = [purpose, said.get("additional_purpose")] if purpose else [raw]
    texts.append(said.get("extra_details"))
    account = said.get("gvc_applicant_iban") or said.get("applicant_iban") or coded.get("IBAN")
    named = said.get("end_to_end_reference") or coded.get("EREF") or said.get("customer_reference")
    if (amount := said.get("amount")) is None or not isinstance(said.get("date"), date):
        raise UnreadableStatement(f"{where}: :61: is missing", field="file")
    return Entry(
        bank_id=str(said.get("bank_reference") or "").strip(),
        booked_date=_plain(said.get("entry_date") or said["date"]),
        amount_minor=_minor(amount, currency, where),
        currency=currency,
        text="\n".join(" ".join(str(one).split()) for one in texts if one),
        end_to_end_id="" if str(named or "").strip() in _NO_REFERENCE else str(named or "").strip(),
        payer_name=str(said.get("applicant_name") or coded.get("NAME") or "").strip(),
        payer_iban=amounts.account(str(account or "")),
    )


def _plain(day: date) -> date:
    return date(day.year, day.month, day.day)


def _iban(name: str, currency: str) -> str:
    """Some banks write the currency behind it, some their BIC before it."""
    bare = name.rpartition("/")[2].removesuffix(currency)
    return bare if re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", bare) else name
