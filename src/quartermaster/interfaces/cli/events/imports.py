"""`quartermaster events import FILE`."""

import hashlib
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Final, Protocol

import typer
from django.db import connections

from quartermaster.core.errors import Refusal
from quartermaster.core.usage.events import Event, Rejection, Window
from quartermaster.core.usage.sessions import DEFAULT_INACTIVITY_SECONDS
from quartermaster.interfaces.cli import choices, output
from quartermaster.interfaces.cli.choices import Format, Shell, WorkspaceName
from quartermaster.interfaces.cli.events.rejects import RejectsFile
from quartermaster.store.metering import imports as progress
from quartermaster.store.metering import operations as metering
from quartermaster.store.metering import queries
from quartermaster.store.metering.imports import Figures
from quartermaster.store.people import queries as people
from quartermaster.store.people.models import Workspace
from quartermaster.store.people.operations import NameTaken
from quartermaster.usecases.people.create_bot import create_bot
from quartermaster.usecases.ports import Clock, EventLog
from quartermaster.usecases.usage.import_events import Imported, Piece, import_events


class Rows(Protocol):
    """Rows [first_row, next_row) of a file; `raw` gives the text of one."""

    @property
    def first_row(self) -> int: ...
    @property
    def next_row(self) -> int: ...
    @property
    def events(self) -> list[tuple[int, Event]]: ...
    @property
    def rejected(self) -> list[Rejection]: ...

    def raw(self, row: int) -> str:
        """The row as the file has it."""


@dataclass(frozen=True, slots=True)
class Importer:
    """What an import needs: the file reader, the log, and what meters it at the end."""

    read: Callable[..., Iterable[Rows]]
    log: EventLog
    drain: Callable[[], int]


@dataclass(slots=True)
class _Tally:
    rows: int = 0
    accepted: int = 0
    rejected: int = 0
    codes: dict[str, int] = field(default_factory=dict)
    pieces: list[int] = field(default_factory=list)

    def add(self, piece: Piece, done: Imported) -> None:
        if not done.is_repeat:
            self.pieces.append(piece.first_row)
        self.rows += piece.end_row - piece.first_row
        self.accepted += done.accepted
        self.rejected += len(done.rejected)
        for one in done.rejected:
            self.codes[one.code] = self.codes.get(one.code, 0) + 1


File = Annotated[Path, typer.Argument(help="Events: .csv, .ndjson or .parquet, also .gz")]
CreateBots = Annotated[bool, typer.Option(help="Make bots that are not there yet")]
LateDays = Annotated[
    int, typer.Option(min=1, max=73_000, help="Refuse events older than so many days")
]
Again = Annotated[bool, typer.Option(help="Read from the start, even if it was read before")]
_EVER = 73_000
_PAUSE_SECONDS: Final = 0.2
_AFTER_A_BREAK_SECONDS: Final = 1.0


