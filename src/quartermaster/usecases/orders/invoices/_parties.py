"""Names, addresses, VAT ids and bank accounts that can stand on an invoice."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

import stdnum
from babel import Locale
from stdnum import bic, iban
from stdnum.eu import vat
from stdnum.exceptions import ValidationError

from quartermaster.core.errors import Refusal
from quartermaster.core.invoices.parties import EU, Bank, Party

_LONGEST: Final = 200
_LINES: Final = 4
_JOINERS: Final = str.maketrans("", "", "\u200c\u200d\u200e\u200f")
_VAT_LENGTH: Final = range(4, 21)
_GROUPS: Final = frozenset({"EU", "EZ", "UN", "XA", "XB", "ZZ"})
_NAMED: Final = frozenset(map(str, Locale("en").territories))
COUNTRIES: Final = frozenset(one for one in _NAMED if len(one) == 2 and one.isalpha()) - _GROUPS


class BadParty(Refusal):
    """This cannot stand on an invoice."""

    code = "bad_billing_profile"
    kind = "invalid"


class BadVatId(Refusal):
    """This is no VAT id of the country of the address."""

    code = "bad_vat_id"
    kind = "invalid"


class BadBank(Refusal):
    """This is no bank account."""

    code = "bad_bank"
    kind = "invalid"


def checked(party: Party) -> Party:
    """Without spaces around its words, its country and VAT id as they are written everywhere.
    BadParty, BadVatId."""
    country = party.country.strip().upper()
    if country and country not in COUNTRIES:
        raise BadParty(f"{country!r} is no country by ISO 3166, such as DE", field="country")
    if len(party.address) > _LINES:
        raise BadParty(f"an address has up to {_LINES} lines", field="address")
    name = text(party.name, "name")
    if not name:
        raise BadParty("who is it? A name is needed", field="name")
    email = text(party.email, "email")
    if email and (" " in email or not all(email.partition("@"))):
        raise BadParty("this is no e-mail address", field="email")
    return replace(
        party,
        name=name,
        company=text(party.company, "company"),
        address=tuple(_lines(party.address)),
        city=text(party.city, "city"),
        postcode=text(party.postcode, "postcode"),
        country=country,
        vat_id=vat_id(party.vat_id, country),
        email=email,
    )


def vat_id(given: str, country: str) -> str:
    """With its country in front; "" is none. Its form and check digits are checked, not whether
    anybody has it. BadVatId."""
    if not given.strip():
        return ""
    if not country:
        raise BadVatId("a VAT id needs a country", field="vat_id")
    if country in EU:
        return _of_union(given, country)
    module = stdnum.get_cc_module(country.lower(), "vat")
    plain = "".join(given.upper().split())
    if module is None:
        if not plain.isascii() or not plain.isalnum() or len(plain) not in _VAT_LENGTH:
            raise BadVatId(field="vat_id")
    elif not module.is_valid(plain):
        raise BadVatId(field="vat_id")
    else:
        plain = str(module.compact(plain))
    return plain if plain.startswith(country) else f"{country}{plain}"


def bank(given: Bank) -> Bank:
    """IBAN and BIC without spaces; either may be "". BadBank."""
    holder, name = text(given.holder, "holder"), text(given.bank, "bank")
    account, code = iban.compact(given.iban), bic.compact(given.bic)
    if account and not iban.is_valid(account):
        raise BadBank(f"{given.iban!r} is no IBAN", field="iban")
    if code and not bic.is_valid(code):
        raise BadBank(f"{given.bic!r} is no BIC", field="bic")
    return Bank(holder, account, code, name)


def text(given: str, field: str) -> str:
    """One line that can be printed. BadParty."""
    found = given.strip()
    if len(found) > _LONGEST or not found.translate(_JOINERS).isprintable():
        words = f"{field} is one line of up to {_LONGEST} printable characters"
        raise BadParty(words, field=field)
    return found


def _lines(address: Iterable[str]) -> Iterable[str]:
    return filter(None, (text(line, "address") for line in address))


def _of_union(given: str, country: str) -> str:
    prefix = "EL" if country == "GR" else country
    plain = "".join(given.upper().split())
    try:
        return str(vat.validate(plain if plain.startswith(prefix) else f"{prefix}{plain}"))
    except ValidationError:
        words = f"{given!r} is no VAT id of {country}: mistyped, or not of its form, {prefix}…"
        raise BadVatId(words, field="vat_id") from None
