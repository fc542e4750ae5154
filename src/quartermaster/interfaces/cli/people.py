"""`quartermaster workspace|bot|key create`, and what is changed of them."""

from typing import Annotated, Any

import typer

from quartermaster.core.errors import Refusal
from quartermaster.core.plans.entitlements import SeatPolicy
from quartermaster.interfaces.cli import choices, output
from quartermaster.interfaces.cli.choices import Format, Shell, WorkspaceName
from quartermaster.usecases.people.create_bot import create_bot
from quartermaster.usecases.people.create_key import create_key
from quartermaster.usecases.people.create_workspace import FreeCredit, create_workspace
from quartermaster.usecases.people.revoke_key import revoke_key
from quartermaster.usecases.people.set_seat_policy import set_seat_policy

Name = Annotated[str, typer.Argument(help="Its name")]
Zone = Annotated[str, typer.Option(help="Such as Europe/Berlin")]
Free = Annotated[Any, typer.Option(parser=choices.amount_micro, help="Free credit; 0 for none")]
FreeDays = Annotated[int, typer.Option(min=1, max=3650, help="Days until free credit lapses")]
ForTests = Annotated[bool, typer.Option("--test", help="Its clock can be stopped and moved on")]
Inactivity = Annotated[
    Any,
    typer.Option(
        parser=choices.inactivity_seconds,
        metavar="DURATION",
        help="Silence longer than this starts a new conversation (5m to 14d)",
    ),
]


_HELP = {
    "workspace": "Make or change a workspace.",
    "bot": "Make a bot.",
    "key": "Make or revoke an API key.",
}


def register(app: typer.Typer, shell: Shell) -> None:
    """Adds the commands."""
    for name, command in (("workspace", _workspace), ("bot", _bot), ("key", _key)):
        group = typer.Typer(help=_HELP[name], no_args_is_help=True)
        group.callback()(lambda: None)
        group.command("create")(command(shell))
        if name == "workspace":
            group.command("seat-policy")(_seat_policy(shell))
        if name == "key":
            group.command("revoke")(_revoke(shell))
        app.add_typer(group, name=name)


def _workspace(shell: Shell) -> Any:
    def create(
        name: Name,
        time_zone: Zone = "UTC",
        free_credits: Free = "500",
        free_days: FreeDays = 90,
        test: ForTests = False,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """A new workspace with its free credit."""
        try:
            free = FreeCredit(free_credits, free_days)
            made = create_workspace(name, time_zone, free, shell.now(None), test)
        except Refusal as no:
            output.fail(no)
        output.answer(format, {"workspace": made.public_id, "name": made.name})

    return create


def _bot(shell: Shell) -> Any:
    def create(
        name: Name,
        workspace: WorkspaceName = None,
        inactivity: Inactivity = "15m",
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """A new bot with an empty wallet."""
        where = choices.workspace(workspace)
        try:
            made = create_bot(where, name, inactivity, shell.now(where))
        except Refusal as no:
            output.fail(no)
        output.answer(format, {"bot": made.public_id, "name": made.name})

    return create


def _key(shell: Shell) -> Any:
    def create(
        name: Name = "default",
        workspace: WorkspaceName = None,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """A new API key. Its secret is shown this once."""
        where = choices.workspace(workspace)
        try:
            key, secret = create_key(where, name, shell.now(where))
        except Refusal as no:
            output.fail(no)
        output.answer(format, {"key": key.public_id, "secret": secret})

    return create


def _revoke(shell: Shell) -> Any:
    def revoke(
        key: Annotated[str, typer.Argument(help="The key's id: key_…, not its secret")],
        workspace: WorkspaceName = None,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """Take an API key out of use."""
        where = choices.workspace(workspace)
        try:
            revoked = revoke_key(where, key, shell.now(where))
        except Refusal as no:
            output.fail(no)
        output.answer(format, {"revoked": revoked.public_id})

    return revoke


def _seat_policy(shell: Shell) -> Any:
    def seat_policy(
        policy: Annotated[SeatPolicy, typer.Argument(help="Turn agents away, or bill them")],
        workspace: WorkspaceName = None,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """What becomes of agents beyond the seats that were bought, from now on."""
        where = choices.workspace(workspace)
        set_seat_policy(where, policy, shell.now(where))
        output.answer(format, {"workspace": where.public_id, "seat_policy": policy.value})

    return seat_policy
