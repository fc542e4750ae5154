"""What people type. A form that is wrong keeps it, but for card numbers, CVV and passwords."""

import re
from datetime import date
from typing import Any, Final

from django import forms

from payment_sandbox import cards, money

_EXPIRY: Final = re.compile(r"([0-9]{1,2})/([0-9]{2}|2[0-9]{3})|([0-9]{2})([0-9]{2}|2[0-9]{3})")
"""Without a stroke too: keyboards of telephones that have digits have none."""

_LATER: Final = {
    cards.Conduct.SUCCEEDS: "It succeeds.",
    cards.Conduct.UNKNOWN: "The outcome is unknown at first.",
}


class CardNumber(forms.PasswordInput):
    """Can be read while it is typed; never sent back."""

    input_type = "text"


class CardForm(forms.Form):
    """Cleaned: `number` is a test card, `expiry` a card's last day."""

    number = forms.CharField(
        label="Card number",
        max_length=30,
        error_messages={"required": "Enter the number on the front of the card."},
        widget=CardNumber(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    holder = forms.CharField(
        label="Name on the card",
        max_length=100,
        error_messages={"required": "Enter the name as it is on the card."},
        widget=forms.TextInput(attrs={"autocomplete": "cc-name"}),
    )
    expiry = forms.CharField(
        label="Expiry",
        max_length=9,
        error_messages={"required": "Enter month and year."},
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "placeholder": "MM / YY"}
        ),
    )
    cvv = forms.CharField(
        label="CVV",
        max_length=4,
        error_messages={"required": "Enter the security code."},
        widget=forms.PasswordInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    today: date

    def clean_number(self) -> cards.TestCard:
        """Of a test card; anything else is refused."""
        number = cards.digits(self.cleaned_data["number"])
        if not cards.is_number(number):
            raise forms.ValidationError("This is not a card number. Check the digits.")
        if number not in cards.BY_NUMBER:
            words = "This is a sandbox and takes its test cards only; they are listed below."
            raise forms.ValidationError(words)
        return cards.BY_NUMBER[number]

    def clean_expiry(self) -> date:
        """Month and year, today or later."""
        found = _EXPIRY.fullmatch("".join(self.cleaned_data["expiry"].split()))
        month, year = (int(part) for part in found.groups() if part) if found else (0, 0)
        if not 1 <= month <= 12:
            raise forms.ValidationError("Enter month and year, such as 08/29.")
        last_day = cards.last_day(month, year if year > 99 else 2000 + year)
        if last_day < self.today:
            raise forms.ValidationError("This card has expired.")
        if last_day.year > self.today.year + 20:
            raise forms.ValidationError("No card is good for that long.")
        return last_day

    def clean(self) -> dict[str, Any]:
        """The CVV is as long as the card's brand has it."""
        cleaned = super().clean() or self.cleaned_data
        card, cvv = cleaned.get("number"), cleaned.get("cvv", "")
        length = 4 if card and cards.brand(card.number) == "American Express" else 3
        if cvv and not (cvv.isascii() and cvv.isdigit() and len(cvv) == length):
            where = "on the front" if length == 4 else "on the back"
            self.add_error("cvv", f"Enter the {length} digits {where}.")
        return cleaned


class PasswordForm(forms.Form):
    """The one-time password that the card's bank has sent."""

    password = forms.RegexField(
        r"^\s*[0-9]{6}\s*$",
        label="One-time password",
        error_messages={
            "required": "Enter the password of the message.",
            "invalid": "The password has six digits.",
        },
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


class LoginForm(forms.Form):
    """An account of the PayPal-like wallet. Any password will do; none is kept."""

    email = forms.EmailField(
        label="E-mail",
        error_messages={
            "required": "Enter any e-mail address.",
            "invalid": "Enter an e-mail address, such as buyer@example.com.",
        },
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    password = forms.CharField(
        label="Password",
        max_length=200,
        error_messages={"required": "Enter any password."},
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )


def _no_amount(currency: str) -> str:
    return f"Enter an amount of {currency}, such as {money.example(currency)}."


class AmountForm(forms.Form):
    """An amount of a payment's currency; cleaned: in minor units."""

    amount = forms.CharField(
        label="Amount", max_length=20, error_messages={"required": "Enter an amount."}
    )
    currency: str

    def clean_amount(self) -> int:
        """More than nothing."""
        found = money.minor(self.cleaned_data["amount"], self.currency)
        if not found or found > 10**12:
            raise forms.ValidationError(_no_amount(self.currency))
        return found


class LaterForm(forms.Form):
    """What comes of charging a saved method."""

    later = forms.ChoiceField(
        label="When it is charged",
        choices=[(one.value, _LATER.get(one, cards.REASONS.get(one))) for one in cards.LATER],
    )


class WireForm(forms.Form):
    """Money from anybody, for anything."""

    amount = forms.CharField(
        label="Amount", max_length=20, error_messages={"required": "Enter an amount."}
    )
    currency = forms.CharField(
        label="Currency",
        max_length=3,
        initial="USD",
        error_messages={"required": "Enter a currency, such as USD."},
    )
    reference = forms.CharField(
        label="Reference",
        max_length=140,
        error_messages={"required": "Enter what the payer writes on it."},
    )
    payer = forms.CharField(
        label="Sent by",
        max_length=70,
        initial="A. Buyer",
        error_messages={"required": "Enter a name."},
    )

    def clean(self) -> dict[str, Any]:
        """The amount is one of its currency, in minor units."""
        cleaned = super().clean() or self.cleaned_data
        currency = str(cleaned.get("currency", "")).upper()
        if not money.is_currency(currency):
            if currency:
                self.add_error("currency", "Enter a currency, such as USD.")
            return cleaned
        minor = money.minor(str(cleaned.get("amount", "")), currency)
        if "amount" in cleaned and (not minor or minor > 10**12):
            self.add_error("amount", _no_amount(currency))
        return {**cleaned, "currency": currency, "amount": minor}


class FaultsForm(forms.Form):
    """What is to go wrong with notices."""

    lose = forms.BooleanField(required=False, label="Lose", help_text="Notices are never sent.")
    duplicate = forms.BooleanField(
        required=False, label="Duplicate", help_text="Each notice is sent twice."
    )
    reorder = forms.BooleanField(
        required=False,
        label="Reorder",
        help_text="A notice waits up to three seconds for a later one, which is sent first.",
    )
    delay_seconds = forms.IntegerField(
        min_value=0, max_value=3600, initial=0, label="Delay", help_text="Seconds, at most 3600."
    )
