"""The API keys of the workspace: made, shown once, revoked."""

from dataclasses import dataclass

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods

from quartermaster.core.errors import Refusal
from quartermaster.interfaces.console.access import Here
from quartermaster.store.people import queries as people
from quartermaster.store.people.models import ApiKey
from quartermaster.usecases.people.create_key import create_key
from quartermaster.usecases.people.revoke_key import revoke_key


class KeyForm(forms.Form):
    """A key to be made. What a name may be, the use case knows."""

    name = forms.CharField(
        label="Name of a new key",
        required=False,
        widget=forms.TextInput({"placeholder": "production", "autocomplete": "off"}),
    )


@dataclass(frozen=True, slots=True)
class Made:
    """A new key with its secret, for the one answer that shows it."""

    key: ApiKey
    secret: str


@cache_control(no_store=True, private=True)
@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: HttpRequest, here: Here) -> HttpResponse:
    """All keys, the working ones first. A POST makes one; only its own answer holds the secret,
    which is kept nowhere."""
    form = KeyForm(request.POST if request.method == "POST" else None)
    made = _make(form, here) if form.is_bound else None
    listed = people.keys_of(here.workspace)
    gone = request.GET.get("revoked")
    found = {
        "form": KeyForm() if made else form,
        "made": made,
        "keys": listed,
        "revoked": next((one for one in listed if one.public_id == gone and one.revoked_at), None),
    }
    return render(request, "console/pages/keys.html", found, status=422 if form.errors else 200)


def _make(form: KeyForm, here: Here) -> Made | None:
    if not form.is_valid():
        return None
    try:
        return Made(*create_key(here.workspace, form.cleaned_data["name"], here.at))
    except Refusal as no:
        form.add_error("name", str(no))
        return None


@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: HttpRequest, here: Here, name: str) -> HttpResponse:
    """Asks whether the key is to be revoked; a POST does it."""
    if request.method == "POST":
        key = revoke_key(here.workspace, name, here.at)
        return redirect(f"{reverse('keys')}?revoked={key.public_id}")
    return render(request, "console/pages/keys.html", {"key": people.get_key(here.workspace, name)})
