"""A place in a list as text, opaque to whoever hands it back: an instant and a number."""

import base64
from datetime import datetime

from quartermaster.core import periods


def written(at: datetime, number: int) -> str:
    """The place after which the next page begins."""
    plain = f"{periods.to_micros(at)}.{number}".encode()
    return base64.urlsafe_b64encode(plain).decode().rstrip("=")


def read(text: str) -> tuple[datetime, int] | None:
    """The same back; None for what is no cursor."""
    try:
        padded = text.encode() + b"=" * (-len(text) % 4)
        plain = base64.b64decode(padded, b"-_", validate=True).decode()
        micros, number = (int(part) for part in plain.split("."))
        at = periods.from_micros(micros)
    except (ValueError, OverflowError):
        return None
    return (at, number) if 1000 < at.year < 9000 and 0 < number < 2**63 else None
