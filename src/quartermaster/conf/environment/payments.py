"""Who takes payments, and what they need to be set. Values are never repeated: they are secret."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from quartermaster.conf.environment.refusals import BadSetting

PLAIN: Final = ("by_hand", "pretend")
"""Those that need nothing to be set, of which there is one at most."""
_NAME: Final = "QUARTERMASTER_PAYMENTS"
_NEEDS: Final[Mapping[str, tuple[str, ...]]] = {
    "sandbox": (
        *("PAYMENT_SANDBOX_URL", "PAYMENT_SANDBOX_SECRET"),
        "PAYMENT_SANDBOX_WEBHOOK_SECRET",
    ),
    "stripe": ("STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET"),
    "paypal": (
        *("PAYPAL_CLIENT_ID", "PAYPAL_CLIENT_SECRET"),
        *("PAYPAL_WEBHOOK_ID", "PAYPAL_ENVIRONMENT"),
    ),
}
_MAY: Final[Mapping[str, tuple[str, ...]]] = {
    "stripe": ("STRIPE_API_BASE",),
    "paypal": ("PAYPAL_API_BASE",),
}
_ADDRESS: Final = (r"https?://[^/\s]+", "must be an address such as https://api.example.com")
_FORMS: Final[Mapping[str, tuple[str, str]]] = {
    "PAYMENT_SANDBOX_URL": _ADDRESS,
    "STRIPE_SECRET_KEY": (r"(sk|rk)_\S+", "must begin with sk_ or rk_"),
    "STRIPE_WEBHOOK_SECRET": (r"whsec_\S+", "must begin with whsec_"),
    "STRIPE_API_BASE": _ADDRESS,
    "PAYPAL_ENVIRONMENT": (r"live|sandbox", "must be live or sandbox"),
    "PAYPAL_API_BASE": _ADDRESS,
}


@dataclass(frozen=True, slots=True)
class Payments:
    """`names` in the order in which they are asked for a kind of payment; `settings` are their
    variables, of which those that need not be set may be missing."""

    names: tuple[str, ...]
    settings: Mapping[str, str] = field(repr=False)


def read(environ: Mapping[str, str]) -> Payments:
    """`QUARTERMASTER_PAYMENTS` names providers, with commas between. BadSetting where something is
    missing that one of them needs."""
    names = tuple(name.strip() for name in environ.get(_NAME, PLAIN[0]).split(","))
    _check_names(names)
    for name in names:
        _check_needs(name, environ)
    known = [each for name in names for each in (*_NEEDS.get(name, ()), *_MAY.get(name, ()))]
    settings = {each: environ[each].strip() for each in known if environ.get(each, "").strip()}
    for each, value in settings.items():
        form, words = _FORMS.get(each, (r"\S+", "must be without spaces"))
        if not re.fullmatch(form, value):
            raise BadSetting(f"{each} {words}", field=each)
    return Payments(names, settings)


def _check_names(names: tuple[str, ...]) -> None:
    allowed = (*PLAIN, *_NEEDS)
    written = ",".join(names)
    if set(names) - set(allowed):
        words = f"must be of {', '.join(allowed)}, with commas between"
        raise BadSetting(f"{_NAME}={written!r} {words}", field=_NAME)
    if len(set(names)) < len(names):
        raise BadSetting(f"{_NAME}={written!r} names one twice", field=_NAME)
    if "pretend" in names and len(names) > 1:
        words = "who pretends that all is paid cannot stand beside others"
        raise BadSetting(f"{_NAME}={written!r}: {words}", field=_NAME)


def _check_needs(name: str, environ: Mapping[str, str]) -> None:
    missing = [each for each in _NEEDS.get(name, ()) if not environ.get(each, "").strip()]
    if missing:
        words = f"{_NAME} names {name}, which also needs {', '.join(missing)} to be set"
        raise BadSetting(words, field=missing[0])
