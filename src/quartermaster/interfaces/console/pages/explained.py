"""An amount opened: a charge or a transfer."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from quartermaster.interfaces.console import timeline
from quartermaster.interfaces.console.access import Here
from quartermaster.usecases.proof.explain_amount import explain_amount


def explained(request: HttpRequest, here: Here, name: str) -> HttpResponse:
    """How it came about, at which price, for what, and from which credit."""
    found = explain_amount(here.workspace.id, name, here.shell.archive)
    drawing = timeline.drawn(found.session, here.formats) if found.session else None
    return render(request, "console/pages/explained.html", {"found": found, "drawing": drawing})
