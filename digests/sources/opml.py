"""OPML, in which readers exchange their lists of feeds; pure.

Its tags are read one by one: no entity is defined, no document is fetched, and a list that is no proper XML (an "&" in
an address, as many programs write) is read all the same.
"""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from digests.errors import SourceError
from digests.model import Source, Stance
from digests.sources.decode import NotText, decode
from digests.text import one_line

MOST_BYTES = 5_000_000
_MOST_OUTLINES = 20_000
_ADDRESS_CHARS = 2_000
_TITLE_CHARS = 200
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_OPML = re.compile(r"<opml[\s>]", re.IGNORECASE)
_OUTLINE = re.compile(r"""<outline\b((?:[^<>"']++|"[^"<]*+"|'[^'<]*+')*+)>""", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([\w:.-]{1,60})\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_FEED_TYPES = frozenset({"", "rss", "atom", "feed", "link", "json"})
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">\n  <head><title>{}</title></head>\n  <body>\n'
_FOOT = "  </body>\n</opml>\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """One source of a list, not checked.

    Attributes:
        kind: "feed" for all that other programs write; "site" in our catalogue, where a page names its feed.
    """

    address: str
    title: str
    kind: str = "feed"
    language: str | None = None
    stance: Stance = Stance.UNKNOWN


def parse_opml(data: bytes, *, where: str) -> tuple[Outline, ...]:
    """Return the sources of a list, in its order, each address once; folders in it are overlooked.

    Raises:
        SourceError: It is no OPML, or larger than 5 MB or 20,000 entries.
    """
    if len(data) > MOST_BYTES:
        raise SourceError(where, "it is larger than 5 MB, which no list of feeds is")
    try:
        text = _COMMENT.sub("", decode(data))
    except NotText:
        raise SourceError(where, "it is not a text; export the list as OPML") from None
    if not _OPML.search(text[:5_000]):
        raise SourceError(where, "it is not OPML, the list that feed readers export")
    found: dict[str, Outline] = {}
    for number, tag in enumerate(_OUTLINE.finditer(text)):
        if number >= _MOST_OUTLINES:
            raise SourceError(where, "it holds more than 20,000 entries")
        outline = _outline(tag[1])
        if outline is not None:
            found.setdefault(outline.address, outline)
    return tuple(found.values())


def why_refused(outline: Outline, kinds: Sequence[str]) -> str | None:
    """Return why an entry of a list cannot be a source; None when it can."""
    if outline.kind == "folder" or outline.kind not in kinds:
        return f'it is of a kind that is not read from lists ("{outline.kind}")'
    try:
        parts = urlsplit(outline.address)
        is_whole = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        is_whole = False
    if not is_whole or len(outline.address) > _ADDRESS_CHARS:
        return "its address is no http or https address"
    return "it has a user name in its address; use one without" if "@" in parts.netloc else None


def find_outlet(catalogue: Sequence[Outline], stated: str) -> Outline | None:
    """Return the outlet of a catalogue that a person means by its address, its name or the beginning of one name."""
    asked = one_line(stated).casefold()
    if not asked:
        return None
    same = [each for each in catalogue if asked in (each.title.casefold(), each.address.casefold())]
    near = same or [each for each in catalogue if each.title.casefold().startswith(asked)]
    return near[0] if len(near) == 1 else None


def write_opml(sources: Sequence[Source], *, title: str) -> str:
    """Return sources as OPML, in their order; the drop folder is no address for others and is left out."""
    lines = [_line(source) for source in sources if source.kind != "folder"]
    return _HEAD.format(_escaped(title)) + "".join(lines) + _FOOT


def _outline(stated: str) -> Outline | None:
    attributes = {name.lower(): html.unescape(first or second) for name, first, second in _ATTRIBUTE.findall(stated)}
    kind = attributes.get("type", "").lower()
    address = one_line(attributes.get("htmlurl" if kind == "site" else "xmlurl", ""))
    if not address:
        return None
    stance = attributes.get("stance", "")
    return Outline(
        address=address,
        title=one_line(attributes.get("title") or attributes.get("text") or "")[:_TITLE_CHARS],
        kind="feed" if kind in _FEED_TYPES else kind,
        language=_language(attributes.get("language", "")),
        stance=Stance(stance) if stance in set(Stance) else Stance.UNKNOWN,
    )


def _language(stated: str) -> str | None:
    language = re.split("[-_]", stated.strip().lower())[0]
    return language if language.isalpha() and len(language) in (2, 3) else None


def _line(source: Source) -> str:
    name = _escaped(source.title or source.address)
    stated = {
        "type": "rss" if source.kind == "feed" else source.kind,
        "text": name,
        "title": name,
        "xmlUrl": _escaped(source.address),
        "language": _escaped(source.language or ""),
        "stance": "" if source.stance is Stance.UNKNOWN else source.stance.value,
    }
    attributes = " ".join(f'{key}="{value}"' for key, value in stated.items() if value)
    return f"    <outline {attributes}/>\n"


def _escaped(text: str) -> str:
    """Return a text as it stands in an attribute."""
    return html.escape(one_line(text)).replace("&#x27;", "'")
