"""What people type for a place, to the time zone it keeps."""

import re
import unicodedata
from functools import cache
from zoneinfo import available_timezones

from rapidfuzz import fuzz, process

from digests.errors import AskError
from digests.tables import load_rows

# Below this likeness (0 to 100) a suggestion is a guess: "Kyvi" is 75 like "kyiv", "Nowhere" 57 like "jerome".
_NEAR = 70
_COMMON = ("Europe/Kyiv", "Europe/Istanbul", "Europe/Warsaw")
_MOST_CHARS = 60
_OFFSET = re.compile(r"(?:utc|gmt)?([+-])([0-9]{1,2})(?::?([0-9]{2}))?")


def find_zone(text: str) -> str:
    """Return the IANA key of a zone, a city, a country or an offset that a person typed.

    Raises `AskError("zone.unknown", asked=..., near=...)`, `near` being up to three keys parted by commas.

    >>> find_zone("kiev"), find_zone("Симферополь"), find_zone("UTC+3")
    ('Europe/Kyiv', 'Europe/Simferopol', 'Etc/GMT-3')
    """
    asked = text.strip()[:_MOST_CHARS]
    key = _plain(asked)
    found = _places().get(key) or _offset(key)
    if found is None:
        raise AskError("zone.unknown", asked=asked, near=", ".join(_nearest(key)))
    return found


def _plain(text: str) -> str:
    """Return the text in lower case without accents, `-`, `_` and spaces as one space, `-` of an offset kept."""
    text = unicodedata.normalize("NFKC", text).casefold().replace("ı", "i").replace("−", "-")
    text = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c) or c == "\u0306")
    text = unicodedata.normalize("NFC", text).replace("ґ", "г")
    text = re.sub(r"['’ʼ`.]", "", text)
    if _OFFSET.fullmatch(compact := text.replace(" ", "")):
        return compact
    return re.sub(r"[\s_-]+", " ", text).strip()


def _offset(key: str) -> str | None:
    """Return the zone of a whole-hour offset. IANA writes them the other way about: `Etc/GMT-3` is UTC+3."""
    found = _OFFSET.fullmatch(key)
    if not found or int(found[3] or 0):
        return None
    hours = int(found[2])
    if hours == 0:
        return "UTC"
    east = found[1] == "+"
    if hours > (14 if east else 12):
        return None
    return f"Etc/GMT{'-' if east else '+'}{hours}"


def _nearest(key: str) -> tuple[str, ...]:
    """Return up to three different zones whose names are most like `key`; the common ones if none is."""
    found = process.extract(key, sorted(_places()), scorer=fuzz.ratio, limit=12, score_cutoff=_NEAR)
    near = tuple(dict.fromkeys(_places()[name] for name, _, _ in found))
    return near[:3] or _COMMON


@cache
def _places() -> dict[str, str]:
    """Return zones by plain name: the table's aliases, then IANA's keys, then the cities in them."""
    keys = sorted(key for key in available_timezones() if "/" in key or key in ("UTC", "EET", "CET", "WET", "MSK"))
    # Of two zones with one city (Europe/Istanbul, Asia/Istanbul) Europe's is meant here.
    keys.sort(key=lambda key: not key.startswith("Europe/"))
    places = {_plain(name): key for name, key in load_rows("schedule/data/zones.tsv")}
    for key in keys:
        places.setdefault(_plain(key), key)
    for key in keys:
        if not key.startswith("Etc/"):
            places.setdefault(_plain(key.rpartition("/")[2]), key)
    return places
