"""The numbers of invoices: `QM-000123`. A series never begins anew, so none has a year in it."""

import re
from typing import Final

from quartermaster.core.errors import Refusal

_PREFIX: Final = re.compile(r"[A-Z0-9]{1,12}(-[A-Z0-9]{1,12})?")
_TEST: Final = "TEST-"


class BadPrefix(Refusal):
    """Invoice numbers begin with 1 to 12 capital letters and digits, or two such groups."""

    code = "bad_prefix"
    kind = "invalid"


def checked(prefix: str) -> str:
    """BadPrefix where no series may begin so; TEST- is for workspaces that are for tests."""
    if not _PREFIX.fullmatch(prefix) or f"{prefix}-".startswith(_TEST):
        raise BadPrefix(field="prefix")
    return prefix


def series(prefix: str, is_test: bool) -> str:
    """What numbers begin with: workspaces for tests take none of the real ones."""
    return f"{_TEST}{prefix}" if is_test else prefix


def shown(series: str, number: int) -> str:
    """A number as an invoice has it; six digits at least."""
    return f"{series}-{number:06}"
