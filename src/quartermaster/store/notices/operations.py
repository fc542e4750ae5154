"""Writes of notices, in the transaction of what they are about and under the workspace's lock."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from quartermaster.store.notices.models import Key, Notice, Page, Recipient
from quartermaster.store.people.operations import public_id


@dataclass(frozen=True, slots=True)
class To:
    """Whom a notice is for. `email` as far as it is known; names of keys and commands are none."""

    workspace: int
    bot: int | None
    recipient: Recipient
    email: str = ""


@dataclass(frozen=True, slots=True)
class NewNotice:
    """What about, the public id of its cause (with more, where that may come again), and what is
    shown: values by label, and links by label, each with what its page is of."""

    key: Key
    cause: str
    to: To
    fields: Mapping[str, str]
    links: Mapping[str, tuple[Page, str]] = field(default_factory=dict)


def queue(new: NewNotice, at: datetime) -> bool:
    """It waits to be sent. Whether it is new: for the same cause it is queued once."""
    _, is_new = Notice.objects.get_or_create(
        key=new.key,
        cause=new.cause,
        defaults={
            "public_id": public_id("ntc"),
            "workspace_id": new.to.workspace,
            "bot_id": new.to.bot,
            "to": new.to.recipient,
            "email": new.to.email if "@" in new.to.email else "",
            "fields": [[label, value] for label, value in new.fields.items()],
            "links": [[label, page, of] for label, (page, of) in new.links.items()],
            "at": at,
        },
    )
    return is_new
