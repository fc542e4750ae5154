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
    """`explain` reads the body of a refusal; it may find that this tells nothing."""

    def __init__(self, base_url: str, explain: Callable[[Any], Refused | Outage]) -> None:
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
        """The object that was answered; None: nothing. `body` is sent as JSON, or as it is if it is
        bytes; `more` is for httpx. Raises Outage and Refused."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        if body is not None:
            more = {"content": content, **more}
            headers = {"Content-Type": "application/json", **headers}
        return _told(self._answered(method, path, headers=headers, **more))

    def read(self, path: str, headers: Mapping[str, str], content_type: str, **more: Any) -> bytes:
        """A document that is not JSON. Raises Outage and Refused."""
        answer = self._answered("GET", path, headers=headers, **more)
        if answer.headers.get("Content-Type") != content_type:
            raise Outage("it answered something else")
        return answer.content

    def _answered(self, method: str, path: str, **more: Any) -> httpx.Response:
        try:
            answer = self._client.request(method, path, **more)
        except httpx.HTTPError as no:
            raise Outage(type(no).__name__) from None
        if answer.is_success:
            return answer
        if answer.is_client_error and answer.status_code not in _OUTAGES:
            raise self._explain(_told(answer))
        raise Outage(f"it answered {answer.status_code}", answer.status_code)

    @functools.cached_property
    def _client(self) -> httpx.Client:
        return httpx.Client(base_url=self._base_url, timeout=TIMEOUT_SECONDS)


def _told(answer: httpx.Response) -> Any:
    """Something between here and there may have answered in the provider's place: Outage."""
    if answer.status_code == httpx.codes.NO_CONTENT:
        return None
    try:
        told = answer.json()
    except ValueError as no:
        raise Outage(type(no).__name__) from None
    if not isinstance(told, dict):
        raise Outage("it answered something else")
    return told
