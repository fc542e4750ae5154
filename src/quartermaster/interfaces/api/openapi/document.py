"""What the OpenAPI document says beyond the endpoints: what answers beside them, and problems."""

import copy
from typing import Final

from quartermaster.interfaces.api.openapi import entitlement_schemas, event_schemas, examples
from quartermaster.interfaces.api.openapi.event_schemas import NULLABLE, Schema, objects

PROBLEM: Final = "application/problem+json"
_JSON: Final = "application/json"
_MOST_EVENTS: Final = 10_000


def _named(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _several(name: str) -> Schema:
    return {"type": "array", "items": _named(name), "maxItems": _MOST_EVENTS}


_REFUSED: Final = {
    "index": {"type": "integer", "description": "Its place in the request, from 0."},
    "id": NULLABLE,
    "code": {"type": "string"},
    "reason": {"type": "string"},
    "field": NULLABLE,
}
_ANSWER: Final = {
    "request_id": {"type": "string"},
    "accepted_count": {"type": "integer"},
    "rejected_count": {"type": "integer"},
    "accepted": {"type": "array", "items": {"type": "string"}},
    "rejected": {"type": "array", "items": objects(_REFUSED, list(_REFUSED))},
}
_STANDING: Final = {
    "bot": {"type": "string", "description": "Its public id."},
    "may_serve": {"type": "boolean"},
    "status": {"enum": ["sufficient", "low", "using_free", "inactive"]},
    "reason": {"type": "string"},
    "pays_from": {"enum": ["paid", "free", None]},
    "sessions_left": {"type": ["integer", "null"], "description": "Null: credit is no limit."},
    "days_left": NULLABLE | {"description": "A decimal number. Null: nothing was spent."},
}
_SCHEMAS: Final[Schema] = {
    "GateOut": objects(_STANDING, list(_STANDING)),
    "EventIn": event_schemas.EVENT,
    "CloudEventIn": event_schemas.CLOUD_EVENT,
    "EventsOut": objects(_ANSWER, list(_ANSWER)),
}
_PROBLEMS: Final = {
    400: "The body cannot be read.",
    401: "There is no key, or it is not known, or revoked.",
    405: "The address takes POST only.",
    408: "The body did not come in time.",
    413: "The body is too large, or holds too many events.",
    415: "Another media type or content encoding.",
    422: "No event was accepted: a problem for a single event, the lists for a batch.",
    429: "Too much waits; send the same again after `Retry-After` seconds.",
    503: "The database did not confirm; send the same again after `Retry-After` seconds.",
}
_HEADERS: Final[dict[int, Schema]] = {
    401: {"WWW-Authenticate": {"schema": {"type": "string"}}},
    405: {"Allow": {"schema": {"type": "string"}}},
    429: {"Retry-After": {"schema": {"type": "integer"}}},
    503: {"Retry-After": {"schema": {"type": "integer"}}},
}
_REQUEST_ID: Final[Schema] = {"X-Request-Id": {"schema": {"type": "string"}}}
_DOOR: Final[Schema] = {
    "operationId": "send_events",
    "summary": "Send events",
    "description": "A 202 comes after what was accepted is on disk. The body may be packed: "
    "`Content-Encoding: gzip`. At most 10,000,000 bytes, also when unzipped, and 10,000 events.",
    "parameters": [{"in": "header", "name": "X-Request-Id", "schema": {"type": "string"}}],
    "requestBody": {
        "required": True,
        "content": {
            _JSON: {"schema": {"anyOf": [_named("EventIn"), _several("EventIn")]}},
            "application/x-ndjson": {
                "schema": _several("EventIn") | {"description": "One event a line."}
            },
            "application/cloudevents+json": {"schema": _named("CloudEventIn")},
            "application/cloudevents-batch+json": {"schema": _several("CloudEventIn")},
        },
    },
    "responses": {
        "202": {"description": "Durable.", "content": {_JSON: {"schema": _named("EventsOut")}}},
        **{str(status): {"description": words} for status, words in _PROBLEMS.items()},
    },
    "security": [{"ApiKeyAuth": []}],
}
_GATE: Final[Schema] = {
    "operationId": "ask_gate",
    "summary": "May it serve?",
    "description": "Ask before each new conversation; conversations already open go on.",
    "parameters": [
        {
            "in": "path",
            "name": "bot",
            "required": True,
            "schema": {"type": "string"},
            "description": "Its name or public id.",
        },
        {"in": "header", "name": "X-Request-Id", "schema": {"type": "string"}},
    ],
    "responses": {
        "200": {"description": "Yes or no.", "content": {_JSON: {"schema": _named("GateOut")}}},
        "401": {"description": "There is no key, or it is not known, or revoked."},
        "404": {"description": "The key's workspace has no such bot."},
        "405": {"description": "The address takes GET only."},
        "503": {"description": "The database did not answer; ask again."},
    },
    "security": [{"ApiKeyAuth": []}],
}


_ETAG: Final[Schema] = {"ETag": {"schema": {"type": "string"}}}
_KNOWN: Final[Schema] = {
    "in": "header",
    "name": "If-None-Match",
    "schema": {"type": "string"},
    "description": "The ETag of an answer that is known: 304 says that it still holds.",
}


def _lines(name: str) -> dict[str, str]:
    return {
        "text/csv": f"A head and a row for each, with the properties of `{name}` as columns.",
        "application/x-ndjson": f"A `{name}` a line.",
    }


_FORMS: Final = {
    "/v1/sessions": _lines("SessionOut"),
    "/v1/invoices": _lines("InvoiceOut"),
    "/v1/invoices/{invoice}": {
        "application/pdf": "PDF/A-3, with the XML in it.",
        "text/html": "A page that needs nothing else.",
        "application/xml": "Cross Industry Invoice by EN 16931.",
    },
}
"""What an address answers beside JSON."""


def complete(found: Schema) -> None:
    """Adds what answers beside the endpoints; to every answer its headers and, from 400 on, its
    form; and examples."""
    found["components"]["schemas"] |= copy.deepcopy(_SCHEMAS | entitlement_schemas.SCHEMAS)
    for address, operation in entitlement_schemas.PATHS.items():
        found["paths"][address] = {"get": copy.deepcopy(operation)}
    found["paths"]["/v1/bots/{bot}/gate"] = {"get": copy.deepcopy(_GATE)}
    found["paths"]["/v1/events"] = {"post": copy.deepcopy(_DOOR)}
    for path in found["paths"].values():
        for operation in path.values():
            _describe(operation)
    for address, forms in _FORMS.items():
        whole = found["paths"][address]["get"]["responses"]["200"]["content"]
        whole |= {
            form: {"schema": {"type": "string", "description": words}}
            for form, words in forms.items()
        }
    refused = found["paths"]["/v1/events"]["post"]["responses"]["422"]
    refused["content"][_JSON] = {"schema": _named("EventsOut")}
    examples.add(found)


def _describe(operation: Schema) -> None:
    answers = {str(status): answer for status, answer in operation["responses"].items()}
    operation["responses"] = answers
    for status, answer in answers.items():
        answer["headers"] = _REQUEST_ID | _HEADERS.get(int(status), {})
        if int(status) >= 400:
            answer["content"] = {PROBLEM: {"schema": _named("ProblemOut")}}
    if "304" in answers:
        operation["parameters"] = [*operation.get("parameters", []), _KNOWN]
        for status in ("200", "304"):
            answers[status]["headers"] = answers[status]["headers"] | _ETAG
