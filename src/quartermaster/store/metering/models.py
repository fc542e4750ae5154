"""Events and what is made of them: threads, conversations, sessions, roll-ups."""

from typing import ClassVar

from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from quartermaster.store.catalog.models import UNIT_CHOICES
from quartermaster.store.sql.fields import LabelField


class EventBatch(models.Model):
    """One accepted request: a row of the event log. `body` goes when the meter is done with it."""

    workspace = models.ForeignKey("people.Workspace", on_delete=models.PROTECT, db_index=False)
    request_id = models.TextField()
    received_at = models.DateTimeField()
    event_count = models.IntegerField()
    rejected_count = models.IntegerField()
    body = models.BinaryField(null=True)
    done_at = models.DateTimeField(null=True)
    stored_count = models.IntegerField(null=True)
    duplicate_count = models.IntegerField(null=True)
    conflict_count = models.IntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="event_batch_accounts_for_all",
                condition=models.Q(done_at__isnull=True)
                | models.Q(
                    event_count=models.F("stored_count")
                    + models.F("duplicate_count")
                    + models.F("conflict_count")
                ),
            ),
            models.CheckConstraint(
                name="event_batch_body_until_done",
                condition=models.Q(done_at__isnull=True) ^ models.Q(body__isnull=True),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                name="event_batch_pending",
                fields=["workspace", "id"],
                condition=models.Q(done_at__isnull=True),
            ),
            models.Index(name="event_batch_request", fields=["workspace", "request_id"]),
            # In order of time by themselves: which stretches of the table to look into.
            BrinIndex(
                name="event_batch_when",
                fields=["received_at", "workspace"],
                opclasses=["timestamptz_minmax_ops", "int8_minmax_multi_ops"],
                pages_per_range=16,
                autosummarize=True,
            ),
        ]


class Rejection(models.Model):
    """An event that was not accepted, or whose id stood for another; kept to be mended."""

    workspace = models.ForeignKey("people.Workspace", on_delete=models.PROTECT, db_index=False)
    request_id = models.TextField()
    index = models.IntegerField()
    event_id = models.TextField(null=True)
    code = models.TextField()
    reason = models.TextField()
    field = models.TextField(null=True)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(name="rejection_latest", fields=["workspace", "-id"])]


class Channel(models.Model):
    """A channel's name; one short number wherever it is needed."""

    id = models.AutoField(primary_key=True)
    name = models.TextField(unique=True)


class Thread(models.Model):
    """What events are grouped by before anything is counted.

    By kind: a (bot, conversation), a (bot, channel, user), an agent's presence
    (bot, product, agent, device), or a bot's plain counts. `key` is a hash of those words.
    """

    class Kind(models.IntegerChoices):
        """What the key is made of."""

        CONVERSATION = 1
        USER = 2
        PRESENCE = 3
        COUNT = 4

    key = models.UUIDField(unique=True)
    bot = models.ForeignKey("people.Bot", on_delete=models.PROTECT, db_index=False)
    kind = models.SmallIntegerField(choices=Kind)
    conversation = models.TextField(null=True)
    user = models.TextField(null=True)
    product = models.TextField(null=True)
    agent = models.TextField(null=True)
    device = models.TextField(null=True)
    is_steering = models.BooleanField(default=False)
    """It has no channel and got controls: they go to all threads of its bot and user."""

    class Meta:
        indexes: ClassVar = [
            models.Index(
                name="thread_user", fields=["bot", "user"], condition=models.Q(kind__in=(1, 2))
            ),
            models.Index(
                name="thread_steering",
                fields=["bot", "user"],
                condition=models.Q(is_steering=True),
            ),
            models.Index(
                name="thread_presence",
                fields=["bot", "product"],
                condition=models.Q(kind=3),
            ),
        ]


