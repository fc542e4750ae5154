"""Addresses that come from outside, to which people are sent."""

import re
from typing import Final
from urllib.parse import urlsplit

from quartermaster.core.errors import Refusal


class BadAddress(Refusal):
    """An address is one of http or https with a host, such as https://example.com/paid."""

    code = "bad_address"
    kind = "invalid"


LONGEST: Final = 2_000
_SCHEMES: Final = ("http", "https")
_WRITTEN: Final = re.compile(r"[!#-;=?-\[\]_a-z~]*")
"""What RFC 3986 lets stand in one; browsers and programs differ in what they make of the rest."""
_HOST: Final = re.compile(r"([a-z0-9-]+\.)*[a-z0-9-]+\.?|[0-9a-f:.]*:[0-9a-f:.]*")


def checked(text: str, field: str) -> str:
    """The address as it was given. BadAddress, naming the field: without a host, with a name and a
    password before it, with spaces or control characters, or too long."""
    if len(text) > LONGEST:
        raise BadAddress(f"an address has {LONGEST} characters at most", field=field)
    if not _WRITTEN.fullmatch(text):
        words = "an address has no spaces, no control characters and no letters beyond ASCII"
        raise BadAddress(f"{words}; write them as %20 and the like", field=field)
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError as no:
        raise BadAddress(field=field) from no
    if parts.scheme not in _SCHEMES or not _HOST.fullmatch(host) or port == 0:
        raise BadAddress(field=field)
    if "@" in parts.netloc:
        raise BadAddress("an address names no user and no password", field=field)
    return text
