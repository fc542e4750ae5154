"""Pages as PDF/A-3, tagged for screen readers (PDF/UA), with the XML in them. By Typst.

The fonts that come with it set Latin, Greek, Cyrillic, Arabic and Hebrew. PDF/A has no place for
signs without a glyph: for others the machine's fonts are asked, and what these lack is replaced.
"""

import json
import re
from contextlib import suppress
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

import msgspec
import typst

from quartermaster.adapters.documents import revising, texts, wording
from quartermaster.core.invoices.documents import Document

_HERE: Final = Path(__file__).parent
_FONTS: Final = _HERE / "fonts"
_PAGE: Final = _HERE / "templates" / "invoice.typ"
_NOTHING: Final = _HERE / "templates" / "nothing.typ"
_KEPT: Final = 10
_UNSET: Final = re.compile(r'the text `"(.+?)"` could not be displayed')
_ESCAPED: Final = re.compile(r"\\u\{([0-9a-f]+)\}")


def pdf(one: Document, xml: bytes | None) -> bytes:
    """A4, as PDF/A-3a. The same document is the same file."""
    said = texts.each(msgspec.to_builtins(wording.worded(one)), texts.legible)
    made = _printed(said, {} if xml is None else {"xml": xml.decode()})
    _forget()
    return made if xml is None else revising.carrying_invoice(made)


def _printed(said: Any, attached: dict[str, str]) -> bytes:
    """In the first fonts that have all its signs, or without those that none has."""
    with suppress(typst.TypstError):
        return _compiled(said, attached, _bundled())
    lost: set[str] = set()
    for _ in range(2):
        known = texts.each(said, partial(texts.without, lost=lost))
        try:
            return _compiled(known, attached, _machine())
        except typst.TypstError as lacking:
            lost = _unset(lacking)
    return _compiled(texts.each(said, texts.sure), attached, _bundled())


def _compiled(said: Any, attached: dict[str, str], fonts: typst.Fonts) -> bytes:
    """By a compiler of its own, for one cannot serve two threads."""
    values = {"said": json.dumps(said, ensure_ascii=False), **attached}
    compiler = typst.Compiler(_PAGE, font_paths=fonts, sys_inputs=values)
    made = compiler.compile(format="pdf", pdf_standards=["a-3a", "ua-1"])
    assert isinstance(made, bytes)
    return made


def _forget() -> None:
    """Typst keeps what it worked out until it has not been asked for by ten documents more: after
    long ones hundreds of megabytes, which no other invoice is helped by."""
    compiler = typst.Compiler(_NOTHING, font_paths=_bundled())
    for _ in range(_KEPT + 1):
        compiler.compile(format="svg")


def _unset(lacking: typst.TypstError) -> set[str]:
    """What it names as having no glyph. ASCII is not among it: a font has it, but not with the mark
    that stands on it."""
    named = "".join(_UNSET.findall(lacking.diagnostic))
    signs = _ESCAPED.sub(lambda code: chr(int(code[1], 16)), named)
    return {sign for sign in signs if not sign.isascii()}


@cache
def _bundled() -> typst.Fonts:
    return typst.Fonts(False, False, [_FONTS])


@cache
def _machine() -> typst.Fonts:
    return typst.Fonts(True, False, [_FONTS])
