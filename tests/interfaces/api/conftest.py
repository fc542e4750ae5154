"""A workspace with a key, and a client that sends it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from quartermaster.usecases.people.create_key import create_key
from tests.books import NOW, Books, open_books, talk


@dataclass(frozen=True)
class Caller:
    """Asks the API with a key."""

    key: str
    client: Client

    def get(self, path: str, **query: Any) -> Any:
        """The response to a GET; `from_` is `from`."""
        return self.ask(path, {}, **query)

    def ask(self, path: str, headers: dict[str, str], **query: Any) -> Any:
        """The same, with more headers."""
        named = {name.rstrip("_"): value for name, value in query.items()}
        allowed = {"Authorization": f"Bearer {self.key}"}
        return self.client.get(f"/v1{path}", named, headers=allowed | headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        """The response to a POST; `idempotency_key` is a header."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        allowed = {"Authorization": f"Bearer {self.key}"} | named
        kind = "application/json"
        return self.client.post(f"/v1{path}", body or {}, content_type=kind, headers=allowed)

    def delete(self, path: str) -> Any:
        """The response to a DELETE."""
        return self.client.delete(f"/v1{path}", headers={"Authorization": f"Bearer {self.key}"})

    def put(self, path: str, body: Any) -> Any:
        """The response to a PUT."""
        allowed = {"Authorization": f"Bearer {self.key}"}
        kind = "application/json"
        return self.client.put(f"/v1{path}", body, content_type=kind, headers=allowed)

    def pages(self, path: str, noun: str, **query: Any) -> list[dict[str, Any]]:
        """All that a list holds, page by page."""
        found: list[dict[str, Any]] = []
        page = self.get(path, **query).json()
        while page["next_cursor"] is not None:
            assert len(page[noun]) == query["limit"]
            found += page[noun]
            page = self.get(path, **query, cursor=page["next_cursor"]).json()
        return found + page[noun]


def caller(books: Books) -> Caller:
    """One with a new key of this workspace."""
    return Caller(create_key(books.workspace, "api", NOW)[1], Client())


@pytest.fixture
def books(db: None, settings: Any) -> Books:
    settings.ROOT_URLCONF = "tests.interfaces.api.urls"
    return open_books("helpdesk", "bookings")


@pytest.fixture
def busy(books: Books) -> Books:
    """Sessions of two bots, by several users and channels, some of which begin at the same instant;
    the last of them are paid by free credit."""
    books.fund("helpdesk", 900_000)
    for day, channel in enumerate(("web", "=cmd", "voice")):
        start = NOW - timedelta(days=day + 1, hours=3)
        for user in ("ann", "+bob", "@cy"):
            talk_at = {"start": start, "user": user, "channel": channel}
            books.feed(talk("u0 b1 u16 u31", conversation=f"{user}-{day}", **talk_at))
    books.feed(talk("u0 b1", bot="bookings", start=NOW - timedelta(hours=2)))
    return books


@pytest.fixture
def api(books: Books) -> Caller:
    return caller(books)


def assert_problem(response: Any, status: int, code: str, field: str | None) -> None:
    """Problem details with everything in them."""
    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")
    found = response.json()
    assert (found["status"], found["code"], found["field"]) == (status, code, field)
    assert found["request_id"] == response["X-Request-Id"] != ""
    assert found["doc_url"] == found["type"] == f"docs/reference/errors.md#{code}"
    assert found["title"] == code.replace("_", " ")
    assert found["detail"]
