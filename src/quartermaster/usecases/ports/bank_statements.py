"""What use cases ask of those who read the files of banks."""

from dataclasses import dataclass
from typing import ClassVar, Protocol

from quartermaster.core import errors
from quartermaster.core.lifecycles.wires import Entry


class UnreadableStatement(errors.Refusal):
    """This file cannot be read as a bank statement."""

    code: ClassVar[str] = "unreadable_statement"
    kind: ClassVar[errors.Kind] = "invalid"


@dataclass(frozen=True, slots=True)
class BankStatement:
    """What a bank has booked on an account (its IBAN, or what the bank calls it), in its order."""

    id: str
    account: str
    entries: tuple[Entry, ...]


class StatementReader(Protocol):
    """Reads whatever formats it knows."""

    def __call__(self, content: bytes) -> tuple[BankStatement, ...]:
        """The statements of a file, whole or not at all: UnreadableStatement, which says where."""
