"""A member's browser, and what a page says: tiles, tables, words."""

import re
from html.parser import HTMLParser
from typing import Any

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
