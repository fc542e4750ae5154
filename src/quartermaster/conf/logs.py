"""Structured logs: one line per fact, JSON where nobody watches, readable on a terminal."""

import logging
import os
import sys

import structlog


def configure(is_quiet: bool = False) -> None:
    """Logs to stderr; `QUARTERMASTER_LOG_LEVEL` is debug, info, warning or error."""
    default = "warning" if is_quiet else "info"
    level = os.environ.get("QUARTERMASTER_LOG_LEVEL", default).upper()
    number = logging.getLevelNamesMapping().get(level, logging.INFO)
    renderer = (
        structlog.dev.ConsoleRenderer()
        if sys.stderr.isatty()
        else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=max(number, logging.WARNING), stream=sys.stderr)
