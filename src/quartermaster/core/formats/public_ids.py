"""Ids as the outside has them: what they name, and its number (`ses_12`, `chg_7`)."""

import re
import uuid
from enum import StrEnum
from typing import Final

from quartermaster.core.errors import Refusal


class Name(StrEnum):
    """What an id names."""

    SESSION = "ses"
    CHARGE = "chg"
    TRANSFER = "trf"
    LOT = "lot"
    PRICE = "prc"
    SEAT_MONTH = "smo"


class UnknownId(Refusal):
    """There is nothing with this id here."""

    code = "not_found"
    kind = "missing"


_FORM: Final = re.compile(r"([a-z]{3})_([1-9][0-9]{0,17})")


def of(name: Name, number: int) -> str:
    """The id of one of these."""
    return f"{name}_{number}"


def read(text: str, *allowed: Name, field: str = "id") -> tuple[Name, int]:
    """What an id names and its number. Refusals: UnknownId where it is none of those allowed."""
    found = _FORM.fullmatch(text)
    if found is None or found[1] not in allowed:
        forms = " or ".join(f"{name}_1" for name in allowed)
        raise UnknownId(f"{text[:40]!r} is no id such as {forms}", field=field)
    return Name(found[1]), int(found[2])


def keyed(workspace: str, key: str) -> uuid.UUID:
    """What a client's own idempotency key stands for in a workspace (its public id)."""
    return uuid.uuid5(uuid.NAMESPACE_OID, f"{workspace} {key}")
