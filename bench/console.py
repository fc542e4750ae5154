"""Whole pages of the console, from the request to the last byte, without the network."""

import quartermaster.conf.ready  # noqa: F401  # isort: skip

from collections.abc import Callable
from functools import partial

from django.test import Client

from bench.figures import Figure, median_seconds
from quartermaster.core.formats import public_ids
from quartermaster.core.formats.public_ids import Name
from quartermaster.store.people.models import Bot, Member, Role, User, Workspace

TARGET_MS = 100
_TIMES = 9


def figures(workspace: Workspace, session: int, note: str) -> list[Figure]:
    """Each page as a member of the workspace gets it; medians."""
    client = _signed_in(workspace)
    bot = Bot.objects.filter(workspace=workspace).order_by("id")[7]
    addresses = {
        "overview": "/",
        "usage, 30 days": "/usage",
        "usage, 90 days": "/usage?range=90d",
        "usage by bot": "/usage?by=bot",
        "sessions": "/sessions",
        "sessions of a bot, 90 days": f"/sessions?range=90d&bot={bot.name}",
        "a session": f"/sessions/{public_ids.of(Name.SESSION, session)}",
        "a charge explained": f"/explain/{public_ids.of(Name.CHARGE, session)}",
        "wallets": "/wallets",
        "a wallet": f"/wallets/{bot.public_id}",
        "seats": "/seats",
        "events": "/events",
        "API keys": "/keys",
    }
    found = []
    for name, address in addresses.items():
        act: Callable[[], None] = partial(_ask, client, address)
        act()
        milliseconds = median_seconds(act, _TIMES) * 1000
        found.append(
            Figure(f"page: {name}", milliseconds, "ms", TARGET_MS, is_most=True, note=note)
        )
    return found


def _signed_in(workspace: Workspace) -> Client:
    user = User.objects.create(email=f"{workspace.public_id}@example.com")
    Member.objects.create(workspace=workspace, user=user, role=Role.OWNER)
    client = Client(SERVER_NAME="localhost")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _ask(client: Client, address: str) -> None:
    status = client.get(address).status_code
    assert status == 200, f"{address}: {status}"
