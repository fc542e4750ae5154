"""What the document says of entitlements, which answer beside the other endpoints."""

from typing import Any, Final

from quartermaster.interfaces.api.openapi.event_schemas import NULLABLE, Schema, objects

_PRODUCTS: Final = {"enum": ["automation_ai", "search_ai", "contact_center_ai", "agent_ai"]}
_TEXT: Final = {"type": "string"}
_YES: Final = {"type": "boolean"}
_COUNT: Final = {"type": "integer"}
_PERHAPS: Final = {"type": ["integer", "null"]}
_LIMIT: Final[Schema] = {
    "name": _TEXT,
    "limit": _PERHAPS | {"description": "Null: nothing limits it."},
    "used": _COUNT,
    "left": _PERHAPS,
    "is_exceeded": _YES,
}
_GIVEN: Final[Schema] = {
    "name": _TEXT,
    "is_given": _YES,
    "given_by": NULLABLE | {"description": "The key of the offer."},
}
_SEATS: Final[Schema] = {
    "kind": {"enum": ["named", "concurrent", None]},
    "bought": _PERHAPS | {"description": "Null: not limited."},
    "used": _COUNT,
    "left": _PERHAPS,
    "policy": {"enum": ["refuse", "overage"]},
    "is_exceeded": _YES,
}
_PLAN: Final[Schema] = {"key": _TEXT, "title": _TEXT, "is_trial": _YES}


def _whole(fields: Schema) -> Schema:
    return objects(fields, list(fields))


def _several(fields: Schema) -> Schema:
    return {"type": "array", "items": _whole(fields)}


def _or_null(fields: Schema) -> Schema:
    return {"anyOf": [_whole(fields), {"type": "null"}]}


_PRODUCT: Final[Schema] = {
    "product": _PRODUCTS,
    "plan": _or_null(_PLAN) | {"description": "Null: usage is paid as it goes."},
    "limits": _several(_LIMIT),
    "features": _several(_GIVEN),
    "add_ons": _several(_GIVEN),
    "seats": _or_null(_SEATS) | {"description": "Null: no agents work in the product."},
}
_ONE: Final[Schema] = {
    "bot": _TEXT,
    "product": _PRODUCTS,
    "name": _TEXT,
    "kind": {"enum": ["limit", "feature", "add_on"]},
    "may_use": _YES | {"description": "Something of the limit is left, or the rest is given."},
    "limit": _PERHAPS,
    "used": _PERHAPS | {"description": "Null but for limits."},
    "left": _PERHAPS,
    "is_exceeded": _YES,
    "given_by": NULLABLE,
}
SCHEMAS: Final[Schema] = {
    "EntitlementsOut": _whole(
        {"bot": _TEXT, "support": NULLABLE, "products": _several(_PRODUCT)},
    ),
    "EntitlementOut": _whole(_ONE),
}


def _path(name: str, words: str) -> Schema:
    schema = {"type": "string", "minLength": 1}
    return {"in": "path", "name": name, "required": True, "schema": schema, "description": words}


_BOT: Final = _path("bot", "Its name or public id.")
_REQUEST: Final = {"in": "header", "name": "X-Request-Id", "schema": _TEXT}
_ASKED: Final = {"in": "query", "name": "product", "required": True, "schema": _PRODUCTS}


def _get(name: str, summary: str, answer: str, more: dict[str, Any], *given: Schema) -> Schema:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{answer}"}}}
    return {
        "operationId": name,
        "summary": summary,
        "description": "Who is there of the agents is up to five seconds old; all else is of now.",
        "parameters": [*given, _REQUEST],
        "responses": {
            "200": {"description": "As it is.", "content": content},
            "304": {"description": "What is known still holds."},
            "401": {"description": "There is no key, or it is not known, or revoked."},
            "404": {"description": "The key's workspace has no such bot."},
            "405": {"description": "The address takes GET only."},
            "503": {"description": "The database did not answer; ask again."},
        }
        | more,
        "security": [{"ApiKeyAuth": []}],
    }


_NO_NAME: Final = {
    "404": {"description": "There is no such bot, or the product has nothing of this name."},
    "422": {"description": "There is no such product."},
}
PATHS: Final[Schema] = {
    "/v1/bots/{bot}/entitlements": _get(
        "list_entitlements", "What a bot may use", "EntitlementsOut", {}, _BOT
    ),
    "/v1/bots/{bot}/entitlements/{name}": _get(
        "ask_entitlement",
        "May it use this?",
        "EntitlementOut",
        _NO_NAME,
        _BOT,
        _path("name", "That of a limit, feature or add-on."),
        _ASKED,
    ),
}
"""Each has a GET."""
