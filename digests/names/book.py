"""Lists of watched names: what a file or a person wrote, checked, with the spellings that follow from it."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from digests.errors import BookError
from digests.model import Kind, ListId, NameId, Spelling, WatchedName, make_id
from digests.names.aliases import other_names
from digests.names.fold import fold
from digests.names.kinds import guess_kind
from digests.names.parts import is_given_name, is_surname_shaped
from digests.names.sound import lower
from digests.names.spell import respell, script_of
from digests.names.spellings import connectives
from digests.names.tokens import common_words, titles
from digests.names.typed import without_titles

LONGEST_LABEL = 200
PROPOSED_LANGUAGES = ("en", "uk", "ru", "tr", "crh", "pl")
_KEYS = {"label", "kind", "spellings", "struck", "waiting", "near", "never", "note"}
WAITING: Mapping[str, Any] = {"active": False}
STRUCK: Mapping[str, Any] = {"active": False, "decided_at": datetime(2000, 1, 1, tzinfo=UTC)}
"""A spelling that a file calls struck: by whom and when, it does not say."""
_HEADER = re.compile(r"^\s*\[\[\s*name\s*\]\]", re.MULTILINE)
_SHORTEST = 4  # letters: a person's single word of fewer is refused
_TELLING_SURNAME = 8  # letters: a shorter surname alone is borne by too many to be proposed
_LONGEST_ACRONYM = 6
_UNTOLD_E = re.compile(r"\bЕ")
_RUSSIAN_SUFFIX = re.compile("(?<=[^y])y?[oe]v$")
_TOML_PLACE = re.compile(r" \(at line (\d+), column \d+\)| \(at end of document\)")


def parse_book(text: str, *, where: str, list_id: ListId) -> tuple[WatchedName, ...]:
    """Return the watched names of a book (config/names.toml explains its form), in its order.

    Raises:
        BookError: The book has a mistake; the text names the line and what to do.
    """
    names: list[WatchedName] = []
    seen: dict[tuple[Kind, str], str] = {}
    for line, entry in _entries(text, where):
        name = _name(entry, where, line, list_id)
        for spelling in name.spellings:
            key = (name.kind, fold(spelling.text))
            if seen.setdefault(key, name.label) != name.label:
                raise BookError(where, f'"{spelling.text}" stands under two names; keep one', line=line)
        if any(name.id == other.id for other in names):
            raise BookError(where, f'"{name.label}" stands twice; keep one', line=line)
        names.append(name)
    return tuple(names)


def propose(label: str, kind: Kind) -> tuple[Spelling, ...]:
    """Return the label itself (origin "person"), then what rules ("rule") and tables ("alias") make of it.

    What surely names the same is looked for at once; what may name somebody else as well waits for a person's word.

    >>> [spelling.text for spelling in propose("Арслан Боздалієв", Kind.PERSON)][:2]
    ['Арслан Боздалієв', 'Arslan Bozdaliyev']
    >>> [spelling.text for spelling in propose("Arslan Bozdaliev", Kind.PERSON) if not spelling.active]
    ['Arslan Bozdali', 'Bozdaliev']
    """
    script = script_of(label)
    found = {fold(label): Spelling(text=label.strip(), script=script)}
    for text, language, origin in _by_rule(label, kind, script):
        spelling = Spelling(text=text, language=language, script=script_of(text), origin=origin)
        found.setdefault(fold(text), spelling)
    for weak, of in _weak(label, kind):
        spelling = Spelling(text=weak, language=of, script=script_of(weak), origin="rule", active=False)
        found.setdefault(fold(weak), spelling)
    return tuple(found.values())


def name_in(label: str) -> tuple[str, str]:
    """Return the name in a label, and what of it is a person's title or relation: news has other titles, or none.

    >>> name_in("Dr. Emil Kurbedinov"), name_in("General Watch Council")
    (('Emil Kurbedinov', 'Dr.'), ('General Watch Council', ''))
    """
    name, left_out = without_titles(label)
    return (name, left_out) if guess_kind(name) is Kind.PERSON else (label, "")


def why_refused(label: str, kind: Kind) -> str | None:
    """Return "unreadable" or "common" for a label that cannot be watched, None for one that can.

    >>> why_refused("Ali", Kind.PERSON), why_refused("!!", Kind.PERSON), why_refused("Ali Yılmazer", Kind.PERSON)
    ('common', 'unreadable', None)
    """
    words = re.findall(r"[^\W\d_]+(?:['’ʼ][^\W\d_]+)*", label)
    if not words or len(label) > LONGEST_LABEL or "://" in label:  # somebody pasted an address
        return "unreadable"
    if script_of(label) == "other":
        return None
    if all(lower(word) in common_words() or lower(word) in titles() or len(word) == 1 for word in words):
        return "common"
    telling = [word for word in words if len(word) > 1]
    if kind is Kind.PERSON and len(telling) == 1:
        return "common" if len(telling[0]) < _SHORTEST or is_given_name(telling[0]) else None
    return None


def _by_rule(label: str, kind: Kind, script: str) -> Iterator[tuple[str, str, str]]:
    """Spellings that surely name the same, with their language and origin."""
    others = () if kind is Kind.PERSON else other_names(kind, [(label, "")])
    yield from ((each.text, each.language, "alias") for each in others if each.language in PROPOSED_LANGUAGES)
    if others or kind is Kind.BODY or script == "other":
        return
    own = _language_of(label)
    # "Едем" has no letter of one language alone: read as Ukrainian it is Edem and Эдем.
    for read_as in (own, "uk") if not own and _UNTOLD_E.search(label) else (own,):
        for language in PROPOSED_LANGUAGES:
            if language != read_as and (script == "cyrillic" or language in ("uk", "ru")):
                yield respell(label, language, from_language=read_as), language, "rule"
    if script == "latin" and is_surname_shaped(label.split()[-1]):
        # A Latin spelling has lost what Polish and Turkish letters need; Ukrainian ones have it.
        heard = respell(label, "uk", from_language=own)
        for language in ("tr", "crh", "pl"):
            if language != own:
                yield respell(heard, language, from_language="uk"), language, "rule"


def _weak(label: str, kind: Kind) -> Iterator[tuple[str, str | None]]:
    """Spellings that may name somebody else as well, with their language."""
    words = label.split()
    if kind is Kind.BODY:
        telling = [word for word in words if fold(word) not in connectives()]
        if 3 <= len(telling) <= _LONGEST_ACRONYM and all(word[:1].isalpha() for word in telling):
            yield "".join(word[0] for word in telling).upper(), None
    if kind is not Kind.PERSON or len(words) < 2:
        return
    given, surname = words[0], words[-1]
    bare = _RUSSIAN_SUFFIX.sub("", surname)
    if bare != surname and len(bare) >= _SHORTEST and not is_given_name(bare):
        yield f"{given} {bare}", "tr"  # Turkish papers take the Russian ending off: Cemil for Cemilev
    if len(surname) >= _TELLING_SURNAME and is_surname_shaped(surname) and not is_given_name(surname):
        yield surname, None


def _language_of(label: str) -> str:
    """The language whose own letters a label holds, "" when it has none."""
    for language, letters in (("uk", "іїєґ"), ("ru", "ыэёъ"), ("crh", "ñ"), ("tr", "ğşı"), ("pl", "łżśąęń")):
        if any(letter in letters for letter in label.lower()):
            return language
    return ""


def _entries(text: str, where: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    try:
        book = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+)", str(error))
        why = _TOML_PLACE.sub("", str(error))
        raise BookError(where, f"{why}; mend the line", line=int(place[1]) if place else None) from error
    unknown = sorted(set(book) - {"name"})
    entries = book.get("name", [])
    if unknown or not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise BookError(where, f'"{(unknown or ["name"])[0]}" is not known here; write each name under [[name]]')
    lines = [text.count("\n", 0, match.end()) + 1 for match in _HEADER.finditer(text)]
    lines += [0] * (len(entries) - len(lines))
    yield from zip(lines, entries, strict=False)


def _name(entry: Mapping[str, Any], where: str, line: int, list_id: ListId) -> WatchedName:
    unknown = sorted(set(entry) - _KEYS)
    if unknown:
        allowed = ", ".join(sorted(_KEYS))
        raise BookError(where, f'"{unknown[0]}" is not known; allowed are {allowed}', line=line)
    label = entry.get("label")
    if not isinstance(label, str) or not label.strip():
        raise BookError(where, 'a name has no label; add label = "..."', line=line)
    if entry.get("kind") not in list(Kind):
        raise BookError(where, f'"{label}" needs kind = "person", "body" or "place"', line=line)
    kind = Kind(entry["kind"])
    spellings = _spellings(entry, label, where, line)
    for spelling in (each for each in spellings if each.active):
        if why_refused(spelling.text, kind):
            raise BookError(where, f'"{spelling.text}" alone is too common or unreadable; write it out', line=line)
    return WatchedName(
        id=NameId(make_id("name", list_id, kind, label)),
        list=list_id,
        kind=kind,
        label=label,
        spellings=spellings,
        near=_words(entry, "near", where, line),
        never=_words(entry, "never", where, line),
        note=str(entry.get("note", "")),
    )


def _spellings(entry: Mapping[str, Any], label: str, where: str, line: int) -> tuple[Spelling, ...]:
    found = {label: Spelling(text=label, script=script_of(label), origin="book")}
    for key, decision in (("spellings", {}), ("waiting", WAITING), ("struck", STRUCK)):
        listed = entry.get(key, {})
        if not isinstance(listed, dict):
            raise BookError(where, f'{key} of "{label}" go by language: {key}.uk = ["..."]', line=line)
        for language, texts in listed.items():
            if not isinstance(texts, list) or not all(isinstance(text, str) and text.strip() for text in texts):
                raise BookError(where, f'{key}.{language} of "{label}" must be a list of texts: ["..."]', line=line)
            for text in texts:
                known = None if language == "any" else language
                spelling = Spelling(text=text, language=known, script=script_of(text), origin="book")
                found[text] = replace(spelling, **decision)
    return tuple(found.values())


def _words(entry: Mapping[str, Any], key: str, where: str, line: int) -> tuple[str, ...]:
    words = entry.get(key, [])
    if not isinstance(words, list) or not all(isinstance(word, str) and word.strip() for word in words):
        raise BookError(where, f'{key} must be a list of words: {key} = ["..."]', line=line)
    return tuple(words)
