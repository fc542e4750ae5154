"""Who is named to take payments, and what they need."""

import pytest

from quartermaster.adapters.payments import ByHand, PayPal, Pretend, Stripe
from quartermaster.conf import environment, wiring
from quartermaster.conf.environment import BadSetting
from quartermaster.core.lifecycles.methods import MethodKind

STRIPE = {"STRIPE_SECRET_KEY": "sk_test_hidden1", "STRIPE_WEBHOOK_SECRET": "whsec_hidden2"}
PAYPAL = {
    "PAYPAL_CLIENT_ID": "shown-client",
    "PAYPAL_CLIENT_SECRET": "hidden3",
    "PAYPAL_WEBHOOK_ID": "8WH",
    "PAYPAL_ENVIRONMENT": "sandbox",
}
NAMED = "QUARTERMASTER_PAYMENTS"
SECRETS = ("hidden1", "hidden2", "hidden3")


def refused(settings: dict[str, str]) -> BadSetting:
    with pytest.raises(BadSetting) as no:
        environment.read(settings)
    assert not [secret for secret in SECRETS if secret in str(no.value)]
    return no.value


@pytest.mark.parametrize("named", ["", "Pretend", "by hand", "stripe,", "paddle,stripe"])
def test_nobody_else_takes_payments(named: str) -> None:
    no = refused({NAMED: named, **STRIPE})
    assert "must be of by_hand, pretend, sandbox, stripe, paypal" in str(no)
    assert no.field == NAMED


def test_nobody_is_named_twice_and_nobody_pretends_beside_others() -> None:
    assert "names one twice" in str(refused({NAMED: "stripe, stripe", **STRIPE}))
    assert "pretends" in str(refused({NAMED: "stripe,pretend", **STRIPE}))


@pytest.mark.parametrize(("named", "needs"), [("stripe", STRIPE), ("paypal", PAYPAL)])
def test_half_configured_is_refused_by_the_name_of_what_is_missing(
    named: str, needs: dict[str, str]
) -> None:
    for missing in needs:
        for empty in ({}, {missing: " "}):
            left = {name: text for name, text in needs.items() if name != missing}
            no = refused({NAMED: named, **left, **empty})
            assert f"names {named}, which also needs {missing} to be set" in str(no)
            assert no.field == missing
    assert ", ".join(needs) in str(refused({NAMED: named})), "all at once"


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("STRIPE_SECRET_KEY", "whsec_hidden2", "must begin with sk_ or rk_"),
        ("STRIPE_SECRET_KEY", "pk_test_hidden1", "must begin with sk_ or rk_"),
        ("STRIPE_WEBHOOK_SECRET", "sk_test_hidden1", "must begin with whsec_"),
        ("STRIPE_API_BASE", "api.stripe.com", "must be an address"),
        ("PAYPAL_ENVIRONMENT", "test", "must be live or sandbox"),
        ("PAYPAL_API_BASE", "https://a b", "must be an address"),
        ("PAYPAL_CLIENT_SECRET", "hidden3 and more", "must be without spaces"),
    ],
)
def test_what_cannot_be_right_is_refused(name: str, value: str, says: str) -> None:
    no = refused({NAMED: "paypal,stripe", **STRIPE, **PAYPAL, name: value})
    assert str(no).startswith(f"{name} {says}")
    assert no.field == name


def test_secrets_do_not_show() -> None:
    shown = repr(environment.read({NAMED: "stripe,paypal", **STRIPE, **PAYPAL}))
    assert "('stripe', 'paypal')" in shown
    assert not [secret for secret in SECRETS if secret in shown]


def test_what_is_not_named_needs_nothing() -> None:
    found = environment.read({**PAYPAL, "STRIPE_SECRET_KEY": "nonsense"}).payments
    assert (found.names, found.settings) == (("by_hand",), {})


def test_several_stand_side_by_side(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in {NAMED: "paypal, stripe,by_hand", **STRIPE, **PAYPAL}.items():
        monkeypatch.setenv(name, text)
    found = wiring.gateways()
    assert isinstance(found.of(MethodKind.CARD), Stripe)
    assert isinstance(found.of(MethodKind.PAYPAL), PayPal)
    assert list(found.names) == ["paypal", "stripe"]
    assert isinstance(found.otherwise, ByHand)


def test_providers_alone_leave_nobody_for_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in {NAMED: "stripe", **STRIPE}.items():
        monkeypatch.setenv(name, text)
    assert wiring.gateways().otherwise is None


@pytest.mark.parametrize(("named", "kind"), [("by_hand", ByHand), ("pretend", Pretend)])
def test_those_that_need_no_provider(
    monkeypatch: pytest.MonkeyPatch, named: str, kind: type[object]
) -> None:
    monkeypatch.setenv(NAMED, named)
    assert wiring.gateways().several == ()
    assert isinstance(wiring.gateways().otherwise, kind)
