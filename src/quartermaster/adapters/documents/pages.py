"""Invoices as HTML: one page, autoescaped, which needs nothing else."""

from pathlib import Path
from typing import Final

from django.template import Context, Engine
from django.utils.safestring import mark_safe

from quartermaster.adapters.documents import wording
from quartermaster.core.invoices.documents import Document

_HERE: Final = Path(__file__).parent
_CSS: Final = mark_safe((_HERE / "templates" / "invoice.css").read_text())
_TEMPLATE: Final = Engine([str(_HERE / "templates")], autoescape=True).get_template("invoice.html")


def page(one: Document) -> str:
    """With its style."""
    said = wording.worded(one)
    seller = wording.joined([said.seller.title, *said.seller.lines])
    return _TEMPLATE.render(Context({"said": said, "from": seller, "css": _CSS}))
