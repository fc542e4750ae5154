"""Requests that are sent again as long as that is safe and not in vain."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, TypeVar

import httpx
import msgspec

Answer = TypeVar("Answer")
Query = Mapping[str, Any]

_AGAIN: Final = frozenset({429, 502, 503, 504})
_TIMEOUT: Final = httpx.Timeout(30, connect=5)


class Problem(msgspec.Struct, frozen=True):
    """Problem details (RFC 9457), as far as they are there."""

    code: str = "unknown"
    detail: str = ""
    field: str | None = None
    request_id: str = ""


class ApiProblem(Exception):
    """The API said no. `code` is stable (docs/reference/errors.md), `field` names the input at
    fault where there is one, and `request_id` is what the server's log has it under."""

    def __init__(self, status: int, problem: Problem) -> None:
        super().__init__(f"{status} {problem.code}: {problem.detail}")
        self.status = status
        self.code = problem.code
        self.detail = problem.detail
        self.field = problem.field
        self.request_id = problem.request_id


class Patience(msgspec.Struct, frozen=True):
    """How often something is tried at most, and how long it is waited for between two times. A
    `Retry-After` longer than that is not waited for."""

    tries: int = 5
    wait_seconds: float = 0.25
    longest_seconds: float = 30.0

    def pause(self, number: int, response: httpx.Response | None) -> float | None:
        """Seconds to wait after try `number`, counted from 1; None to give up."""
        if number >= self.tries:
            return None
        asked = None if response is None else response.headers.get("Retry-After")
        if asked is not None and asked.isascii() and asked.isdigit():
            return float(asked) if float(asked) <= self.longest_seconds else None
        return min(self.wait_seconds * float(2 ** (number - 1)), self.longest_seconds)


class Transport:
    """Asks one server with one key. What may be asked again is: reads, events, whose ids tell
    repeats, moving a clock to an instant, what is the same twice as once, and what has a key. Acts
    are asked for once."""

    def __init__(
        self,
        base_url: str,
        api_key: str,
        patience: Patience,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        headers = {"Authorization": f"Bearer {api_key}"}
        self._http = httpx.Client(base_url=base_url, headers=headers, timeout=_TIMEOUT)
        self._patience, self._sleep = patience, sleep

    def close(self) -> None:
        """Closes the connections."""
        self._http.close()

    def read(self, form: type[Answer], path: str, query: Query) -> Answer:
        """A GET's answer. Raises: ApiProblem, httpx.TransportError."""
        request = self._http.build_request("GET", path, params=_given(query))
        return msgspec.json.decode(self._asked(request).content, type=form)

    def file(self, path: str, media_type: str) -> bytes:
        """What a GET answers in this form. Raises: ApiProblem, httpx.TransportError."""
        request = self._http.build_request("GET", path, headers={"Accept": media_type})
        return self._asked(request).content

    def send(
        self, form: type[Answer], path: str, body: bytes, method: str = "POST", **query: Any
    ) -> Answer:
        """The answer to a body, also where the server refused all of a batch. Raises: ApiProblem,
        httpx.TransportError."""
        headers = {"Content-Type": "application/json"}
        request = self._http.build_request(
            method, path, params=_given(query), content=body, headers=headers
        )
        return msgspec.json.decode(self._asked(request).content, type=form)

    def post(self, form: type[Answer], path: str, body: Any, key: str | None = None) -> Answer:
        """A POST's answer; `key` is the Idempotency-Key. Raises: ApiProblem,
        httpx.TransportError."""
        headers = {"Idempotency-Key": key} if key else {}
        request = self._http.build_request("POST", path, json=body, headers=headers)
        return msgspec.json.decode(self._asked(request).content, type=form)

    def act(self, form: type[Answer], path: str, body: Any, method: str = "POST") -> Answer:
        """The same, asked for once: a repeat would be another act, or refused."""
        request = self._http.build_request(method, path, json=body)
        content = self._asked(request, patience=Patience(tries=1)).content
        return msgspec.json.decode(content, type=form)

    @contextmanager
    def lines(self, path: str, query: Query) -> Iterator[Iterator[str]]:
        """A GET's answer line by line, in little memory. Once lines have come nothing is asked
        again: a connection that breaks raises httpx.TransportError."""
        headers = {"Accept": "application/x-ndjson"}
        request = self._http.build_request("GET", path, params=_given(query), headers=headers)
        response = self._asked(request, stream=True)
        try:
            yield _lines(response.iter_bytes())
        finally:
            response.close()

    def _asked(
        self, request: httpx.Request, stream: bool = False, patience: Patience | None = None
    ) -> httpx.Response:
        patience = patience or self._patience
        number = 0
        while True:
            number += 1
            lost, response = None, None
            try:
                response = self._http.send(request, stream=stream)
            except httpx.TransportError as error:
                lost = error
            if response is not None and response.status_code not in _AGAIN:
                return _approved(response)
            pause = patience.pause(number, response)
            if pause is None and lost is not None:
                raise lost
            if pause is None and response is not None:
                return _approved(response)
            if response is not None:
                response.close()
            self._sleep(pause or 0.0)


def _given(query: Query) -> dict[str, str]:
    """Parameters without those that are left out; `from_` is `from`."""
    return {name.rstrip("_"): str(value) for name, value in query.items() if value is not None}


def _approved(response: httpx.Response) -> httpx.Response:
    form = response.headers.get("Content-Type", "")
    if response.is_success or (response.status_code == 422 and form == "application/json"):
        return response
    response.read()
    try:
        problem = msgspec.json.decode(response.content, type=Problem)
    except msgspec.MsgspecError:
        problem = Problem(detail=response.reason_phrase)
    raise ApiProblem(response.status_code, problem)


def _lines(blocks: Iterator[bytes]) -> Iterator[str]:
    """Parted at newlines alone: texts may hold other characters that end lines for Python."""
    left = b""
    for block in blocks:
        *whole, left = (left + block).split(b"\n")
        yield from (line.decode() for line in whole if line)
    if left:
        yield left.decode()
