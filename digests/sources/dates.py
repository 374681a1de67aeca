"""The date a feed or a file states, in the many ways our sources state it."""

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import cache

from digests.tables import load_rows

_FIRST_YEAR = 1995
_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d{1,9})?)?\s*(?P<half>[ap]m)?"
_ZONE = r"\s*(?P<zone>z|[+-]\d\d:?\d\d|[a-zмск]{2,5})?"
_TAIL = rf"(?:[t,\s]*(?:at|о|в|saat|-|–)?\s*{_CLOCK}{_ZONE})?"
_FORMS = tuple(
    re.compile(form + _TAIL, re.IGNORECASE)
    for form in (
        r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})",
        r"(?P<year>\d{4})/(?P<month>\d{1,2})/(?P<day>\d{1,2})",
        r"(?P<day>\d{1,2})[./](?P<month>\d{1,2})[./](?P<year>\d{4})",
        r"(?:[^\W\d_]{2,12}\.?,?\s+)?(?P<day>\d{1,2})(?:st|nd|rd|th)?[\s-]+(?P<word>[^\W\d_]{3,12})\.?[\s,-]+(?P<year>\d{4}|\d\d\b)(?:\s*(?:р|г|yıl)\b\.?)?",
        r"(?:[^\W\d_]{2,12}\.?,?\s+)?(?P<word>[^\W\d_]{3,12})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})",
    )
)
_EPOCH = re.compile(r"\d{10}(?:\d{3})?")
# Hours east of Greenwich; feedparser takes MSK for UTC.
_ZONES = {
    **{"msk": 3, "мск": 3, "trt": 3, "eet": 2, "eest": 3, "cet": 1, "cest": 2, "bst": 1, "wet": 0, "west": 1},
    **{"est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7},
}


def read_date(stated: str, *, now: datetime) -> datetime | None:
    """Return the instant a text states, in UTC; None for no date, a broken one, or one before 1995 or after tomorrow.

    A date without a zone is read as UTC, and one that then lies ahead is `now`: a local time east of Greenwich, or a
    clock that is fast. Nothing is published after it was seen.

    >>> read_date("5 Ocak 2026, 10:30", now=datetime(2026, 2, 1, tzinfo=UTC))
    datetime.datetime(2026, 1, 5, 10, 30, tzinfo=datetime.timezone.utc)
    """
    stated = stated.strip()[:100]
    try:
        at = _epoch(stated) or _calendar(stated)
    except (ValueError, OverflowError):
        return None
    if at is None or at.year < _FIRST_YEAR or at > now + timedelta(days=1):
        return None
    return min(at, now.astimezone(UTC))


def is_date_line(line: str) -> bool:
    """Return whether a line of a text is a date with or without an hour, and nothing else.

    >>> is_date_line("20 листопада 2026, 14:30"), is_date_line("20 листопада 2026 суд відклав засідання")
    (True, False)
    """
    line = line.strip().rstrip(".")
    if not 8 <= len(line) <= 50:
        return False
    return any(
        (found := form.fullmatch(line)) and (found.groupdict().get("month") or found["word"].lower() in _months())
        for form in _FORMS
    )


def _epoch(stated: str) -> datetime | None:
    if not _EPOCH.fullmatch(stated):
        return None
    return datetime.fromtimestamp(int(stated[:10]), UTC)


def _calendar(stated: str) -> datetime | None:
    for form in _FORMS:
        found = form.match(stated)
        if found is None:
            continue
        parts = found.groupdict()
        month = int(parts["month"]) if parts.get("month") else _months().get(parts["word"].lower())
        if month is None:
            continue
        return _instant(parts, month)
    return None


def _instant(parts: dict[str, str | None], month: int) -> datetime:
    year, day = int(parts["year"] or 0), int(parts["day"] or 0)
    if month > 12 >= day and "word" not in parts:  # 01/31/2026
        month, day = day, month
    hour = int(parts["hour"] or 0)
    if parts["half"]:
        hour = hour % 12 + (12 if parts["half"].lower() == "pm" else 0)
    local = datetime(
        year + 2000 if year < 100 else year,
        month,
        day,
        hour,
        int(parts["minute"] or 0),
        min(int(parts["second"] or 0), 59),
        tzinfo=_zone(parts["zone"]),
    )
    return local.astimezone(UTC)


def _zone(stated: str | None) -> timezone:
    if stated and stated[0] in "+-":
        digits = stated[1:].replace(":", "")
        offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
        return timezone(offset if stated[0] == "+" else -offset)
    return timezone(timedelta(hours=_ZONES.get((stated or "").lower(), 0)))


@cache
def _months() -> dict[str, int]:
    return {form: int(row[0]) for row in load_rows("sources/data/months.tsv") for form in row[1:]}
