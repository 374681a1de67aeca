"""The table of countries and cities in our languages, made from Unicode's CLDR as Babel carries it.

    python -m tests.cldr_names

writes `digests/names/data/cldr.tsv` anew. The program reads that table: the locale data itself would hold 23 MB in each
process that knows names. A test compares the table with the Babel that is installed.
"""

import re
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from babel import Locale

from digests.names.aliases import CLDR_LANGUAGES
from digests.names.fold import fold
from digests.tables import load_rows

TABLE = Path(load_rows.__wrapped__.__code__.co_filename).parent / "names" / "data" / "cldr.tsv"
_HEAD = """\
# Countries, and the cities that time zones are named after: the code in CLDR, then the name in each of
# {languages}; "-" where a language has no name of its own.
# Made by `python -m tests.cldr_names` from Unicode's CLDR, as Babel {babel} carries it. Copyright 2004-2025
# Unicode, Inc.; under the Unicode License v3, in cldr.LICENSE beside this file.
"""
_CITY_ZONE = re.compile("(?:Africa|America|Asia|Australia|Europe|Pacific)/[^/]+$")


def rows() -> Iterator[tuple[str, ...]]:
    """Return each country and city: its code in CLDR, its name in each language."""
    named = {language: _named_in(language) for language in CLDR_LANGUAGES}
    codes = dict.fromkeys(code for names in named.values() for code in names)
    for code in sorted(codes):
        yield (code, *(named[language].get(code, "-") for language in CLDR_LANGUAGES))


def _named_in(language: str) -> dict[str, str]:
    """What a language calls the countries, and the cities where their name is surely no country's."""
    locale = Locale(language)
    states = {code: name for code, name in locale.territories.items() if len(code) == 2}
    folded = {fold(name) for name in states.values()}
    own = {zone: names["city"] for zone, names in locale.time_zones.items() if "city" in names and "/" in zone}
    cities = {zone: _in_english(zone) for zone in _zones()} | own
    return states | {
        zone: name for zone, name in cities.items() if language == "en" or zone in own or fold(name) not in folded
    }


def _zones() -> Iterator[str]:
    """The zones that a language of another script names a city for; the others name only those they write otherwise."""
    named = Locale("ru").time_zones.items()
    return (zone for zone, names in named if "city" in names and _CITY_ZONE.match(zone))


def _in_english(zone: str) -> str:
    return zone.rpartition("/")[2].replace("_", " ")


def main() -> int:
    """Write the table."""
    head = _HEAD.format(languages=" ".join(CLDR_LANGUAGES), babel=version("babel"))
    TABLE.write_text(head + "".join("\t".join(row) + "\n" for row in rows()), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
