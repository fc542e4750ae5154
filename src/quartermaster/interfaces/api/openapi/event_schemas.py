"""Events as the OpenAPI document describes them (docs/reference/events.md)."""

from typing import Any, Final

Schema = dict[str, Any]
_TEXT: Final[Schema] = {
    "type": "string",
    "minLength": 1,
    "maxLength": 200,
    "pattern": "^[^\\u0000-\\u001f\\u007f-\\u009f]*$",
}
NULLABLE: Final[Schema] = {"type": ["string", "null"]}
_TEXTS: Final = ("user", "conversation", "channel", "agent", "product", "device")
_OWN: Final[Schema] = {
    "id": _TEXT | {"description": "Made by the client, unique in the workspace."},
    "type": _TEXT,
    "time": {
        "type": "string",
        "format": "date-time",
        "description": "With an offset; at most 5 minutes ahead and 35 days behind.",
    },
}
_FIELDS: Final[Schema] = {
    "bot": _TEXT | {"description": "Its name or public id."},
    **{name: {"anyOf": [_TEXT, {"type": "null"}]} for name in _TEXTS},
    "sender": NULLABLE,
    "developer": {"type": "boolean", "default": False, "description": "A test; never counted."},
}
_SENDER: Final[Schema] = {"enum": ["user", "bot", "agent"]}
_PRODUCT: Final[Schema] = {"enum": ["automation_ai", "search_ai", "contact_center_ai", "agent_ai"]}
_ABOUT: Final = [f"conversation.{what}" for what in ("transferred", "returned", "ended")]
_KINDS: Final[list[tuple[list[str], Schema]]] = [
    (["message"], {"user": _TEXT, "sender": _SENDER}),
    (_ABOUT, {"user": _TEXT}),
    (_ABOUT, {"conversation": _TEXT}),
    (["api.requested"], {}),
    (["alert.delivered", "notification.delivered"], {"user": _TEXT}),
    (["agent.logged_in", "agent.logged_out"], {"agent": _TEXT, "product": _PRODUCT}),
]
"""The types of events, and what each needs."""


def objects(properties: Schema, required: list[str]) -> Schema:
    """Objects with these properties."""
    return {"type": "object", "properties": properties, "required": required}


def _event(types: list[str], needs: Schema) -> Schema:
    own = {**_OWN, "type": {"enum": types}, **_FIELDS, **needs}
    return objects(own, ["id", "type", "time", "bot", *needs])


def _cloud_event(types: list[str], needs: Schema) -> Schema:
    own = {
        **_OWN,
        "subject": NULLABLE | {"description": "The bot, where `data` does not name it."},
        "type": {"enum": types},
        "specversion": {"const": "1.0"},
        "source": {"type": "string"},
        "data": objects({**_FIELDS, **needs}, ["bot", *needs]),
    }
    return objects(own, ["id", "type", "time", "specversion", "source", "data"])


EVENT: Final[Schema] = {"anyOf": [_event(*kind) for kind in _KINDS]}
CLOUD_EVENT: Final[Schema] = {"anyOf": [_cloud_event(*kind) for kind in _KINDS]}
