"""A member's browser, what a page says (tiles, tables, words), and what it asks the database."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from typing import Any
from unittest import mock

import psycopg
from django.test import Client

from quartermaster.usecases.people.add_owner import add_owner
from tests.books import Books

EMAIL, PASSWORD = "ann@example.com", "correct horse battery"


def signed_in(books: Books) -> Client:
    """A browser in which an owner of the workspace has signed in."""
    add_owner(books.workspace, EMAIL, PASSWORD)
    client = Client(HTTP_ACCEPT_LANGUAGE="en-US")
    assert client.post("/sign-in", {"login": EMAIL, "password": PASSWORD}).status_code == 302
    return client


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.words: list[str] = []
        self._cell: list[str] | None = None

    def handle_starttag(self, tag: str, attributes: Any) -> None:
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self._cell = []

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th") and self._cell is not None:
            self.rows[-1].append(" ".join("".join(self._cell).split()))
            self._cell = None

    def handle_data(self, text: str) -> None:
        self.words.append(text)
        if self._cell is not None:
            self._cell.append(text)


def page(client: Client, address: str, status: int = 200, **query: Any) -> str:
    """A page's HTML, however its lines are broken."""
    response = client.get(address, query)
    assert response.status_code == status, response.content.decode()[:2000]
    return re.sub(r"\s+", " ", response.content.decode()).replace(" >", ">")


def rows(html: str) -> dict[str, list[str]]:
    """The rows of all tables by their first cell: the other cells."""
    text = _Text()
    text.feed(html)
    return {row[0]: row[1:] for row in text.rows if row}


def words(html: str) -> str:
    """All text with single spaces."""
    text = _Text()
    text.feed(html)
    return " ".join(" ".join(text.words).split())


def tiles(html: str) -> dict[str, str]:
    """The figures at the top of a page by their names."""
    found = re.findall(
        r'class="name">(.*?)</span>\s*<span class="value">(.*?)</span>', html, flags=re.S
    )
    return {name: " ".join(words(value).split()) for name, value in found}


_PLUMBING = ("SAVEPOINT", "RELEASE", "SET ", "BEGIN", "COMMIT", "ROLLBACK")


@contextmanager
def at_most(count: int) -> Iterator[None]:
    """Fails if more is asked; what opens and ends transactions is no question. The driver is
    listened to, for reads go past Django's own cursors, which Django's counting does not see."""
    asked: list[str] = []
    execute = psycopg.Cursor.execute

    def counted(self: Any, query: Any, *words: Any, **named: Any) -> Any:
        if not str(query).upper().startswith(_PLUMBING):
            asked.append(" ".join(str(query).split())[:160])
        return execute(self, query, *words, **named)

    with mock.patch.object(psycopg.Cursor, "execute", counted):
        yield
    assert asked, "nothing was counted"
    assert len(asked) <= count, f"{len(asked)} queries:\n" + "\n".join(asked)
