"""Business days: Monday to Friday, less the public holidays of a country or region.

Which calendar was used is a code that stands with every calculation: `DE`, `US-NY`, or `weekends` where no holidays are
left out. The holidays themselves come from the `holidays` package.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from averment.core.errors import ConfigurationError

WEEKENDS: Final = "weekends"
MAX_BUSINESS_DAYS: Final = 5_000
_SATURDAY: Final = 5
# Countries whose contracts name the law of a part of them.
_WITH_PARTS: Final = ("US", "CA", "AU", "GB", "DE", "CH")
_NAMES: Final = {
    "deutschland": "DE",
    "bundesrepublik deutschland": "DE",
    "federal republic of germany": "DE",
    "österreich": "AT",
    "schweiz": "CH",
    "england and wales": "GB-ENG",
    "england": "GB-ENG",
    "united states of america": "US",
    "the netherlands": "NL",
    "republic of ireland": "IE",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Which days are business days; `code` names the holidays that are left out."""

    code: str
    is_holiday: Callable[[date], bool]

    def is_business_day(self, day: date) -> bool:
        """Say whether a day is one on which business is done."""
        return day.weekday() < _SATURDAY and not self.is_holiday(day)

    def shift(self, day: date, count: int) -> date:
        """Return the business day so many business days later, earlier for a negative number; the day itself for 0.

        Raises:
            OverflowError: The number is beyond 5,000, or the result beyond the calendar.
        """
        if abs(count) > MAX_BUSINESS_DAYS:
            raise OverflowError(f"{count} business days are more than {MAX_BUSINESS_DAYS}")
        step = timedelta(days=1 if count > 0 else -1)
        left = abs(count)
        while left:
            day += step
            left -= self.is_business_day(day)
        return day


def open_calendar(code: str) -> Calendar:
    """Return the calendar of a code: `weekends`, a country (`DE`) or a part of one (`US-NY`).

    Raises:
        ConfigurationError: There is no such calendar.
    """
    if code == WEEKENDS:
        return Calendar(code=WEEKENDS, is_holiday=lambda _: False)
    import holidays

    country, _, part = code.partition("-")
    try:
        found = holidays.country_holidays(country, subdiv=part or None)
    except NotImplementedError as error:
        raise ConfigurationError(
            f"reasoning.business_day_calendar is {code!r}, which is no calendar that is known",
            hint="name a country (DE), a part of one (US-NY), or weekends",
        ) from error
    return Calendar(code=code, is_holiday=found.__contains__)


def calendar_of(jurisdiction: str | None) -> Calendar:
    """Return the calendar of the law that governs a contract, `weekends` where none is known or two are meant.

    Example:
        >>> calendar_of("New York").code, calendar_of("Atlantis").code
        ('US-NY', 'weekends')
    """
    named = " ".join((jurisdiction or "").split()).lower()
    codes = _codes(named) if named else set()
    return open_calendar(codes.pop() if len(codes) == 1 else WEEKENDS)


def _codes(named: str) -> set[str]:
    """Return the codes of the countries and parts that a name stands for: Georgia is two."""
    if named in _NAMES:
        return {_NAMES[named]}
    import holidays
    from holidays.registry import COUNTRIES

    country = COUNTRIES.get(named.replace(" ", "_"))
    codes = {country[1]} if country else set()
    for code in _WITH_PARTS:
        aliases = holidays.country_holidays(code).subdivisions_aliases
        codes |= {f"{code}-{part}" for name, part in aliases.items() if name.lower() == named}
    return codes
