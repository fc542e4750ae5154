"""Lengths of time as people type them: `90s`, `15m`, `1h`, `2d`."""

import re
from typing import Final

import typer

from quartermaster.core.usage.sessions import MAX_INACTIVITY_SECONDS, MIN_INACTIVITY_SECONDS

_SECONDS: Final = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_FORM: Final = re.compile(r"([0-9]{1,9})([smhd])")


def inactivity_seconds(text: str) -> int:
    """The parser of an option that holds an inactivity time; Typer puts the option's name before
    the message."""
    form = _FORM.fullmatch(text.strip())
    if form is None:
        raise typer.BadParameter(f"{text!r} is no duration such as 90s, 15m, 1h or 2d")
    seconds = int(form[1]) * _SECONDS[form[2]]
    if not MIN_INACTIVITY_SECONDS <= seconds <= MAX_INACTIVITY_SECONDS:
        raise typer.BadParameter(f"{text!r} must be from 5m to 14d")
    return seconds
