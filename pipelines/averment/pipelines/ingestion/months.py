"""The names of months that dates in contracts and filings are written with: English and German, full and short."""

from typing import Final

MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "january jan januar jän jänner",
            "february feb februar",
            "march mar märz mrz",
            "april apr",
            "may mai",
            "june jun juni",
            "july jul juli",
            "august aug",
            "september sep sept",
            "october oct oktober okt",
            "november nov",
            "december dec dezember dez",
        ),
        start=1,
    )
    for name in names.split()
}
"""Number of a month, 1 to 12, by its name in lower case."""
MONTH_NAME: Final = "|".join(sorted(MONTHS, key=len, reverse=True))
"""The alternatives of a regular expression, longest first; to be matched without regard to case."""
