"""A workspace with a key, and a client that sends it."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from quartermaster.usecases.people.create_key import create_key
from tests.books import NOW, Books, open_books


@dataclass(frozen=True)
class Caller:
    """Asks the API with a key."""

    key: str
    client: Client

    def get(self, path: str, **query: Any) -> Any:
        """The response to a GET."""
        return self.client.get(f"/v1{path}", query, headers={"Authorization": f"Bearer {self.key}"})


def caller(books: Books) -> Caller:
    """One with a new key of this workspace."""
    return Caller(create_key(books.workspace, "api", NOW)[1], Client())


@pytest.fixture
def books(db: None, settings: Any) -> Books:
    settings.ROOT_URLCONF = "tests.interfaces.api.urls"
    return open_books("helpdesk", "bookings")


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
