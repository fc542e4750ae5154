"""The two ways in which a rule can say no."""

from typing import ClassVar, Literal

Kind = Literal["invalid", "missing", "conflict", "refused", "gone", "limited"]


class Refusal(Exception):
    """An expected no. Subclass it beside the function that raises it and name it by the fact.

    The subclass's docstring is the default message; `code` is stable and part of the API;
    `field` names the input at fault, where there is one.
    """

    code: ClassVar[str] = "refused"
    kind: ClassVar[Kind] = "refused"

    def __init__(self, message: str = "", *, field: str | None = None) -> None:
        super().__init__(message or (type(self).__doc__ or self.code).strip())
        self.field = field


class InvariantBroken(Exception):
    """Something that the rules make impossible has happened. Never caught."""
