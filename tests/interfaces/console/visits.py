"""Browsers of members, what they read on a page, and what it asks the database."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from typing import Any
from unittest import mock

import psycopg
from django.test import Client

from quartermaster.store.people.models import Member, Role, User
from tests.books import Books


def signed_in(books: Books) -> Client:
    """A browser in which an owner of the workspace is signed in, though without a password: one
    takes its time to be hashed."""
    user = User.objects.create(email=f"{books.workspace.name}@example.com")
    Member.objects.create(workspace=books.workspace, user=user, role=Role.OWNER)
    client = Client(HTTP_ACCEPT_LANGUAGE="en-US")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def read(client: Client, address: str, status: int = 200, **query: Any) -> str:
    """The page at an address, with single spaces for all that browsers take as one."""
    response = client.get(address, query)
    assert response.status_code == status, response.content.decode()[:2000]
    return re.sub(r"\s+", " ", response.content.decode()).replace(" >", ">")


def tiles(page: str) -> dict[str, str]:
    """The figures at the top by their names."""
    form = r'<span class="name">(.*?)</span>\s*<span class="value">(.*?)</span>'
    return {name: text(value) for name, value in re.findall(form, page, flags=re.S)}


def rows(page: str, title: str) -> list[list[str]]:
    """The cells of the table below a heading, the head's row left out."""
    after = page.partition(f">{title}</h2>")[2].partition("</table>")[0]
    return _cells(after.partition("<tbody>")[2])


def named_rows(page: str) -> dict[str, list[str]]:
    """The rows of all tables by their first cell: the other cells."""
    return {row[0]: row[1:] for row in _cells(page)}


def _cells(html: str) -> list[list[str]]:
    found = re.findall(r"<tr\b[^>]*>(.*?)</tr>", html, flags=re.S)
    return [
        [text(cell) for cell in re.findall(r"<t[hd].*?>(.*?)</t[hd]>", row, re.S)] for row in found
    ]


def wrong(page: str) -> list[str]:
    """What is said to be wrong."""
    return [text(words) for words in re.findall(r'<p class="wrong".*?>(.*?)</p>', page, re.S)]


def text(html: str) -> str:
    """What people see of it."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def value(page: str, name: str) -> Any:
    """What an input of a form holds."""
    found = re.search(rf'<input[^>]*name="{name}"[^>]*>', page)
    assert found, name
    held = re.search(r'value="(.*?)"', found[0])
    return unescape(held[1]) if held else None


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
