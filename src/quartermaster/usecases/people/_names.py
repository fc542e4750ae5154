"""What a workspace, a bot or a key may be called."""

from quartermaster.core.errors import Refusal
from quartermaster.core.usage.events import TEXT_LIMIT


class BadName(Refusal):
    """A name has 1 to 200 printable characters, and no space around it."""

    code = "bad_name"
    kind = "invalid"


def require_name(name: str) -> None:
    """Refuses what is no name."""
    if not (0 < len(name) <= TEXT_LIMIT and name.isprintable() and name == name.strip()):
        raise BadName(field="name")
