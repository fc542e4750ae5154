"""What a report is narrowed to: forms that keep what was typed and say what is wrong with it."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.forms import ChoiceField
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from quartermaster.core.errors import Refusal
from quartermaster.core.usage import products, ranges
from quartermaster.core.usage.events import PRODUCTS
from quartermaster.core.usage.ranges import Span, Step

_RANGES: Final = (
    ("24h", "Last 24 hours"),
    ("7d", "Last 7 days"),
    ("30d", "Last 30 days"),
    ("90d", "Last 90 days"),
    ("custom", "Days of choice"),
)
_TITLES: Final = {"contact_center_ai": "Contact Center AI", "agent_ai": "Agent AI"}
_MOST_TOLERANCE: Final = 44_640
NO_CHANNEL: Final = "(none)"
"""In addresses, lists and files what came through no channel; elsewhere that is an empty name."""
_ZONES: Final = tuple(
    sorted(zone for zone in available_timezones() if "/" in zone or zone == "UTC")
)


def sentence(no: Refusal) -> str:
    """What a refusal says, as people write it."""
    words = str(no)
    return f"{words[:1].upper()}{words[1:]}{'' if words.endswith('.') else '.'}"


def _days(label: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "This is no day such as 2026-11-22."},
    )


class Select(forms.Select):
    """A list of options, written at once: with a template for each, a thousand bots take longer
    than the rest of the page."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The same markup as Django's."""
        chosen = {str(one) for one in self.format_value(value)}
        options = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            (
                (option, mark_safe(" selected") if str(option) in chosen else "", label)
                for option, label in self.choices
            ),
        )
        own = flatatt({"name": name, **self.build_attrs(self.attrs, attrs)})
        return format_html("<select{}>{}</select>", own, options)


def _one_of(label: str, choices: Iterable[tuple[str, str]], is_needed: bool = False) -> ChoiceField:
    return ChoiceField(choices=list(choices), label=label, required=is_needed, widget=Select)


def _choice(label: str, everything: str, names: list[str]) -> ChoiceField:
    """One of these, or all."""
    return _one_of(label, [("", everything), *((name, name) for name in names)])


def _channels(used: list[str], asked: str | None) -> ChoiceField:
    """None, those that are used, and the one that is asked for."""
    chosen = {asked} if asked and "\0" not in asked else set()
    names = sorted({*used, *chosen} - {NO_CHANNEL})
    return _choice("Channel", "All channels", [NO_CHANNEL, *names])


class RangeForm(forms.Form):
    """A range of time; `span` after `is_valid`. By default the last 30 days, or those given."""

    def __init__(self, query: Any, at: datetime, zone: ZoneInfo, default: str = "30d") -> None:
        asked = {name: query[name] for name in query if query[name] != ""}
        days = {"from", "to"} & asked.keys()
        asked.setdefault("range", "custom" if days else default)
        super().__init__(asked)
        self._at, self._zone, self._default = at, zone, default
        self.fields["range"] = _one_of("Time", _RANGES, is_needed=True)
        self.fields["from"] = _days("From")
        self.fields["to"] = _days("To")
        self.span: Span = ranges.named(default, at, zone)

    def clean(self) -> dict[str, Any]:
        """Makes the span; what cannot be one is said of its field."""
        found = super().clean() or {}
        if {"range", "from", "to"} & self.errors.keys():
            return found
        zone = self.zone_of(found)
        try:
            self.span = self._span(found, zone)
        except Refusal as no:
            self.add_error(no.field if no.field in self.fields else None, sentence(no))
        return found

    def zone_of(self, found: dict[str, Any]) -> ZoneInfo:
        """The time zone in which days are meant."""
        return ZoneInfo(found["time_zone"]) if found.get("time_zone") else self._zone

    def _span(self, found: dict[str, Any], zone: ZoneInfo) -> Span:
        if found["range"] != "custom":
            return ranges.named(found["range"], self._at, zone)
        today = self._at.astimezone(zone).date()
        last: date = found.get("to") or max(today, found.get("from") or today)
        first: date = found.get("from") or last.replace(day=1)
        return ranges.between(first, last, self._at, zone)

    @property
    def is_custom(self) -> bool:
        """Whether days were chosen one by one."""
        return self.data.get("range") == "custom"


