"""A workspace to look at: bots, credit and a month of events."""

import uuid
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Final

from django.db import transaction

from quartermaster.core.usage import events
from quartermaster.core.usage.events import Event, Submission, Window
from quartermaster.core.usage.sessions import DEFAULT_INACTIVITY_SECONDS
from quartermaster.store.people import queries as people
from quartermaster.store.people.models import Workspace
from quartermaster.store.wallets.operations import Grant
from quartermaster.usecases.credits.grant_credits import grant_credits
from quartermaster.usecases.people.create_bot import create_bot
from quartermaster.usecases.people.create_workspace import FreeCredit, create_workspace
from quartermaster.usecases.ports import EventLog

_BATCH_EVENTS: Final = 2_000


def open_demo(
    log: EventLog, name: str, paid_micro: Mapping[str, int], month: Iterable[Event], at: datetime
) -> Workspace | None:
    """Makes the workspace with a bot and paid credit for each entry of `paid_micro`, and appends
    the events: all in one transaction, and only once. None if it is there already."""
    with transaction.atomic():
        if people.find_workspace(name) is not None:
            return None
        workspace = create_workspace(name, "UTC", FreeCredit(), at)
        for bot_name, amount in paid_micro.items():
            bot = create_bot(workspace, bot_name, DEFAULT_INACTIVITY_SECONDS, at)
            if amount:
                grant_credits(Grant(workspace.id, amount, uuid.uuid4(), bot.id), at)
        bots = people.bot_names(workspace)
        for number, batch in enumerate(_batches(month)):
            accepted, rejected = events.accept(batch, Window.around(at), bots)
            log.append(Submission(workspace.id, f"demo:{number}", at, accepted, rejected))
        return workspace


def _batches(month: Iterable[Event]) -> Iterator[list[tuple[int, Event]]]:
    rest = iter(month)
    while batch := list(islice(rest, _BATCH_EVENTS)):
        yield list(enumerate(batch))
