"""How the viewer's language writes numbers, money and times. The words are English."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError, dates, numbers

from quartermaster.core import money

_DEFAULT: Final = "en-US"
NOTHING: Final = "–"


@dataclass(frozen=True, slots=True)
class Formats:
    """For one viewer: a locale of Babel's, a currency code, a time zone."""

    locale: Locale
    currency: str
    zone: ZoneInfo

    def number(self, value: Decimal | int | None) -> str:
        """1,234.5 as the locale has it; a dash for None."""
        return NOTHING if value is None else numbers.format_decimal(value, locale=self.locale)

    def money(self, amount_micro: int | None) -> str:
        """Millionths as money: two digits, or as many as there are below a cent."""
        if amount_micro is None:
            return NOTHING
        amount = money.from_micro(amount_micro)
        pattern = self.locale.currency_formats["standard"].pattern
        shown = numbers.format_currency(
            amount,
            self.currency,
            pattern.replace("0.00", "0." + "0" * money.places(amount)),
            locale=self.locale,
            currency_digits=False,
        )
        return shown.replace("-", "−")

    def share(self, part: int, whole: int) -> str:
        """The change from `whole` to `part`, in percent with its sign; a dash from nothing."""
        if not whole:
            return NOTHING
        if part >= 10 * whole > 0:
            return f"×{numbers.format_decimal(round(part / whole), locale=self.locale)}"
        change = Decimal(part - whole) / whole
        shown = numbers.format_percent(abs(change), "#,##0 %", locale=self.locale)
        return f"{'+' if change > 0 else '−' if change < 0 else '±'}{shown}"

    def when(self, at: datetime | None) -> str:
        """Day and time to the second in the zone."""
        if at is None:
            return NOTHING
        return f"{self.day(at.astimezone(self.zone).date())}, {self.clock(at)}"

    def clock(self, at: datetime) -> str:
        """The time of day to the second."""
        local = at.astimezone(self.zone)
        return dates.format_time(local, "HH:mm:ss", tzinfo=self.zone, locale=self.locale)

    def day(self, day: date) -> str:
        """22 Nov 2026, as the locale orders it."""
        return dates.format_date(day, "medium", locale=self.locale)

    def step(self, name: str) -> str:
        """A report's step for a narrow column: hours, days or months as people say them."""
        if len(name) == len("2026-11"):
            return dates.format_skeleton(
                "yMMM", date.fromisoformat(f"{name}-01"), locale=self.locale
            )
        shown = dates.format_skeleton("MMMd", date.fromisoformat(name[:10]), locale=self.locale)
        return f"{shown}, {name[11:]}" if len(name) > len("2026-11-22") else shown


def locale_of(accepted: str) -> Locale:
    """The first language of an Accept-Language header that Babel knows."""
    wanted = [part.partition(";")[0].strip() for part in accepted.split(",")[:10]]
    for tag in (*wanted, _DEFAULT):
        try:
            return Locale.parse(tag, sep="-")
        except (ValueError, UnknownLocaleError, TypeError):
            continue
    return Locale.parse(_DEFAULT, sep="-")
