"""What door and gate say when they do not take a request: problem details (RFC 9457)."""

from dataclasses import dataclass

import msgspec

DOCS = "docs/reference/errors.md#"


@dataclass(frozen=True, slots=True)
class Problem(Exception):
    """A request that is refused as a whole. `retry_after` in seconds where a retry may help;
    `allow` is the method to use."""

    status: int
    code: str
    reason: str
    field: str | None = None
    retry_after: int | None = None
    allow: str | None = None

    def body(self, request_id: str) -> bytes:
        """As application/problem+json."""
        return msgspec.json.encode(
            {
                "type": f"{DOCS}{self.code}",
                "title": self.code.replace("_", " "),
                "status": self.status,
                "detail": self.reason,
                "code": self.code,
                "field": self.field,
                "request_id": request_id,
                "doc_url": f"{DOCS}{self.code}",
            }
        )
