"""Signing in and out, and the colours of the pages."""

from typing import Final

from allauth.account.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from quartermaster.interfaces.console.access import THEMES

_YEAR: Final = 365 * 86_400

sign_in = LoginView.as_view(template_name="console/signing/sign_in.html")
sign_out = LogoutView.as_view(template_name="console/signing/sign_out.html")


@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Keeps the chosen colours in a cookie and goes back to where they were chosen."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back)
    theme = request.POST.get("theme", "")
    if theme in THEMES:
        response.set_cookie("theme", theme, max_age=_YEAR, samesite="Lax", httponly=True)
    return response
