"""Browsers of members, and what they read on a page."""

import re
from html import unescape
from typing import Any

from django.test import Client

from quartermaster.store.people.models import Member, Role, User
from tests.books import Books


def signed_in(books: Books) -> Client:
    """A browser in which an owner of the workspace is signed in, though without a password: one
    takes its time to be hashed."""
    user = User.objects.create(email=f"{books.workspace.name}@example.com")
    Member.objects.create(workspace=books.workspace, user=user, role=Role.OWNER)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def read(client: Client, address: str) -> str:
    """The page at an address, with single spaces for all that browsers take as one."""
    response = client.get(address)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def tiles(page: str) -> dict[str, str]:
    """The figures at the top by their names."""
    form = r'<span class="name">(.*?)</span>\s*<span class="value">(.*?)</span>'
    return {name: text(value) for name, value in re.findall(form, page, flags=re.S)}


def rows(page: str, title: str) -> list[list[str]]:
    """The cells of the table below a heading, the head's row left out."""
    after = page.partition(f">{title}</h2>")[2].partition("</table>")[0]
    found = re.findall(r"<tr>(.*?)</tr>", after.partition("<tbody>")[2], flags=re.S)
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
