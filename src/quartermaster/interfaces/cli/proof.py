"""`quartermaster verify`: proves the books."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated

import typer

from quartermaster.interfaces.cli import output
from quartermaster.interfaces.cli.choices import Format
from quartermaster.usecases.proof.verify_books import Verdict, verify_books

_SHOWN = 20
Most = Annotated[int, typer.Option(min=1, help="Findings shown per check")]


def register(app: typer.Typer, voice_channels: Callable[[], frozenset[str]]) -> None:
    """Adds the command."""

    @app.command()
    def verify(most: Most = _SHOWN, format: Format = output.Format.TABLE) -> None:  # noqa: A002
        """Prove that every figure follows from the events and transfers; exit 1 if one does not."""
        verdicts = []
        with output.waiting("Verifying"):
            for verdict in verify_books(voice_channels()):
                verdicts.append(verdict)
                if format is output.Format.TABLE:
                    _show(verdict, most)
        is_green = not any(verdict.findings for verdict in verdicts)
        if format is output.Format.JSON:
            checks = [
                {
                    "check": one.check,
                    "holds": not one.findings,
                    "count": len(one.findings),
                    "findings": [asdict(finding) for finding in one.findings[:most]],
                }
                for one in verdicts
            ]
            output.print_json({"holds": is_green, "checks": checks})
        raise typer.Exit(0 if is_green else 1)


def _show(verdict: Verdict, most: int) -> None:
    what = verdict.check.replace("_", " ")
    typer.echo(f"{'FAILS' if verdict.findings else 'holds'}  {what}")
    for finding in verdict.findings[:most]:
        typer.echo(f"       {finding.id}: {finding.detail}")
    if len(verdict.findings) > most:
        typer.echo(f"       … and {len(verdict.findings) - most:,} more")
