"""Workspaces, their bots, keys and members."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models

from quartermaster.core.plans.entitlements import SeatPolicy


class WorkspacePlan(models.TextChoices):
    """`STANDARD` pays from prepaid credits, `ENTERPRISE` by contract."""

    STANDARD = "standard"
    ENTERPRISE = "enterprise"


class Workspace(models.Model):
    """A tenant. The clock of one for tests stands at `frozen_at` once it was frozen, and is moved
    on; all others go with the world's."""

    public_id = models.TextField(unique=True)
    name = models.TextField(unique=True)
    plan = models.TextField(choices=WorkspacePlan, default=WorkspacePlan.STANDARD)
    time_zone = models.TextField(default="UTC")
    currency = models.CharField(max_length=3, default="USD")
    is_free_first = models.BooleanField(default=False)
    is_test = models.BooleanField(default=False)
    frozen_at = models.DateTimeField(null=True)
    seat_policy = models.TextField(
        choices=[(policy, policy) for policy in SeatPolicy], default=SeatPolicy.REFUSE
    )
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="workspace_plan_known", condition=models.Q(plan__in=WorkspacePlan.values)
            ),
            models.CheckConstraint(
                name="workspace_frozen_for_tests",
                condition=models.Q(frozen_at__isnull=True) | models.Q(is_test=True),
            ),
            models.CheckConstraint(
                name="workspace_seat_policy_known",
                condition=models.Q(seat_policy__in=list(SeatPolicy)),
            ),
        ]


class SeatPolicySince(models.Model):
    """A workspace's seat policy from an instant on, until the next one. A workspace that has none
    refuses; its row knows the last one."""

    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT)
    policy = models.TextField(choices=[(policy, policy) for policy in SeatPolicy])
    since_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="seat_policy_once", fields=["workspace", "since_at"])
        ]


class Bot(models.Model):
    """A virtual assistant. Events may name it by `name` or `public_id`."""

    public_id = models.TextField(unique=True)
    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT)
    name = models.TextField()
    inactivity_seconds = models.IntegerField()
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="bot_name_once", fields=["workspace", "name"]),
            models.CheckConstraint(
                name="bot_inactivity_bounds",
                condition=models.Q(inactivity_seconds__range=(300, 14 * 86_400)),
            ),
        ]


class ApiKey(models.Model):
    """A bearer key of one workspace; only its SHA-256 is kept."""

    public_id = models.TextField(unique=True)
    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT)
    name = models.TextField()
    digest = models.BinaryField(unique=True)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)


class Users(BaseUserManager["User"]):
    """Makes users by e-mail."""

    def create_user(self, email: str, password: str | None = None, **extra: Any) -> "User":
        """A user who signs in with `email`; without a password none will do."""
        user = self.model(email=self.normalize_email(email), **extra)
        user.set_password(password)
        user.save()
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in."""

    email = models.EmailField(unique=True)
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "email"
    objects = Users()


class Role(models.TextChoices):
    """What a member may do in a workspace."""

    OWNER = "workspace_owner"
    ADMIN = "workspace_admin"


class Member(models.Model):
    """A user's place in a workspace."""

    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT)
    user = models.ForeignKey(User, on_delete=models.PROTECT)
    role = models.TextField(choices=Role)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="member_once", fields=["workspace", "user"])
        ]
