"""The endpoints: each translates one use case or query."""

from typing import Any, Final

import msgspec
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.renderers import BaseRenderer
from ninja.security import HttpBearer

from quartermaster.core.errors import Refusal
from quartermaster.core.ledger.transfers import KeyReused
from quartermaster.interfaces.api import bodies, clocks, credits, entitlements
from quartermaster.interfaces.api.bodies import BodyRefused
from quartermaster.interfaces.api.openapi import document
from quartermaster.interfaces.api.orders import (
    checkout,
    invoices,
    methods,
    notices,
    orders,
    recharge,
)
from quartermaster.interfaces.api.plans import catalog, contracts, subscriptions, suggestion
from quartermaster.interfaces.api.questions import Shell
from quartermaster.interfaces.api.schemas import (
    KEY_HEADER,
    PROBLEMS,
    ProblemOut,
    RejectionOut,
    RejectionPage,
    RequestOut,
)
from quartermaster.interfaces.api.usage import explaining, figures, sessions
from quartermaster.interfaces.api.usage.sessions import NotOffered
from quartermaster.store.metering import queries as metering
from quartermaster.store.people import queries as people
from quartermaster.store.people.models import Workspace
from quartermaster.usecases.clocks.works import Works
from quartermaster.usecases.ports import Clock, EventArchive
from quartermaster.usecases.ports.documents import Documents

_STATUS: Final = {
    "invalid": 422,
    "missing": 404,
    "conflict": 409,
    "refused": 403,
    "gone": 410,
    "limited": 429,
}
_DOCS: Final = "docs/reference/errors.md#"
_WHOLE_BODY: Final = 2
"""How deep the place of a fault is that is the body's as a whole."""


class ApiKeyAuth(HttpBearer):
    """A workspace's API key; `request.auth` becomes the workspace, `request.by` says whose key."""

    def authenticate(self, request: HttpRequest, token: str) -> Workspace | None:
        """None for a key that is unknown or revoked."""
        found = people.find_key(token)
        if found is None:
            return None
        request.by = f"key {found.public_id}"  # type: ignore[attr-defined]
        return found.workspace


class Renderer(BaseRenderer):
    """JSON with instants to the microsecond."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        return msgspec.json.encode(data)


class Api(NinjaAPI):
    """Endpoints, and a document that tells of door and gate too."""

    def get_openapi_operation_id(self, operation: Any) -> str:
        return str(operation.view_func.__name__)

    def get_openapi_schema(self, **options: Any) -> Any:
        found = super().get_openapi_schema(**options)
        document.complete(found)
        return found


def build(now: Clock, archive: EventArchive, works: Works, documents: Documents) -> NinjaAPI:
    """The API, with the clock and the archive that it goes by, who takes payments, what moves
    clocks on, and who sets invoices."""
    shell = Shell(now, archive, works.gateways, documents)
    api = Api(
        title="Quartermaster",
        version="1",
        auth=ApiKeyAuth(),
        docs_url=None,
        openapi_url="/openapi.json",
        urls_namespace="v1",
        renderer=Renderer(),
        parser=bodies.Parser(),
    )
    _refusals(api)
    _events(api)
    nouns = (
        figures,
        sessions,
        explaining,
        credits,
        suggestion,
        entitlements,
        subscriptions,
        orders,
        checkout,
        methods,
        recharge,
        notices,
        invoices,
        contracts,
    )
    for noun in nouns:
        noun.register(api, shell)
    catalog.register(api)
    clocks.register(api, shell, works)
    return api


def _events(api: NinjaAPI) -> None:
    @api.get(
        "/events/requests/{path:request_id}",
        response={200: list[RequestOut], **PROBLEMS},
        summary="What became of a request's events",
    )
    def request_figures(request: Any, request_id: str) -> list[dict[str, Any]]:
        """One entry for each request that was sent with this id, latest first."""
        return metering.request_figures(request.auth.id, request_id)

    @api.get("/events/rejected", response={200: RejectionPage, **PROBLEMS}, summary="Rejections")
    def rejected(request: Any, cursor: int | None = None, limit: int = 100) -> RejectionPage:
        """Events that were not accepted, and why; latest first."""
        size = max(1, min(limit, 1000))
        found = metering.rejections(request.auth.id, cursor, size + 1)
        rows = [RejectionOut(**{**row, "id": row["event_id"]}) for row in found[:size]]
        after = found[size - 1]["pk"] if len(found) > size else None
        return RejectionPage(rejections=rows, next_cursor=after)


def _refusals(api: NinjaAPI) -> None:
    """Every error leaves as problem details."""

    @api.exception_handler(Refusal)
    def refused(request: HttpRequest, no: Refusal) -> HttpResponse:
        field = KEY_HEADER if isinstance(no, KeyReused) else no.field
        return problem(request, _STATUS[no.kind], no.code, str(no), field)

    @api.exception_handler(OperationalError)
    def away(request: HttpRequest, no: OperationalError) -> HttpResponse:
        answer = problem(request, 503, "database_away", "the database does not answer; ask again")
        answer["Retry-After"] = "1"
        return answer

    @api.exception_handler(AuthenticationError)
    def unknown(request: HttpRequest, no: AuthenticationError) -> HttpResponse:
        words = "send `Authorization: Bearer <API key>` with a key that is known and not revoked"
        answer = problem(request, 401, "unknown_key", words, "Authorization")
        answer["WWW-Authenticate"] = "Bearer"
        return answer

    @api.exception_handler(ValidationError)
    def invalid(request: HttpRequest, no: ValidationError) -> HttpResponse:
        first = no.errors[0]
        is_body = first["loc"][0] == "body" and len(first["loc"]) == _WHOLE_BODY
        field = "body" if is_body else str(first["loc"][-1])
        words = first["msg"].removeprefix("Value error, ")
        if is_body:
            words = "send a body that is a JSON object"
        if first["type"] == "extra_forbidden":
            words = f"there is no field {field!r}"
        if first["type"] == "missing" and first["loc"][0] == "header":
            words = f"send the header {field}"
        return problem(request, 422, "invalid", words, field)

    @api.exception_handler(NotOffered)
    def not_offered(request: HttpRequest, no: NotOffered) -> HttpResponse:
        return problem(request, no.status_code, "not_acceptable", str(no), "Accept")

    @api.exception_handler(HttpError)
    def http(request: HttpRequest, no: HttpError) -> HttpResponse:
        if isinstance(no.__cause__, BodyRefused):
            cause = no.__cause__
            return problem(request, cause.status, cause.code, str(cause), cause.field)
        return problem(request, no.status_code, "invalid", str(no))


def problem(
    request: HttpRequest, status: int, code: str, detail: str, field: str | None = None
) -> HttpResponse:
    """Problem details (RFC 9457) as a response."""
    body = ProblemOut(
        type=f"{_DOCS}{code}",
        title=code.replace("_", " "),
        status=status,
        detail=detail,
        code=code,
        field=field,
        request_id=getattr(request, "request_id", ""),
        doc_url=f"{_DOCS}{code}",
    )
    return JsonResponse(body.dict(), status=status, content_type=document.PROBLEM)
