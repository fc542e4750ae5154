"""What to do about each reason for which an event is refused (docs/reference/errors.md)."""

from typing import Final

OF: Final = {
    "missing": "Send the field that is named; the event's type needs it.",
    "wrong_type": "Send the field in its own type: text as text, developer as true or false.",
    "malformed_json": "Send JSON in UTF-8, one event in each line or element.",
    "invalid_time": "Write times as in 2026-01-31T09:30:00Z.",
    "time_without_offset": "Add Z or an offset such as +02:00 to the time.",
    "in_the_future": "Set the client's clock right, then send the event again.",
    "too_late": "Send events within 35 days, or have the operator import older ones.",
    "too_old": "Leave it: the events of its month are archived, and it may be among them.",
    "unknown_bot": "Mend the bot's name, or make the bot: quartermaster bot create NAME.",
    "unknown_type": "Use one of the types that the reason lists.",
    "unknown_sender": "Send user, bot or agent as the sender.",
    "unknown_product": "Use one of the products that the reason lists.",
    "empty": "Leave the field out where there is nothing to say.",
    "too_long": "Shorten the field to 200 characters.",
    "bad_character": "Take control characters and broken Unicode out of the field.",
    "conflicting_duplicate": "Give each event an id of its own; the first one stands.",
    "unknown_direction": "Write inbound for the user and outbound for the bot.",
    "wrong_columns": "Give the row as many cells as the header has; look for an unclosed quote.",
}
ELSE: Final = "Mend what the reason names, then send the event again; the id may stay."


def find(code: str) -> str:
    """One sentence, in the imperative."""
    return OF.get(code, ELSE)