def channel_of(form: forms.Form) -> str | None:
    """The channel that is asked for, as queries take it: empty for none."""
    asked = form.cleaned_data.get("channel") or None
    return "" if asked == NO_CHANNEL else asked


class UsageForm(RangeForm):
    """The filters of usage: its bot, channel and product, its step and time zone."""

    def __init__(
        self, query: Any, at: datetime, zone: ZoneInfo, bots: list[str], channels: list[str]
    ) -> None:
        super().__init__(query, at, zone)
        self.fields["bot"] = _choice("Bot", "All bots", bots)
        self.fields["channel"] = _channels(channels, self.data.get("channel"))
        self.fields["product"] = _choice("Product", "All products", list(PRODUCTS))
        steps = [("", "Automatic"), *((step, step.capitalize()) for step in Step)]
        groups = [(name, name.capitalize()) for name in ("bot", "product", "channel")]
        self.fields["by"] = _one_of("By", [*steps, *groups])
        self.fields["time_zone"] = _one_of(
            "Time zone", [("", zone.key), *((name, name) for name in _ZONES)]
        )

    def clean(self) -> dict[str, Any]:
        """Also refuses steps that are too many for the span."""
        found = super().clean()
        try:
            if not self.errors and found.get("by") in set(Step):
                ranges.step_of(self.span, found["by"])
        except Refusal as no:
            self.add_error("by", sentence(no))
        return found


class SessionForm(RangeForm):
    """The filters of the list of sessions."""

    def __init__(
        self, query: Any, at: datetime, zone: ZoneInfo, bots: list[str], channels: list[str]
    ) -> None:
        super().__init__(query, at, zone, "7d")
        self.fields["bot"] = _choice("Bot", "All bots", bots)
        self.fields["channel"] = _channels(channels, self.data.get("channel"))
        self.fields["unit"] = forms.ChoiceField(
            choices=[
                ("", "Billing and voice"),
                ("billing_session", "Billing sessions"),
                ("voice_session", "Voice sessions"),
            ],
            label="Unit",
            required=False,
        )
        self.fields["user"] = forms.CharField(
            label="End user", required=False, max_length=200, widget=forms.TextInput()
        )


class SeatForm(RangeForm):
    """The filters of seats; `product` and `tolerance` after `is_valid`, with their usual values
    where what was typed is none."""

    product: str = products.WITH_AGENTS[0]
    minutes: int = 0
    tolerance: timedelta = timedelta()

    def __init__(self, query: Any, at: datetime, zone: ZoneInfo) -> None:
        super().__init__(query, at, zone)
        names = [(name, _TITLES[name]) for name in products.WITH_AGENTS]
        self.fields["product"] = forms.ChoiceField(choices=names, label="Product", required=False)
        self.fields["tolerance"] = forms.IntegerField(
            label="Tolerance in minutes",
            required=False,
            min_value=0,
            max_value=_MOST_TOLERANCE,
            widget=forms.NumberInput({"placeholder": "0"}),
            error_messages={"invalid": "This is no whole number of minutes."},
        )

    def clean(self) -> dict[str, Any]:
        """Keeps what is fit."""
        found = super().clean()
        self.product = found.get("product") or self.product
        self.minutes = found.get("tolerance") or 0
        self.tolerance = timedelta(minutes=self.minutes)
        return found

    @property
    def product_title(self) -> str:
        """The product as people write it."""
        return _TITLES[self.product]


class EventForm(RangeForm):
    """The filters of events; `before` after `is_valid`: rejections older than this one."""

    before: int | None = None

    def __init__(self, query: Any, at: datetime, zone: ZoneInfo) -> None:
        super().__init__(query, at, zone, "24h")
        self.fields["before"] = forms.IntegerField(required=False, min_value=1)

    def clean(self) -> dict[str, Any]:
        """Keeps what is fit."""
        found = super().clean()
        self.before = found.get("before")
        return found
