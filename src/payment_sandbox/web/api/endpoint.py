"""From HTTP to an act and back: the key, the body, one transaction, and answers that are kept."""

import hashlib
import hmac
import json
import re
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

import msgspec
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from payment_sandbox.refusals import Refusal
from payment_sandbox.web import running

Body = TypeVar("Body")
Told = dict[str, Any] | None | bytes
"""None: there is nothing to tell. Bytes: a document."""

_KEY_LONGEST: Final = 255
_PLACE: Final = re.compile(r"\$\.(\w+)")
_NAMED: Final = re.compile(r"field `(\w+)`")


@dataclass(frozen=True)
class Call:
    """One request, in its transaction. `key` is the caller's, of those that make something."""

    db: sqlite3.Connection
    at: datetime
    base_url: str
    body: bytes = b""
    query: Mapping[str, str] = field(default_factory=dict)
    key: str = ""

    def read(self, shape: type[Body]) -> Body:
        """The body; Refusal naming the field that is wrong."""
        try:
            return msgspec.json.decode(self.body or b"{}", type=shape)
        except msgspec.ValidationError as no:
            words = str(no)
            found = _PLACE.search(words) or _NAMED.search(words)
            raise Refusal(422, "invalid", words, found[1] if found else None) from None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise Refusal(400, "malformed_json", "the body is not JSON", "body") from None

    def page_url(self, key: str) -> str:
        """Where the buyer goes."""
        return f"{self.base_url}/pay/{key}"


Act = Callable[..., Told]
View = Callable[..., HttpResponse]


def endpoint(**acts: Act) -> View:
    """An address, with an act for each method. A POST is done once for each `Idempotency-Key`."""

    @csrf_exempt
    def view(request: HttpRequest, **names: str) -> HttpResponse:
        try:
            _let_in(request)
            act = acts.get(request.method or "")
            if act is None:
                words = f"this address takes {', '.join(sorted(acts))}"
                raise Refusal(405, "method_not_allowed", words)
            return _serve(request, act, names)
        except Refusal as no:
            problem = {"code": no.code, "detail": no.detail, "field": no.field}
            return JsonResponse({**problem, "status": no.status}, status=no.status)

    return view


def _serve(request: HttpRequest, act: Act, names: dict[str, str]) -> HttpResponse:
    is_new = request.method == "POST"
    key, body = _key(request) if is_new else "", _body(request)
    with running.here().store.writing() as db:
        base_url = f"{request.scheme}://{request.get_host()}"
        query = {name: str(text) for name, text in request.GET.items()}
        call = Call(db, datetime.now(UTC), base_url, body, query, key)
        if is_new:
            status, text = _once(call, request.path, act, names)
            return HttpResponse(text, status=status, content_type="application/json")
        told = act(call, **names)
    if isinstance(told, bytes):
        content_type = "application/xml" if told.startswith(b"<") else "text/plain; charset=ascii"
        return HttpResponse(told, content_type=content_type)
    return HttpResponse(status=204) if told is None else JsonResponse(told)


def _once(call: Call, path: str, act: Act, names: dict[str, str]) -> tuple[int, str]:
    asked = hashlib.sha256(b"\0".join([path.encode(), _canonical(call.body)])).hexdigest()
    kept = call.db.execute("select * from answer where key = ?", (call.key,)).fetchone()
    if kept and kept["asked"] != asked:
        words = "this key was used for another request"
        raise Refusal(409, "key_reused", words, "Idempotency-Key")
    if kept:
        return kept["status"], kept["body"]
    text = json.dumps(act(call, **names))
    call.db.execute("insert into answer values (?, ?, 201, ?)", (call.key, asked, text))
    return 201, text


def _canonical(body: bytes) -> bytes:
    """The same for the same fields, in whatever order they came."""
    try:
        return json.dumps(json.loads(body), sort_keys=True).encode() if body else b"{}"
    except (ValueError, RecursionError):
        return body


def _key(request: HttpRequest) -> str:
    key = request.headers.get("Idempotency-Key", "")
    if not 0 < len(key) <= _KEY_LONGEST:
        words = f"send a key of 1 to {_KEY_LONGEST} characters with it"
        raise Refusal(400, "key_missing", words, "Idempotency-Key")
    return key


def _body(request: HttpRequest) -> bytes:
    try:
        return request.body
    except RequestDataTooBig:
        raise Refusal(413, "too_large", "the body is larger than 64 kB", "body") from None


def _let_in(request: HttpRequest) -> None:
    given = request.headers.get("Authorization", "").encode()
    if not hmac.compare_digest(given, f"Bearer {running.here().keys.secret}".encode()):
        raise Refusal(401, "unauthorized", "send the secret of keys.json", "Authorization")
