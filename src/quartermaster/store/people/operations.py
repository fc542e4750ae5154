"""Writes of workspaces, bots, keys and members."""

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import OperationalError, transaction

from quartermaster.core.errors import Refusal
from quartermaster.core.plans.entitlements import SeatPolicy
from quartermaster.store import sql
from quartermaster.store.people.models import (
    ApiKey,
    Bot,
    Member,
    Role,
    SeatPolicySince,
    User,
    Workspace,
    WorkspacePlan,
)

_SQL = sql.Queries(__package__)
_LOCK_TIMEOUT: Final = "55P03"
_PATIENCE: Final = "5s"


class NameTaken(Refusal):
    """This name is in use already; choose another."""

    code = "name_taken"
    kind = "conflict"


class ClockBusy(Refusal):
    """Somebody else moves this clock on; ask again when they are done."""

    code = "clock_busy"
    kind = "conflict"


@dataclass(frozen=True, slots=True)
class Locked:
    """What the books of a workspace need to know of it, while its row is held."""

    workspace: int
    is_contract: bool
    is_free_first: bool
    is_test: bool
    frozen_at: datetime | None


def public_id(prefix: str) -> str:
    """A new id such as `bot_3f9a…`: 80 random bits."""
    return f"{prefix}_{secrets.token_hex(10)}"


def lock_workspace(workspace: int) -> Locked:
    """Holds the workspace's row to the end of the caller's transaction."""
    return Locked(*sql.rows(_SQL["lock_workspace"], workspace=workspace)[0])


def try_lock_workspace(workspace: int) -> Locked | None:
    """The same; None at once if another transaction holds it."""
    found = sql.rows(_SQL["try_lock_workspace"], workspace=workspace)
    return Locked(*found[0]) if found else None


def set_clock(workspace: int, at: datetime) -> None:
    """The clock of a test workspace stands at this instant, which is not before the last one. Takes
    the workspace's lock, which is that of the row."""
    Workspace.objects.filter(id=workspace).update(frozen_at=at)


@contextmanager
def advancing(workspace: int) -> Iterator[None]:
    """Nobody else moves the workspace's clock on until the end. Who does is waited for; ClockBusy
    after five seconds.

    A lock of the connection, across transactions: it goes with the connection.
    """
    try:
        with transaction.atomic():
            sql.rows(_SQL["begin_advance"], workspace=workspace, patience=_PATIENCE)
    except OperationalError as failure:
        if getattr(failure.__cause__, "sqlstate", None) != _LOCK_TIMEOUT:
            raise
        raise ClockBusy from None
    try:
        yield
    finally:
        sql.rows(_SQL["end_advance"], workspace=workspace)


def add_workspace(name: str, time_zone: str, at: datetime, is_test: bool = False) -> Workspace:
    """A new standard workspace."""
    workspace = Workspace(
        public_id=public_id("ws"),
        name=name,
        time_zone=time_zone,
        is_test=is_test,
        created_at=at,
    )
    Workspace.objects.bulk_create([workspace], ignore_conflicts=True)
    made = Workspace.objects.filter(public_id=workspace.public_id).first()
    if made is None:
        raise NameTaken(f"a workspace named {name!r} exists already", field="name")
    return made


def set_seat_policy(workspace: int, policy: SeatPolicy, at: datetime) -> None:
    """From now on. The caller holds the workspace's row."""
    Workspace.objects.filter(id=workspace).update(seat_policy=policy)
    SeatPolicySince.objects.update_or_create(
        workspace_id=workspace, since_at=at, defaults={"policy": policy}
    )


def invoice_by_contract(workspace: int) -> None:
    """From now on usage takes no credit. The caller holds the workspace's row."""
    Workspace.objects.filter(id=workspace).update(plan=WorkspacePlan.ENTERPRISE)


def add_bot(workspace: Workspace, name: str, inactivity_seconds: int, at: datetime) -> Bot:
    """A new bot of the workspace."""
    if Bot.objects.filter(workspace=workspace, name=name).exists():
        raise NameTaken(f"this workspace has a bot named {name!r} already", field="name")
    return Bot.objects.create(
        public_id=public_id("bot"),
        workspace=workspace,
        name=name,
        inactivity_seconds=inactivity_seconds,
        created_at=at,
    )


def add_key(workspace: Workspace, name: str, at: datetime) -> tuple[ApiKey, str]:
    """A new API key and its secret, which is not kept and cannot be shown again."""
    secret = f"qm_{secrets.token_urlsafe(24)}"
    key = ApiKey.objects.create(
        public_id=public_id("key"),
        workspace=workspace,
        name=name,
        digest=hashlib.sha256(secret.encode()).digest(),
        created_at=at,
    )
    return key, secret


def revoke_key(key: ApiKey, at: datetime) -> None:
    """From now on the key opens nothing; revoking it again changes nothing."""
    ApiKey.objects.filter(id=key.id, revoked_at__isnull=True).update(revoked_at=at)


def add_member(workspace: Workspace, email: str, password: str, role: Role) -> User:
    """A user with this e-mail and password as a member."""
    user = User.objects.filter(email=email).first() or User(email=email)
    user.set_password(password)
    user.save()
    Member.objects.get_or_create(workspace=workspace, user=user, defaults={"role": role})
    return user