class Event(models.Model):
    """An accepted event, once. `key` is a hash of workspace and id, `content` one of the rest."""

    key = models.UUIDField(primary_key=True)
    content = models.BigIntegerField()
    thread = models.ForeignKey(
        Thread, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    at = models.DateTimeField()
    channel = models.ForeignKey(
        Channel, on_delete=models.PROTECT, null=True, db_index=False, db_constraint=False
    )
    kind = models.SmallIntegerField()

    class Meta:
        # By thread alone: PostgreSQL folds equal keys together, a quarter of the bytes of
        # (thread, at), and whoever cuts a thread again reads most of it anyhow. Log-ins, which are
        # few, by time too: of an agent's years some hours are read.
        indexes: ClassVar = [
            models.Index(name="event_thread", fields=["thread"]),
            models.Index(
                name="event_login",
                fields=["at"],
                include=["thread", "kind"],
                condition=models.Q(kind__in=(20, 21)),
            ),
        ]


class Conversation(models.Model):
    """A conversation and, in a thread's latest one, the state from which cutting goes on."""

    pk = models.CompositePrimaryKey("thread_id", "start_at")
    thread = models.ForeignKey(
        Thread, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    start_at = models.DateTimeField()
    end_at = models.DateTimeField()
    anchor_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField()
    messages = models.IntegerField()
    block = models.IntegerField()
    voice_block = models.IntegerField()
    is_transferred_at_start = models.BooleanField()
    is_transferred = models.BooleanField()
    is_closed = models.BooleanField()
    is_pending = models.BooleanField()


class Correction(models.Model):
    """Late events re-cut a thread: how many sessions stood before and after."""

    thread = models.ForeignKey(Thread, on_delete=models.PROTECT)
    from_at = models.DateTimeField()
    before = models.IntegerField()
    after = models.IntegerField()
    at = models.DateTimeField()


class Session(models.Model):
    """A billing or voice session. One that a correction took back keeps its row."""

    bot = models.ForeignKey(
        "people.Bot", on_delete=models.PROTECT, db_index=False, db_constraint=False
    )
    thread = models.ForeignKey(
        Thread, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    conversation_start_at = models.DateTimeField()
    unit = LabelField(type_name="usage_unit", choices=UNIT_CHOICES)
    start_at = models.DateTimeField()
    channel = models.ForeignKey(
        Channel, on_delete=models.PROTECT, null=True, db_index=False, db_constraint=False
    )
    made_by = models.ForeignKey(
        Correction, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    withdrawn_by = models.ForeignKey(
        Correction, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="session_once",
                fields=["thread", "start_at", "unit"],
                condition=models.Q(withdrawn_by__isnull=True),
            )
        ]
        indexes: ClassVar = [models.Index(name="session_bot", fields=["bot", "start_at"])]


class Quantity(models.Model):
    """How much of a unit through a channel (0: none), and the credit that it took."""

    unit = LabelField(type_name="usage_unit", choices=UNIT_CHOICES)
    channel_id = models.BigIntegerField()
    quantity = models.BigIntegerField()
    paid_micro = models.BigIntegerField()
    free_micro = models.BigIntegerField()

    class Meta:
        abstract = True


class Rollup(Quantity):
    """Units and credit by quarter of an hour, bot, unit and channel.

    Every time zone's days begin on a quarter of an hour, so they add up to local days.
    """

    pk = models.CompositePrimaryKey("bot_id", "slot_at", "unit", "channel_id")
    bot = models.ForeignKey("people.Bot", on_delete=models.PROTECT, db_index=False)
    slot_at = models.DateTimeField()


class DayRollup(Quantity):
    """The same by local day of the workspace: what a year is read from."""

    pk = models.CompositePrimaryKey("bot_id", "day", "unit", "channel_id")
    bot = models.ForeignKey("people.Bot", on_delete=models.PROTECT, db_index=False)
    day = models.DateField()


class WorkspaceRollup(Quantity):
    """Those of all the workspace's bots together: what they are read from where no bot is named."""

    pk = models.CompositePrimaryKey("workspace_id", "slot_at", "unit", "channel_id")
    workspace = models.ForeignKey("people.Workspace", on_delete=models.PROTECT, db_index=False)
    slot_at = models.DateTimeField()


class WorkspaceDay(Quantity):
    """The same by local day."""

    pk = models.CompositePrimaryKey("workspace_id", "day", "unit", "channel_id")
    workspace = models.ForeignKey("people.Workspace", on_delete=models.PROTECT, db_index=False)
    day = models.DateField()


class SeatPeak(models.Model):
    """The largest number of agents present at one instant of an hour."""

    pk = models.CompositePrimaryKey("bot_id", "product", "hour_at")
    bot = models.ForeignKey("people.Bot", on_delete=models.PROTECT, db_index=False)
    product = models.TextField()
    hour_at = models.DateTimeField()
    agents = models.IntegerField()


class AgentPeak(models.Model):
    """The largest number of agents present at one instant of a quarter of an hour, over all the
    workspace's bots: who works for two of them at once counts once."""

    pk = models.CompositePrimaryKey("workspace_id", "product", "slot_at")
    workspace = models.ForeignKey("people.Workspace", on_delete=models.PROTECT, db_index=False)
    product = models.TextField()
    slot_at = models.DateTimeField()
    agents = models.IntegerField()


class EventImport(models.Model):
    """How far a file has been read: rows appended to the event log with the same commit, the last
    at `read_at`. `finished_at` is null until the end of the file was reached."""

    workspace = models.ForeignKey("people.Workspace", on_delete=models.PROTECT)
    digest = models.BinaryField()
    rows_read = models.BigIntegerField(default=0)
    accepted_count = models.BigIntegerField(default=0)
    rejected_count = models.BigIntegerField(default=0)
    read_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="event_import_once", fields=["workspace", "digest"])
        ]


class Archive(models.Model):
    """A month (UTC) of a workspace's events in a file: its first `dropped_count` rows have left the
    table, the others are in both. `digest` is the SHA-256 of the file."""

    workspace = models.ForeignKey("people.Workspace", on_delete=models.PROTECT, db_index=False)
    start_at = models.DateTimeField()
    end_at = models.DateTimeField()
    path = models.TextField(unique=True)
    row_count = models.BigIntegerField()
    message_count = models.BigIntegerField()
    dropped_count = models.BigIntegerField(default=0)
    digest = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="archive_once", fields=["workspace", "start_at"]),
            models.CheckConstraint(
                name="archive_drops_what_it_holds",
                condition=models.Q(
                    dropped_count__gte=0, dropped_count__lte=models.F("row_count"), row_count__gt=0
                ),
            ),
        ]
