"""Structured logs: one line per fact, JSON where nobody watches, readable on a terminal."""

import io
import logging
import os
import sys
from contextlib import suppress
from typing import Any, TextIO, cast

import structlog


class _Stderr(io.TextIOBase):
    """Whatever stderr is at the moment of writing: it may be exchanged under us. What cannot be
    written (its disk is full) is lost: nothing may fail because it is logged."""

    def write(self, text: str) -> int:
        with suppress(OSError):
            sys.stderr.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            sys.stderr.flush()


def configure(is_quiet: bool = False) -> None:
    """Logs to stderr; `QUARTERMASTER_LOG_LEVEL` is debug, info, warning or error."""
    default = "warning" if is_quiet else "info"
    level = os.environ.get("QUARTERMASTER_LOG_LEVEL", default).upper()
    number = logging.getLevelNamesMapping().get(level, logging.INFO)
    renderer: Any = (
        structlog.dev.ConsoleRenderer()
        if sys.stderr.isatty()
        else structlog.processors.JSONRenderer()
    )
    common: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last = [structlog.processors.format_exc_info, renderer]
    structlog.configure(
        processors=[*common, *last],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", _Stderr())),
        cache_logger_on_first_use=True,
    )
    _take_over(common, last, max(number, logging.WARNING))


def _take_over(common: list[Any], last: list[Any], level: int) -> None:
    """What Django and other libraries log comes out in the same form."""
    ours = logging.StreamHandler(cast("TextIO", _Stderr()))
    ours.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *common],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    logging.basicConfig(level=level, handlers=[ours], force=True)
