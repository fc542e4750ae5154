"""Numbers, money and times as the viewer writes them, and the addresses of static files."""

import hashlib
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django import template
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from quartermaster.core import money as money_of
from quartermaster.core.catalog.comparing import Value
from quartermaster.core.formats import public_ids
from quartermaster.interfaces.console.filters import NO_CHANNEL, sentence
from quartermaster.interfaces.console.formats import Formats

register = template.Library()
register.filter("sentence", sentence)


def _formats(context: Any) -> Formats:
    found: Formats = context["formats"]
    return found


@register.simple_tag(takes_context=True)
def number(context: Any, value: Decimal | int | None) -> str:
    """1,234."""
    return _formats(context).number(value)


@register.simple_tag(takes_context=True)
def money(context: Any, amount_micro: int | None) -> str:
    """$1,234.50 from millionths."""
    return _formats(context).money(amount_micro)


@register.simple_tag(takes_context=True)
def minor(context: Any, amount_minor: int, currency: str) -> str:
    """€60.00 from minor units of a currency."""
    amount_micro = money_of.to_micro(money_of.from_minor(amount_minor, currency))
    return replace(_formats(context), currency=currency).money(amount_micro)


@register.simple_tag(takes_context=True)
def cell(context: Any, section: str, value: Value) -> str:
    """A plan's value in a comparison: an amount, a number, words, or yes and no."""
    if value is True:
        return format_html('{}<span class="visually-hidden">yes</span>', icon("circle-check"))
    if value is None or value is False:
        return format_html('<span class="soft">{}</span>', "no" if section == "features" else "–")
    if isinstance(value, Decimal):
        return money(context, money_of.to_micro(value))
    return number(context, value) if isinstance(value, int) else value


@register.simple_tag(takes_context=True)
def change(context: Any, part: int, whole: int) -> str:
    """+12 %: from the whole to the part."""
    return _formats(context).share(part, whole)


@register.simple_tag(takes_context=True)
def when(context: Any, at: datetime | None) -> SafeString:
    """Day and time, with the instant for programs."""
    if at is None:
        return SafeString("–")
    shown = _formats(context).when(at)
    return format_html('<time datetime="{}">{}</time>', at.isoformat(), shown)


@register.simple_tag(takes_context=True)
def clock(context: Any, at: datetime) -> SafeString:
    """Time of day, with the instant for programs."""
    shown = _formats(context).clock(at)
    return format_html('<time datetime="{}">{}</time>', at.isoformat(), shown)


@register.simple_tag(takes_context=True)
def day(context: Any, value: date) -> str:
    """22 Nov 2026."""
    return _formats(context).day(value)


@register.simple_tag(takes_context=True)
def local_day(context: Any, at: datetime) -> str:
    """The day of an instant in the workspace's time zone."""
    formats = _formats(context)
    return formats.day(at.astimezone(formats.zone).date())


@register.simple_tag(takes_context=True)
def step(context: Any, name: str) -> str:
    """An hour, day or month of a report."""
    return _formats(context).step(name)


@register.filter
def named(number: int, kind: str) -> str:
    """The id of a session (`ses`), charge (`chg`), transfer (`trf`), lot or price."""
    return public_ids.of(public_ids.Name(kind), number)


@register.filter
def micro(amount: Decimal) -> int:
    """An amount of currency in millionths, as the other tags take it."""
    return money_of.to_micro(amount)


@register.filter
def cents(amount_micro: int) -> int:
    """Rounded to cents, for what is a rate and not an amount."""
    return money_of.rounded(Decimal(amount_micro) / 10_000) * 10_000


@register.filter
def words(text: str) -> str:
    """`billing_session` as people write it: Billing session."""
    return text.replace("_", " ").capitalize()


@register.filter
def words_of(group: str, by: str) -> str:
    """A group's name: products in words, names of bots and channels as they are."""
    if by == "channel" and not group:
        return NO_CHANNEL
    return words(group) if by == "product" else group


@register.simple_tag
def plain(value: int | None, is_money: bool = False) -> str:
    """A figure for a chart: in whole units of currency, or as it is."""
    if value is None:
        return ""
    return f"{money_of.from_micro(value):f}" if is_money else str(value)


@register.simple_tag(takes_context=True)
def figure(context: Any, metric: Any, used: Any) -> str:
    """A metric of what was used."""
    value = metric.of(used)
    return money(context, value) if metric.is_money else number(context, value)


@register.simple_tag(takes_context=True)
def again(context: Any, **changes: str) -> str:
    """The page's own address with some of its query changed."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        query[name] = value
    return f"?{query.urlencode()}"


@register.simple_tag
def icon(name: str) -> SafeString:
    """A picture beside a word: readers of the page's text pass it over."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>',
        asset("console/icons.svg"),
        name,
    )


@register.simple_tag
def asset(name: str) -> str:
    """The address of a static file: another one when the file is another, so that browsers may
    keep it for ever."""
    return f"{static(name)}?v={_version(name)}"


@cache
def _version(name: str) -> str:
    path = finders.find(name)
    if path is None:
        raise FileNotFoundError(name)
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:10]
