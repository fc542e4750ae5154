"""What a log of past messages would have cost. The file is read and forgotten."""

import tempfile
import threading
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from quartermaster.core import money
from quartermaster.core.errors import Refusal
from quartermaster.core.usage.sessions import (
    DEFAULT_INACTIVITY_SECONDS,
    MAX_INACTIVITY_SECONDS,
    MIN_INACTIVITY_SECONDS,
)
from quartermaster.interfaces.console.access import Here
from quartermaster.store.catalog import queries as catalog
from quartermaster.usecases.usage.estimate_sessions import Estimate

MOST_BYTES: Final = 10_000_000
"""What the server takes as one form."""
_MEGABYTES: Final = MOST_BYTES // 1_000_000
_AT_ONCE: Final = 2
_ROOM: Final = threading.BoundedSemaphore(_AT_ONCE)
"""Each takes a processor and memory; the other threads are for the other pages."""
_NAME_LENGTH: Final = 40
_BOTS: Final = 100
_UNITS: Final = {"minutes": 60, "hours": 3_600, "days": 86_400}
_TOO_LARGE: Final = f"A file has at most {_MEGABYTES} MB here; it may be zipped (.gz)."
_REFUSED: Final = {
    "body_too_large": _TOO_LARGE,
    "busy": "Too many files are on their way just now. Try again in a moment.",
}


class Busy(Refusal):
    """Other files are being read just now. Try again in a moment."""

    code = "busy"
    kind = "limited"


class EstimateForm(forms.Form):
    """A file and how it is to be counted."""

    file = forms.FileField(
        label="Log of events",
        help_text=f".csv, .ndjson or .parquet, also .gz; at most {_MEGABYTES} MB.",
        widget=forms.ClearableFileInput({"accept": ".csv,.ndjson,.jsonl,.parquet,.gz"}),
        error_messages={
            "required": "Choose a file.",
            "empty": "This file is empty.",
        },
    )
    inactivity = forms.IntegerField(
        label="Inactivity time",
        error_messages={"invalid": "This is no whole number.", "required": "Say how long."},
    )
    unit = forms.ChoiceField(label="Unit", choices=[(unit, unit) for unit in _UNITS])
    price = forms.DecimalField(
        label="Price of a session",
        min_value=0,
        max_value=1_000_000,
        decimal_places=6,
        widget=forms.NumberInput({"step": "any"}),
        error_messages={"invalid": "This is no amount such as 0.20.", "required": "Say a price."},
    )
    voice = forms.CharField(
        label="Voice channels",
        help_text="With commas between. Voice sessions are counted apart, without a price.",
        required=False,
        max_length=2_000,
    )

    def clean_file(self) -> "UploadedFile[Any]":
        """Refuses what is too large, wherever the server's own limit may be."""
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(_TOO_LARGE)
        return file

    def clean(self) -> dict[str, Any]:
        """Adds `seconds` and `channels`."""
        found = super().clean() or {}
        if {"inactivity", "unit"} <= found.keys():
            found["seconds"] = found["inactivity"] * _UNITS[found["unit"]]
            if not MIN_INACTIVITY_SECONDS <= found["seconds"] <= MAX_INACTIVITY_SECONDS:
                self.add_error("inactivity", "It is from 5 minutes to 14 days.")
        names = (name.strip() for name in found.get("voice", "").split(","))
        found["channels"] = frozenset(name for name in names if name)
        return found

    def refuse(self, code: str) -> None:
        """The server did not take the file: what came of it is no part of the form."""
        self.errors.pop("file", None)
        self.add_error("file", forms.ValidationError(_REFUSED[code], code))


@require_http_methods(["GET", "HEAD", "POST"])
def estimate(request: HttpRequest, here: Here) -> HttpResponse:
    """The form; after a POST the answer beside it, or what is wrong at its field."""
    if request.method != "POST":
        found = {"form": EstimateForm(initial=_usual(here))}
        return render(request, "console/pages/estimate.html", found)
    form = EstimateForm(request.POST, request.FILES)
    refused = getattr(request, "refused", None)
    if refused is not None:
        form.refuse(refused)
    found = {"form": form, **_answer(form, here)}
    return render(request, "console/pages/estimate.html", found, status=_status(form))


def _status(form: EstimateForm) -> int:
    for code, status in ((Busy.code, 503), ("body_too_large", 413)):
        if form.has_error("file", code):
            return status
    return 422 if form.errors else 200


def _usual(here: Here) -> dict[str, Any]:
    """As the workspace's own messages are counted and priced."""
    price = catalog.session_price(here.at)
    cents = price.quantize(Decimal("0.01"))
    return {
        "inactivity": DEFAULT_INACTIVITY_SECONDS // _UNITS["minutes"],
        "unit": "minutes",
        "price": cents if cents == price else f"{price.normalize():f}",
        "voice": ", ".join(sorted(catalog.voice_channels())),
    }


def _answer(form: EstimateForm, here: Here) -> dict[str, Any]:
    """What is shown of an estimate; nothing where the form says why there is none."""
    if not form.is_valid():
        return {}
    asked = form.cleaned_data
    try:
        found = _count(asked, here)
    except Refusal as no:
        form.add_error("file", forms.ValidationError(str(no), no.code))
        return {}
    return {
        "estimate": found,
        "file_name": asked["file"].name,
        "price_micro": money.to_micro(asked["price"]),
        "bots": found.bots[:_BOTS],
        "left_out": max(0, len(found.bots) - _BOTS),
        "apart": [line for line in _apart(found) if line[1]],
    }


def _apart(found: Estimate) -> list[tuple[str, int, str]]:
    """What stands in the file and costs nothing, and why."""
    welcomes = found.conversations - found.interactive_conversations
    return [
        ("Conversations without the user", welcomes, "nobody answered the bot"),
        ("Voice sessions", found.voice_sessions, "the same 15 minutes on voice channels"),
        ("Developer messages", found.developer_messages, "tests"),
        ("Other events", found.other_events, "transfers, ends, alerts, log-ins and the like"),
        ("Duplicates", found.duplicates, "the same event again"),
        ("Conflicting duplicates", found.conflicting, "an id that stands for another event"),
        ("Rejected rows", found.rejected, "no events: a field is missing or wrong"),
    ]


def _count(asked: dict[str, Any], here: Here) -> Estimate:
    """Reads the file from a folder of its own that is gone afterwards, whatever happens."""
    if here.shell.estimate is None:
        raise Http404
    if not _ROOM.acquire(blocking=False):
        raise Busy
    try:
        with tempfile.TemporaryDirectory(prefix="quartermaster-estimate-") as folder:
            path = Path(folder) / asked["file"].name[-_NAME_LENGTH:]
            with path.open("wb") as whole:
                whole.writelines(asked["file"].chunks())
            return here.shell.estimate(path, asked["seconds"], asked["price"], asked["channels"])
    finally:
        _ROOM.release()
