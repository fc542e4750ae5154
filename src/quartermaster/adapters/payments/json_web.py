"""A provider's addresses, asked in JSON over HTTP."""

import functools
import json
from collections.abc import Callable, Mapping
from typing import Any, Final

import httpx

from quartermaster.adapters.payments.failures import Outage, Refused

TIMEOUT_SECONDS: Final = 20.0
_OUTAGES: Final = frozenset({401, 403, 408, 409, 425, 429})
"""Answers that say nothing of the request itself: no key, too many, another with the same key is
under way."""


class JsonWeb:
    """`explain` reads the body of a refusal."""

    def __init__(self, base_url: str, explain: Callable[[Any], Refused]) -> None:
        self._base_url = base_url
        self._explain = explain

    def ask(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: object = None,
        **more: Any,
    ) -> Any:
        """What was answered; None: nothing. `body` is sent as JSON, or as it is if it is bytes;
        `more` is for httpx. Raises Outage and Refused."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        if body is not None:
            more = {"content": content, **more}
            headers = {"Content-Type": "application/json", **headers}
        try:
            answer = self._client.request(method, path, headers=headers, **more)
            told = answer.json() if answer.content else None
        except (httpx.HTTPError, ValueError) as no:
            raise Outage(type(no).__name__) from None
        if (
            answer.status_code in _OUTAGES
            or answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR
        ):
            raise Outage(f"it answered {answer.status_code}", answer.status_code)
        if answer.is_error:
            raise self._explain(told)
        return told

    @functools.cached_property
    def _client(self) -> httpx.Client:
        return httpx.Client(base_url=self._base_url, timeout=TIMEOUT_SECONDS)
