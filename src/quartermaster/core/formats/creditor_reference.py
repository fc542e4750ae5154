"""References that people write on a bank transfer: ISO 11649, RF and two check digits.

A reference is made from an order's public id (`ord_` and 20 hexadecimal digits) and leads back to
it, so that it need not be kept.
"""

import re
import unicodedata
from typing import Final

_PREFIX: Final = "ord_"
_ID: Final = re.compile(r"ord_[0-9a-f]{20}")
_FORM: Final = re.compile(r"(?=(RF[0-9]{2})([0-9A-F]{20}))")
_NEVER: Final = frozenset({"RF00", "RF01", "RF99"})


def of(order: str) -> str:
    """The reference of an order, by its public id: `RF` and 22 digits and letters A to F."""
    if _ID.fullmatch(order) is None:
        raise ValueError(f"{order!r} is no public id of an order")
    body = order.removeprefix(_PREFIX).upper()
    return f"RF{98 - _remainder(body + 'RF00'):02}{body}"


def printed(reference: str) -> str:
    """For people, in groups of four."""
    return " ".join(reference[place : place + 4] for place in range(0, len(reference), 4))


def orders_in(text: str) -> tuple[str, ...]:
    """The orders whose references stand in a free text, each once, in their order: whatever their
    case, and whatever spaces, signs or line breaks the banks on the way put into them. One that was
    mistyped is none."""
    bare = "".join(filter(_is_plain, unicodedata.normalize("NFKC", text).upper()))
    found = [
        _PREFIX + match[2].lower()
        for match in _FORM.finditer(bare)
        if match[1] not in _NEVER and _remainder(match[2] + match[1]) == 1
    ]
    return tuple(dict.fromkeys(found))


def _is_plain(letter: str) -> bool:
    return letter.isascii() and letter.isalnum()


def _remainder(text: str) -> int:
    """ISO 7064, MOD 97-10: letters count as 10 to 35."""
    return int("".join(str(int(letter, 36)) for letter in text)) % 97
