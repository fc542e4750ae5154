"""Texts as documents can carry them."""

import re
from collections.abc import Callable
from typing import Any, Final
from unicodedata import category

_BLANKS: Final = {"Cc", "Zl", "Zp"}
_LOST: Final = {"Co", "Cs"}
_DROPPED: Final = frozenset("\ufeff\u202a\u202b\u202c\u202d\u202e")
_NO_CHARACTERS: Final = frozenset("\ufffe\uffff")
_UNSURE: Final = re.compile(
    "[^ -~\u00a0-\u017f\u0391-\u03a1\u03a3-\u03c9\u0410-\u044f\u05d0-\u05ea"
    "\u0621-\u063a\u0641-\u064a\u2013\u2014\u2018-\u201e\u2026\u2068\u2069\u20ac\u2212]"
)
UNKNOWN: Final = "\ufffd"
"""What stands for a sign that cannot be set."""


def each(value: Any, change: Callable[[str], str]) -> Any:
    """The same with every text in it changed, however deep."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {name: each(inner, change) for name, inner in value.items()}
    if isinstance(value, list):
        return [each(inner, change) for inner in value]
    return value


def legible(text: str) -> str:
    """Free of what XML and PDF/A forbid: control characters become blanks, private and broken ones
    `\ufffd`. Left out are a mark of byte order, and what would turn the direction of others."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_legible, text))


def without(text: str, lost: set[str]) -> str:
    """Some signs replaced."""
    return "".join(UNKNOWN if sign in lost else sign for sign in text)


def sure(text: str) -> str:
    """All but letters, digits and punctuation that the fonts of this folder certainly have."""
    return _UNSURE.sub(UNKNOWN, text)


def _legible(sign: str) -> str:
    if sign in _DROPPED:
        return ""
    kind = category(sign)
    if kind in _BLANKS:
        return " "
    return UNKNOWN if kind in _LOST or sign in _NO_CHARACTERS else sign
