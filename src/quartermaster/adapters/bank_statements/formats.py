"""Which format a file has, told by its first sign."""

from typing import Final

from quartermaster.adapters.bank_statements import camt, mt940_text
from quartermaster.usecases.ports.bank_statements import BankStatement, UnreadableStatement

MOST_BYTES: Final = 10_000_000
"""About 10,000 entries of CAMT.053. A bank's file for a day is far smaller."""

_XML_BEGINS: Final = (b"<", b"\xff\xfe<\x00", b"\xfe\xff\x00<", b"<\x00", b"\x00<")


def read(content: bytes) -> tuple[BankStatement, ...]:
    """A `StatementReader`."""
    if len(content) > MOST_BYTES:
        raise UnreadableStatement(f"the file has more than {MOST_BYTES:,} bytes", field="file")
    begin = content[:1_000].removeprefix(b"\xef\xbb\xbf").lstrip()
    if not begin:
        raise UnreadableStatement("the file is empty", field="file")
    found = camt.read(content) if begin.startswith(_XML_BEGINS) else mt940_text.read(content)
    if not found:
        raise UnreadableStatement("there is no statement in the file", field="file")
    return found
