"""What every answer tells browsers."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class Careful:
    """Pages load nothing from elsewhere, run no scripts, stand in no frame and are not kept."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        response["Content-Security-Policy"] = (
            "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none';"
            " frame-ancestors 'none'"
        )
        response["X-Content-Type-Options"] = "nosniff"
        # With "no-referrer" browsers do not say where a form comes from, and it is refused.
        response["Referrer-Policy"] = "same-origin"
        if not request.path.startswith("/static/"):
            response["Cache-Control"] = "no-store"
        return response
