"""Reads of workspaces, bots and keys."""

import hashlib
from collections.abc import Collection, Mapping

from django.db.models import Q

from quartermaster.core.errors import Refusal
from quartermaster.core.periods import FOREVER, Period
from quartermaster.core.plans.entitlements import SeatPolicy
from quartermaster.store.people.models import ApiKey, Bot, Member, SeatPolicySince, Workspace


class NotFound(Refusal):
    """There is nothing of this name here."""

    code = "not_found"
    kind = "missing"


def find_workspace(name: str) -> Workspace | None:
    """By name or public id."""
    return Workspace.objects.filter(Q(name=name) | Q(public_id=name)).first()


def get(workspace: int) -> Workspace:
    """By its internal id."""
    return Workspace.objects.get(id=workspace)


def get_workspace(name: str) -> Workspace:
    """By name or public id."""
    found = find_workspace(name)
    if found is None:
        raise NotFound(f"no workspace {name!r}", field="workspace")
    return found


def only_workspace() -> Workspace:
    """The one workspace of this installation."""
    found = list(Workspace.objects.order_by("id")[:2])
    if len(found) != 1:
        words = "there are several workspaces" if found else "there is no workspace yet"
        raise NotFound(f"{words}: name one with --workspace", field="workspace")
    return found[0]


def workspaces() -> list[Workspace]:
    """All there are."""
    return list(Workspace.objects.order_by("id"))


def running_workspaces() -> list[Workspace]:
    """Those whose clock goes with the world's."""
    return list(Workspace.objects.filter(frozen_at__isnull=True).order_by("id"))


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


def get_key(workspace: Workspace, name: str) -> ApiKey:
    """By public id, within the workspace."""
    found = ApiKey.objects.filter(workspace=workspace, public_id=name).first()
    if found is None:
        raise NotFound(f"no key {name!r} in this workspace", field="key")
    return found


def keys_of(workspace: Workspace) -> list[ApiKey]:
    """The workspace's keys: those that work, then the revoked, the latest of each first."""
    found = ApiKey.objects.filter(workspace=workspace).defer("digest").order_by("-id")
    return sorted(found, key=lambda key: key.revoked_at is not None)


def find_key(secret: str) -> ApiKey | None:
    """An API key that is not revoked, with its workspace."""
    digest = hashlib.sha256(secret.encode()).digest()
    key = ApiKey.objects.filter(digest=digest, revoked_at__isnull=True)
    return key.select_related("workspace").first()


def find_workspace_by_key(secret: str) -> Workspace | None:
    """The workspace of an unrevoked API key."""
    found = find_key(secret)
    return found.workspace if found else None


def bots_of(workspace: Workspace) -> list[Bot]:
    """The workspace's bots by name."""
    return list(Bot.objects.filter(workspace=workspace).order_by("name"))


def bots_by_id(bots: Collection[int]) -> list[Bot]:
    """By their internal ids, with their workspaces."""
    return list(Bot.objects.filter(id__in=bots).select_related("workspace").order_by("id"))


def find_workspace_of(user: int) -> Workspace | None:
    """The first workspace that has the user as a member."""
    found = Member.objects.filter(user_id=user).select_related("workspace").order_by("id").first()
    return found.workspace if found else None


def overage_times(workspace: int) -> list[Period]:
    """When agents beyond the seats that were bought are billed, in their order."""
    found = SeatPolicySince.objects.filter(workspace_id=workspace).order_by("since_at")
    told = list(found.values_list("policy", "since_at"))
    until = [*(since for _, since in told), FOREVER]
    return [
        Period(since, until[place])
        for place, (policy, since) in enumerate(told, 1)
        if policy == SeatPolicy.OVERAGE
    ]


def inactivity_seconds(bots: list[int]) -> Mapping[int, int]:
    """The inactivity time of each bot."""
    return dict(Bot.objects.filter(id__in=bots).values_list("id", "inactivity_seconds"))