def register(app: typer.Typer, shell: Shell, importer: Importer) -> typer.Typer:
    """Adds the command; the group that it is in."""
    group = typer.Typer(help="Bring events in, and old ones out.", no_args_is_help=True)
    group.callback()(lambda: None)
    app.add_typer(group, name="events")

    @group.command("import")
    def import_file(
        file: File,
        workspace: WorkspaceName = None,
        create_bots: CreateBots = False,
        late_days: LateDays = _EVER,
        from_start: Again = False,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """Import a file of past events and meter them. Can be broken off and run again."""
        run = _Run(importer, choices.workspace(workspace), create_bots, late_days, shell.now)
        try:
            digest = _digest(file)
            latest = progress.latest(run.workspace.id, digest)
            with _metering(importer):
                tally = run.all(file, digest, from_start)
            _meter(importer, run.workspace.id, digest)
        except Refusal as no:
            output.fail(no)
        made = progress.figures(run.workspace.id, digest, latest, tally.pieces)
        _answer(format, tally, made, RejectsFile.beside(file))

    return group


@contextmanager
def _metering(importer: Importer) -> Iterator[None]:
    """Meters in a thread of its own what has been read so far: reading keeps one processor busy,
    the database another. If it fails, what is left is metered, and the failure met again, at the
    end. If reading is broken off, so is this, and a transaction under way counts for nothing."""
    is_read = threading.Event()

    def go_on() -> None:
        try:
            while not is_read.wait(_PAUSE_SECONDS):
                importer.drain()
        except Exception as failure:
            typer.echo(f"Not metered yet, tried again at the end: {failure}", err=True)
        finally:
            connections.close_all()

    thread = threading.Thread(target=go_on, daemon=True)
    thread.start()
    patience: float | None = _AFTER_A_BREAK_SECONDS
    try:
        yield
        patience = None
    finally:
        is_read.set()
        thread.join(patience)


def _meter(importer: Importer, workspace: int, digest: bytes) -> None:
    """Returns when the events of the file are metered: here, or by another meter that has the
    workspace in hand."""
    try:
        with output.waiting("Metering") as say:
            importer.drain()
            while count := progress.waiting_events(workspace, digest):
                say(f"Metering: {count:,} events wait for a meter that has this workspace")
                time.sleep(_PAUSE_SECONDS)
                importer.drain()
    except KeyboardInterrupt:
        words = "Stopped waiting. The events are in the log: a running meter goes on with them."
        typer.echo(words, err=True)
        raise typer.Exit(130) from None


@dataclass(frozen=True, slots=True)
class _Run:
    importer: Importer
    workspace: Workspace
    create_bots: bool
    late_days: int
    now: Clock

    def all(self, file: Path, digest: bytes, from_start: bool) -> _Tally:
        tally = _Tally()
        if from_start:
            metering.forget_import(self.workspace.id, digest)
        first = queries.rows_read(self.workspace.id, digest)
        if first:
            typer.echo(f"{first:,} rows were read before; --from-start reads them again", err=True)
        with RejectsFile(file, is_resumed=first > 0) as rejects, output.progress(file.name) as bar:
            for rows in self.importer.read(file, start_row=first):
                piece, done = self._piece(digest, rows)
                rejects.write(done.rejected, rows.raw)
                tally.add(piece, done)
                bar.advance(rows.next_row - rows.first_row)
        metering.finish_import(self.workspace.id, digest, self.now(self.workspace))
        return tally

    def _piece(self, digest: bytes, rows: Rows) -> tuple[Piece, Imported]:
        span = (rows.first_row, rows.next_row)
        piece = Piece(self.workspace.id, digest, *span, rows.events, rows.rejected)
        at = self.now(self.workspace)
        late = timedelta(days=self.late_days) // timedelta(microseconds=1)
        bots = people.bot_names(self.workspace)
        if self.create_bots:
            for name in sorted({event.bot for _, event in rows.events} - bots.keys()):
                with suppress(NameTaken):  # another import of these bots was faster
                    create_bot(self.workspace, name, DEFAULT_INACTIVITY_SECONDS, at)
            bots = people.bot_names(self.workspace)
        window = Window.around(at, late)
        return piece, import_events(self.importer.log, piece, window, bots, at)


def _digest(file: Path) -> bytes:
    def blocks() -> Iterator[bytes]:
        with file.open("rb") as opened:
            while block := opened.read(1 << 20):
                yield block

    digest = hashlib.sha256()
    try:
        for block in blocks():
            digest.update(block)
    except OSError as no:
        raise CannotRead(f"{file}: {no.strerror}", field="file") from no
    return digest.digest()


class CannotRead(Refusal):
    """The file cannot be read."""

    code = "cannot_read"
    kind = "invalid"


def _answer(form: output.Format, tally: _Tally, made: Figures, rejects: Path) -> None:
    found: dict[str, Any] = {
        "rows": tally.rows,
        "accepted": tally.accepted,
        "rejected": tally.rejected,
        "new events metered": made.new,
        "duplicates": made.duplicates,
        "conflicts": made.conflicts,
    }
    if form is output.Format.JSON:
        found["new_events_metered"] = found.pop("new events metered")
        output.print_json(found | {"codes": tally.codes})
        return
    found.update({f"  {code}": count for code, count in sorted(tally.codes.items())})
    if tally.rejected:
        found["rejected rows are in"] = rejects
    output.answer(form, {name: f"{v:,}" if isinstance(v, int) else v for name, v in found.items()})
