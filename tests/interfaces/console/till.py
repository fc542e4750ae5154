"""What members order and pay on the console's pages, and what they read there."""

import re
import uuid
from typing import Any

from django.test import Client

from quartermaster.usecases.orders.placing.add_funds import Funds, add_funds
from tests.books import NOW, Books
from tests.fakes.provider import Provider
from tests.interfaces.console import urls
from tests.interfaces.console.visits import text


def fresh_provider() -> Provider:
    """Who takes cards and PayPal on the pages, without a past."""
    vars(urls.PROVIDER).update(vars(Provider(at=NOW)))
    return urls.PROVIDER


def order(books: Books, amount_minor: int = 15_050, is_draft: bool = False) -> str:
    """Credit; the order's public id."""
    wanted = Funds(books.bots["helpdesk"], amount_minor, "buyer@example.com", is_draft)
    return add_funds(wanted, uuid.uuid4(), NOW).public_id


def act(client: Client, name: str, what: str, **sent: str) -> Any:
    """One of an order's forms is sent."""
    return client.post(f"/orders/{name}/{what}", sent)


def leave(client: Client, name: str, way: str = "paypal", **sent: str) -> str:
    """Off to the provider's page; what the provider calls its payment."""
    answer = act(client, name, "pay", way=way, **sent)
    assert answer.status_code == 200
    found = re.search(
        r'<meta http-equiv="refresh" content="0; url=(.*?)">', answer.content.decode()
    )
    assert found
    return found[1].rpartition("/")[2]


def badge(page: str) -> str:
    """The state beside the title."""
    found = re.search(r'<h1>.*?<span\s+class="badge-word \w+">(.*?)</span>', page, re.S)
    assert found
    return text(found[1])


def buttons(page: str) -> list[str]:
    """What can be pressed, in its order."""
    return [
        text(one) for one in re.findall(r"<button[^>]*>(.*?)</button>", page.partition("<main")[2])
    ]
