"""The one error that callers are told of."""


class Refusal(Exception):
    """An expected no. `status` is that of HTTP, `code` is stable, `field` names the input at
    fault where there is one."""

    def __init__(self, status: int, code: str, detail: str, field: str | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.field = field


def missing(what: str) -> Refusal:
    """There is no such thing here."""
    return Refusal(404, "not_found", f"there is no such {what}", "id")


def invalid(detail: str, field: str) -> Refusal:
    """An input that cannot be taken."""
    return Refusal(422, "invalid", detail, field)
