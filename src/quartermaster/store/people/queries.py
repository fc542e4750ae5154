"""Reads of workspaces, bots and keys."""

import hashlib
from collections.abc import Mapping

from django.db.models import Q

from quartermaster.core.errors import Refusal
from quartermaster.store.people.models import ApiKey, Bot, Workspace


class NotFound(Refusal):
    """There is nothing of this name here."""

    code = "not_found"
    kind = "missing"


def get_workspace(name: str) -> Workspace:
    """By name or public id."""
    found = Workspace.objects.filter(Q(name=name) | Q(public_id=name)).first()
    if found is None:
        raise NotFound(f"no workspace {name!r}", field="workspace")
    return found


def get_bot(workspace: Workspace, name: str) -> Bot:
    """By name or public id, within the workspace."""
    found = Bot.objects.filter(Q(name=name) | Q(public_id=name), workspace=workspace).first()
    if found is None:
        raise NotFound(f"no bot {name!r} in this workspace", field="bot")
    return found


def bot_names(workspace: Workspace) -> Mapping[str, int]:
    """Every name by which events may call a bot of the workspace, to its internal id."""
    bots = list(Bot.objects.filter(workspace=workspace).values_list("id", "name", "public_id"))
    return {name: bot for bot, *names in bots for name in names}


def find_workspace_by_key(secret: str) -> Workspace | None:
    """The workspace of an unrevoked API key."""
    digest = hashlib.sha256(secret.encode()).digest()
    key = ApiKey.objects.filter(digest=digest, revoked_at__isnull=True)
    found = key.select_related("workspace").first()
    return found.workspace if found else None


def inactivity_seconds(bots: list[int]) -> Mapping[int, int]:
    """The inactivity time of each bot."""
    return dict(Bot.objects.filter(id__in=bots).values_list("id", "inactivity_seconds"))
