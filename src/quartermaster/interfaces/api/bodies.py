"""What is sent: JSON, said to be JSON, in which nothing is said twice."""

import json
from typing import Any, Final

from django.http import HttpRequest
from ninja.parser import Parser as JsonParser

_JSON: Final = "application/json"


class BodyRefused(ValueError):
    """It is not read. `field` names what is at fault."""

    def __init__(self, status: int, code: str, words: str, field: str) -> None:
        super().__init__(words)
        self.status, self.code, self.field = status, code, field


class Parser(JsonParser):
    """Of all bodies but events, which come by another door."""

    def parse_body(self, request: HttpRequest) -> Any:
        """BodyRefused; ValueError where it is no JSON."""
        kind = request.content_type or ""
        if kind not in ("", _JSON) and not kind.endswith("+json"):
            words = f"send {_JSON}, and say so"
            raise BodyRefused(415, "unsupported_media_type", words, "Content-Type")
        return json.loads(request.body, object_pairs_hook=_once)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise BodyRefused(422, "invalid", f"the field {name!r} is there twice", name)
        found[name] = value
    return found
