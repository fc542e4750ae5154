"""The whole command line in this process, by the clock of the tests."""

import json
from datetime import datetime
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from quartermaster.conf import app, clock
from tests.books import NOW


class Shell:
    """Runs commands as `quartermaster` would. `at` is the time that they see."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.at: datetime = NOW
        patch.setattr(clock, "now", lambda: self.at)
        self._app = app.build()

    def run(self, *words: object, columns: int = 120) -> Result:
        """What a command did; errors that it does not explain are raised."""
        return CliRunner(env={"COLUMNS": str(columns)}).invoke(
            self._app, [str(word) for word in words], catch_exceptions=False
        )

    def text(self, *words: object, columns: int = 120) -> str:
        """What a command that succeeds prints, on a terminal of this width."""
        done = self.run(*words, columns=columns)
        assert done.exit_code == 0, done.output
        return done.stdout

    def json(self, *words: object) -> Any:
        """The same with `--format json`, read."""
        return json.loads(self.text(*words, "--format", "json"))

    def error(self, *words: object) -> str:
        """The line of a command that refuses."""
        done = self.run(*words)
        assert (done.exit_code, done.stdout) == (2, ""), done.output
        return done.stderr
