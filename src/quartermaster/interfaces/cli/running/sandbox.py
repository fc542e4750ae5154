"""The payment sandbox beside a demo: another program, started as one."""

import http.client
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

import typer

from quartermaster.interfaces.cli.running import standing
from quartermaster.interfaces.cli.running.demo import SELLER

_HOST: Final = "127.0.0.1"
"""Whoever reaches its port can have it do anything."""
_OK: Final = 200
_SECONDS: Final = 2.0


@dataclass(frozen=True, slots=True)
class Sandbox:
    """One that keeps everything in `folder`."""

    port: int
    folder: Path
    noted: list[IO[str]] = field(default_factory=list)
    """Kept open while it runs: commands that are typed meanwhile pay by it too."""

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://{_HOST}:{self.port}"

    def command(self, host: str, port: int) -> list[str]:
        """What starts it; its notices go to whoever serves there."""
        words = ["--host", _HOST, "--port", str(self.port), "--folder", str(self.folder)]
        notices = f"http://{_reached(host)}:{port}/v1/notices/sandbox"
        words += ["--merchant", SELLER.party.name, "--webhook-url", notices]
        return [sys.executable, "-m", "payment_sandbox", *words]

    def is_there(self) -> bool:
        """Whether it answers; what is started from then on pays by it."""
        connection = http.client.HTTPConnection(_HOST, self.port, timeout=_SECONDS)
        try:
            connection.request("GET", "/health")
            if connection.getresponse().status != _OK:
                return False
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
        settings = self._settings(json.loads((self.folder / "keys.json").read_text()))
        os.environ.update(settings)
        self.noted.append(standing.hold(self.folder, settings, os.environ.get("DATABASE_URL", "")))
        return True

    def _settings(self, keys: Mapping[str, str]) -> dict[str, str]:
        return {
            "QUARTERMASTER_PAYMENTS": "sandbox",
            "PAYMENT_SANDBOX_URL": self.url,
            "PAYMENT_SANDBOX_SECRET": keys["secret"],
            "PAYMENT_SANDBOX_WEBHOOK_SECRET": keys["webhook_secret"],
        }

    def show(self) -> None:
        """Where it is, and what to pay with."""
        typer.echo(f"Payments     {self.url} (a sandbox: no money moves)")
        typer.echo(
            "Test cards   4242 4242 4242 4242 pays, 4000 0000 0000 3220 asks for a password,"
        )
        typer.echo("             4000 0000 0000 0002 is declined; any name, date to come and CVV")


def _reached(host: str) -> str:
    """From this machine, whatever it listens on."""
    if host in ("0.0.0.0", "::"):
        return {"::": "[::1]"}.get(host, _HOST)
    return f"[{host}]" if ":" in host else host
