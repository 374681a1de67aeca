"""Whether what somebody typed names someone who is watched already, in whatever spelling, script or case.

A couple shares a surname but for its ending: "Ali Umerova" is not "Ali Umerov", though "Умерова" is also a case of
"Умеров". Where only the typed text could tell, we ask; a person not watched by mistake would be the worse fault.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from enum import StrEnum

from digests.model import Kind, Pattern, PatternId, WatchedName, pattern_of
from digests.names.alike import SAME, alike, capitalised
from digests.names.fold import fold
from digests.names.index import NameIndex
from digests.names.parts import is_given_name
from digests.names.spellings import BodyForm, PersonForm, forms_of
from digests.names.tokens import find_tokens
from digests.names.typed import without_titles


class Likeness(StrEnum):
    """What a typed label is to a watched name: the same, another, or one of which only the person can say."""

    SAME = "same"
    UNSURE = "unsure"
    OTHER = "other"


def likeness(pattern: Pattern, label: str) -> Likeness:
    """Return what a label is to a pattern.

    >>> pattern = Pattern(id=PatternId("p"), kind=Kind.PERSON, spellings=(("Ali Umerov", ""),))
    >>> [likeness(pattern, label).value for label in ("Алі Умеров", "Алі Умерова", "Ali Umerova", "Рефат Умеров")]
    ['same', 'unsure', 'other', 'other']
    """
    folded = fold(label.strip())
    if any(fold(text) == folded for text, _ in pattern.spellings):
        return Likeness.SAME
    if pattern.kind is Kind.PERSON and _is_bare_pair(pattern, capitalised(label)):
        return Likeness.UNSURE
    if alike(pattern, label) < SAME:
        return Likeness.OTHER
    return _of_the_couple(pattern, label) if pattern.kind is Kind.PERSON else Likeness.SAME


def is_same(name: WatchedName | Pattern, label: str) -> bool:
    """Whether a label surely names the same as a watched name does."""
    return may_be(name, label) is Likeness.SAME


def may_be(name: WatchedName | Pattern, label: str) -> Likeness:
    """Return what a label is to a watched name."""
    return likeness(name if isinstance(name, Pattern) else _as_listed(name), label)


class Directory:
    """The names of a list, asked for by whatever somebody typed; names may be added."""

    def __init__(self, names: Iterable[WatchedName] = ()) -> None:
        self._index = NameIndex()
        self._names: dict[PatternId, WatchedName] = {}
        self._order: dict[PatternId, int] = {}
        self._written: dict[str, WatchedName] = {}
        for name in names:
            self.add(name)

    def add(self, name: WatchedName) -> None:
        """Hold one more name; of equal ones the first is found."""
        pattern = _as_listed(name)
        self._order.setdefault(pattern.id, len(self._order))
        self._names.setdefault(pattern.id, name)
        self._index.add(pattern)
        for text, _ in pattern.spellings:
            self._written.setdefault(fold(text.strip()), name)
        self._written.setdefault(name.id, name)

    def find(self, asked: str) -> tuple[WatchedName | None, Likeness]:
        """Return the name that is meant and how surely; (None, OTHER) when none is.

        An id finds its name, and what is written exactly so comes before what only sounds so.
        """
        for written in (asked, fold(asked.strip()), fold(without_titles(asked)[0])):
            if written in self._written:
                return self._written[written], Likeness.SAME
        unsure: WatchedName | None = None
        for pattern in self._near(asked):
            match likeness(pattern, asked):
                case Likeness.SAME:
                    return self._names[pattern.id], Likeness.SAME
                case Likeness.UNSURE:
                    unsure = unsure or self._names[pattern.id]
                case Likeness.OTHER:
                    pass
        return unsure, Likeness.OTHER if unsure is None else Likeness.UNSURE

    def _near(self, asked: str) -> Sequence[Pattern]:
        """The patterns worth a closer look, in the order they came: those that the words of a label may belong to."""
        hits = [hit for token in find_tokens(capitalised(asked)) if (hit := self._index.look_up(token.text, ""))]
        givens = {number for hit in hits for number in hit.meant}
        found: set[PatternId] = set()
        for hit in hits:
            for number, _ in hit.surnames:
                holders = self._index.by_surname[number]
                found.update(person.pattern for person in holders if givens.intersection(person.given))
            found.update(body.pattern for body, _ in (*hit.singles, *hit.firsts, *hit.lasts))
        return [self._index.pattern(key) for key in sorted(found, key=self._order.__getitem__)]


def _as_listed(name: WatchedName) -> Pattern:
    """A name as its list has it: without what rules made of that, which sounds the same; else by its label."""
    spellings = tuple((s.text, s.language or "") for s in name.spellings if s.active and s.origin != "rule")
    return replace(pattern_of(name), spellings=spellings or ((name.label, ""),))


# Couples ------------------------------------------------------------------------------------------------------------

# Endings of surnames by which a woman's differs from a man's, in nominative: hers, his.
_PAIRS = (
    ("ская", "ский"), ("ська", "ський"), ("цька", "цький"), ("цкая", "цкий"), ("ова", "ов"), ("ева", "ев"),
    ("єва", "єв"), ("їва", "їв"), ("ёва", "ёв"), ("ина", "ин"), ("іна", "ін"), ("їна", "їн"),
    ("skaya", "sky"), ("skaia", "sky"), ("ska", "ski"), ("cka", "cki"), ("owa", "ow"), ("ewa", "ew"),
    ("ova", "ov"), ("eva", "ev"), ("ina", "in"), ("ска", "ски"), ("цка", "цки"),
    ("ska", "sky"), ("ska", "skyi"), ("ska", "skyj"), ("ska", "skiy"), ("ska", "skij"), ("ska", "skyy"),
    ("cka", "cky"), ("cka", "ckyi"), ("cka", "ckyj"), ("cka", "ckij"), ("skaya", "skiy"), ("skaia", "skiy"),
    ("skaja", "skij"), ("ková", "ek"), ("ová", ""), ("á", "ý"),
)  # fmt: skip
_HERS = tuple(hers for hers, _ in _PAIRS)
_HIS = tuple(his for _, his in _PAIRS if his)
# No case of his ends so: whoever typed it means her.
_SURELY_HERS = re.compile("(?:[оеєїё]в|[иії]н)(?:ой|ою|ої|ій)$|(?:с[ь]?к|ц[ь]?к)(?:ой|ою|ої)$")
# His genitive ends as her nominative in these; English and Turkish put no -a behind a name.
_LIKE_HIS_GENITIVE = ("ова", "ева", "єва", "їва", "ёва", "ина", "іна", "їна", "owa", "ewa")


def _is_bare_pair(pattern: Pattern, label: str) -> bool:
    """Whether a surname that is watched alone and one that is typed alone differ as his and hers do."""
    listed = [form.words[0].text for form in forms_of(pattern) if isinstance(form, BodyForm) and len(form.words) == 1]
    sexes, asked = {_is_hers(surname) for surname in listed}, _is_hers(label)
    if len(label.split()) > 1 or asked in sexes or not (asked or True in sexes):
        return False
    return any(alike(pattern, surname) >= SAME for surname in (label, *_turned(label)))


def _are_couple(one: str, other: str) -> bool:
    """Whether two surnames differ only as his and hers do: Novák, Nováková."""
    return any(fold(turned) == fold(b) for a, b in ((one, other), (other, one)) for turned in _turned(a))


def _turned(surname: str) -> Iterator[str]:
    """The surname as the other of a couple bears it, in each way that it may be."""
    low = surname.lower()
    for hers, his in _PAIRS:
        if low.endswith(hers):
            yield capitalised(low.removesuffix(hers) + his)
        elif his and low.endswith(his):
            yield capitalised(low.removesuffix(his) + hers)


def _of_the_couple(pattern: Pattern, label: str) -> Likeness:
    """What a label that sounds like a person's name is, when the surname's ending is asked for the sex."""
    given, surname = _named(label)
    listed = [form for form in forms_of(pattern) if isinstance(form, PersonForm)]
    is_hers = next((sex for form in listed if (sex := _is_hers(form.surname[-1].text)) is not None), None)
    asked = _is_hers(surname)
    if is_hers is None or asked is None or asked == is_hers:
        couple = asked != is_hers and any(_are_couple(surname, form.surname[-1].text) for form in listed)
        return Likeness.OTHER if couple else Likeness.SAME
    if not asked or not surname.endswith(_LIKE_HIS_GENITIVE):
        return Likeness.OTHER
    # "Рефата Чубарова": the given name is declined as well, so it is he, if no woman is called so.
    declines = given[-1:] in "ая" and not any(form.given and form.given[0].text[-1:] in "аяa" for form in listed)
    return Likeness.SAME if declines and not is_given_name(given) else Likeness.UNSURE


def _is_hers(surname: str) -> bool | None:
    """Whether a surname is a woman's or a man's by its ending; None for one that both bear."""
    low = surname.lower()
    if low.endswith(_HERS) or _SURELY_HERS.search(low):
        return True
    return False if low.endswith(_HIS) else None


def _named(label: str) -> tuple[str, str]:
    """The given name and the surname of a label, in lower case; "" for what is not there."""
    typed = Pattern(id=PatternId("typed"), kind=Kind.PERSON, spellings=((capitalised(label), ""),))
    for form in forms_of(typed):
        if isinstance(form, PersonForm):
            return form.given[0].text.lower(), form.surname[-1].text.lower()
    return "", label.lower()
