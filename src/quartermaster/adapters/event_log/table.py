"""The log for whoever shares Django's connection: the meter and imports."""

from dataclasses import replace
from datetime import datetime

from quartermaster.adapters.event_log import codec
from quartermaster.core.usage.events import Submission
from quartermaster.store.metering import operations, queries
from quartermaster.usecases.ports import Batch, Outcome


class EventTable:
    """Implements `ports.EventLog`."""

    def append(self, submission: Submission) -> None:
        """Adds the batch (if anything was accepted) and its rejections."""
        accepted = submission.accepted
        body = codec.encode(accepted) if len(accepted) else None
        operations.append_batch(
            operations.NewBatch(
                submission.workspace,
                submission.request_id,
                submission.received_at,
                len(accepted),
                len(submission.rejected),
                body,
            )
        )
        operations.keep_rejections(
            submission.workspace,
            submission.request_id,
            [replace(no, id=codec.storable(no.id)) for no in submission.rejected],
            submission.received_at,
        )

    def workspaces(self) -> list[int]:
        """Workspaces with batches that are not done, the longest waiting first."""
        return queries.pending_workspaces()

    def read(self, workspace: int, limit: int) -> list[Batch]:
        """Oldest first: about `limit` events, at least one batch."""
        return [
            Batch(batch, request_id, codec.decode(body))
            for batch, request_id, body in queries.pending_batches(workspace, limit)
        ]

    def done(self, outcomes: list[Outcome], at: datetime) -> None:
        """Marks batches as done and lets go of their bodies."""
        operations.finish_batches(
            [(one.batch, one.stored, one.duplicates, one.conflicts) for one in outcomes], at
        )
