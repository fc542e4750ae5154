"""What every web request passes through."""

import time
import uuid
from collections.abc import Callable
from typing import Final

import structlog
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from quartermaster.interfaces.api import endpoints
from quartermaster.interfaces.console import addresses
from quartermaster.interfaces.ingest.problems import Problem

_log = structlog.get_logger("web")


class RequestLog:
    """Gives each request an id, logs its outcome, and sends the id back."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begun = time.perf_counter()
        given = request.headers.get("X-Request-Id", "")
        is_fit = 0 < len(given) <= 100 and given.isascii() and given.isprintable()
        request_id = given if is_fit else f"req_{uuid.uuid4().hex}"
        request.request_id = request_id  # type: ignore[attr-defined]
        structlog.contextvars.bind_contextvars(request_id=request_id)
        try:
            response = self.get_response(request)
        finally:
            structlog.contextvars.unbind_contextvars("request_id")
        response["X-Request-Id"] = request_id
        _log.info(
            "request",
            request_id=request_id,
            method=request.method,
            path=request.path,
            status=response.status_code,
            seconds=round(time.perf_counter() - begun, 4),
        )
        return response


class ContentPolicy:
    """Pages load nothing from elsewhere and run no script but the files of ours."""

    _POLICY = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self._POLICY)
        response["Referrer-Policy"] = "same-origin"
        return response


_NOT_TAKEN: Final = {
    "body_too_large": "A form takes at most 64 kB here. Go back: your browser still has what was "
    "typed. Shorten it, and send it again.",
    "busy": "Too many forms are on their way just now. Go back in a moment, and send it again.",
}


def _not_taken(request: HttpRequest, no: Problem) -> HttpResponse:
    said = {"here": None, "title": "The form was not taken", "words": _NOT_TAKEN[no.code]}
    return render(request, "console/signing/failed.html", said, status=no.status)


class Problems:
    """What the server, Django or the API's framework refuse is refused in our form."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path:
            raise Http404  # PostgreSQL has no such text, so nothing has such a name
        if no := request.META.get("asgi.scope", {}).get("refused"):
            request.refused = no.code  # type: ignore[attr-defined]
            if request.path not in addresses.UPLOADS:
                return _not_taken(request, no)
        response = self.get_response(request)
        if response.status_code != 405 or not request.path.startswith("/v1/"):
            return response
        words = f"{request.method} is not done here, only {response['Allow']}"
        answer = endpoints.problem(request, 405, "method_not_allowed", words)
        answer["Allow"] = response["Allow"]
        return answer
