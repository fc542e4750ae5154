"""`quartermaster up`: everything on one machine."""

import os
import secrets
import shutil
import socket
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import typer

from quartermaster.interfaces.cli import output
from quartermaster.interfaces.cli.billing import parties
from quartermaster.interfaces.cli.running import demo, listeners, services
from quartermaster.interfaces.cli.running.processes import Processes
from quartermaster.interfaces.cli.running.sandbox import Sandbox
from quartermaster.store.billing import queries as billing
from quartermaster.store.invoices import queries as invoices

SANDBOX: Final = "payment-sandbox"
"""The folder in the home."""
_LEAST_FREE_BYTES: Final = 500_000_000
Host = Annotated[str, typer.Option(help="Address to listen on")]
Port = Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on")]
Meters = Annotated[int, typer.Option(min=1, max=64, help="Meters to run")]
SandboxPort = Annotated[
    int, typer.Option(min=1, max=65535, help="With --demo: the port of the payment sandbox")
]
Demo = Annotated[bool, typer.Option("--demo", help="With a demo workspace and a month of use")]


@dataclass(frozen=True, slots=True)
class Installation:
    """What `up` needs: migrations, the commands to run, where files may lie, and the demo."""

    migrate: Callable[[], services.Migrated]
    commands: Callable[[str, int, int], dict[str, list[str]]]
    home: Path
    demo: demo.Maker


def register(app: typer.Typer, installation: Installation) -> None:
    """Adds the command."""

    @app.command()
    def up(
        host: Host = "127.0.0.1",
        port: Port = 8000,
        meters: Meters = 1,
        with_demo: Demo = False,
        sandbox_port: SandboxPort = 8155,
    ) -> None:
        """Migrate, then serve, meter and run jobs until Ctrl-C."""
        _check(host, port, "--port")
        paid = _sandbox(installation.home, port, sandbox_port) if with_demo else None
        _check_home(installation.home)
        with output.waiting("Migrating"):
            migrated = installation.migrate()
        services.show(migrated)
        made = installation.demo.make() if with_demo else None
        if not with_demo:
            _warn()
        os.environ.setdefault("QUARTERMASTER_SECRET_KEY", _secret(installation.home))
        with tempfile.TemporaryDirectory(prefix="quartermaster-metrics-") as shared:
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = shared
            processes = _processes(installation.commands(host, port, meters), paid, host, port)
            raise typer.Exit(processes.watch(lambda: _greet(host, port, made, paid)))


def _sandbox(home: Path, taken: int, port: int) -> Sandbox | None:
    """None where it is said who takes payments."""
    if "QUARTERMASTER_PAYMENTS" in os.environ:
        return None
    if port == taken:
        raise typer.BadParameter(f"--port and --sandbox-port are both {port}; choose another")
    _check("127.0.0.1", port, "--sandbox-port")
    return Sandbox(port, home / SANDBOX)


def _processes(
    commands: dict[str, list[str]], paid: Sandbox | None, host: str, port: int
) -> Processes:
    """The sandbox first: the others are told its keys."""
    if paid is None:
        return Processes(commands, time.monotonic, {})
    first = {"sandbox": paid.command(host, port)}
    return Processes(first | commands, time.monotonic, {"sandbox": paid.is_there})


def _warn() -> None:
    """Of what customers would see."""
    if not invoices.is_any_real():
        return
    if not billing.has_seller():
        output.warn(parties.UNNAMED)
    elif billing.seller() == demo.SELLER:
        output.warn(demo.STILL)


def _secret(home: Path) -> str:
    """What signs log-ins: made once, kept in the home for nobody else to read."""
    file = home / "secret-key"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(48))
    return file.read_text()


def _greet(host: str, port: int, made: demo.Demo | None, paid: Sandbox | None) -> bool:
    """Says where it is, once it answers."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as trial:
        if trial.connect_ex((host, port)):
            return False
    typer.echo(f"Quartermaster is at http://{host}:{port} (Ctrl-C stops it)")
    if paid:
        paid.show()
    if made:
        demo.show(made, f"http://{host}:{port}")
    return True


def _holder(port: int) -> str:
    pid = listeners.find_listener(port)
    return f" by process {pid}" if pid else f"; `ss -ltnp 'sport = :{port}'` as root says by whom"


def _check(host: str, port: int, option: str) -> None:
    """Says what to do before anything is started in vain."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as no:
            raise typer.BadParameter(
                f"cannot listen on {host}:{port} ({no.strerror}{_holder(port)}). Stop what uses "
                f"it, perhaps what an earlier `up` left, or choose another: "
                f"make run ARGS='{option} {port + 1 if port < 65535 else 8000}'"
            ) from no


def _check_home(home: Path) -> None:
    """So that nothing stops in the middle."""
    home.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(home).free
    if free < _LEAST_FREE_BYTES:
        raise typer.BadParameter(
            f"only {free // 1_000_000} MB are free in {home}; make room for at least "
            f"{_LEAST_FREE_BYTES // 1_000_000} MB or set QUARTERMASTER_HOME to another disk"
        )
