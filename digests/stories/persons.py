"""Who a sentence names, and who of them could be the one it happened to."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from digests.model import Mention, PatternId, Span
from digests.stories.phrases import Hit, Word, find_in_tables, words_of

_CUT = re.compile(r"[,;:()—–]|\s-\s")
_SURNAMES_IN_CHARS = 20_000
_LOCATIVE = re.compile("['’][dt][ae]n?$")
# "повідомила адвокатка Оксана": between a word of speech and who speaks stand so many words of a role at most.
_ROLE_WORDS = 2
_SPEAKER_FOLLOWS = ("uk", "ru", "pl")
# A noun this early stands for the one named before: "After the search the man was detained".
_EARLY = 3
_STEM = 5


@dataclass(frozen=True, slots=True)
class Person:
    """Someone a sentence names: words `first` to `last`; `pattern` is None for those nobody watches."""

    first: int
    last: int
    pattern: PatternId | None
    role: bool = False

    def distance(self, hit: Hit) -> int:
        """Return how many words lie between, 1 for neighbours; before and after count alike."""
        return hit.first - self.last if hit.first > self.last else self.first - hit.last


@dataclass(slots=True)
class ParsedSentence:
    """One sentence as words, cues and persons.

    Attributes:
        breaks, commas: Words before which a semicolon stands; a comma.
        clauses: For each word the number of its clause, as commas and dashes part them.
        this_year: A smaller year in the sentence tells of what is long past; None where nobody knows.
        watched: All watched names of persons in it.
        persons: Whom a status could have happened to: not those who speak, or whose kin is meant.
    """

    words: list[Word]
    language: str | None
    asks: bool
    status: tuple[Hit, ...]
    cues: dict[str, list[Hit]]
    breaks: list[int]
    commas: list[int]
    clauses: list[int]
    this_year: int | None
    watched: list[Person] = field(default_factory=list)
    persons: list[Person] = field(default_factory=list)


def read_sentence(
    text: str,
    span: Span,
    language: str | None,
    mentions: Sequence[Mention],
    surnames: frozenset[str],
    *,
    this_year: int | None = None,
    before: ParsedSentence | None = None,
) -> ParsedSentence:
    """Return the sentence at `span` as words, statuses, cues and persons.

    With the sentence `before` it, a noun that stands for the one named there is a cue "he", and names nobody else.
    """
    words = words_of(text, span.start, span.end)
    cues: dict[str, list[Hit]] = {}
    statuses, hits = find_in_tables(("status", "cues"), words, language)
    for hit in hits:
        cues.setdefault(hit.key, []).append(hit)
    if before is not None:
        _refer(cues, words, before)
    breaks, commas = (
        [at for at in range(1, len(words)) if mark in text[words[at - 1].end : words[at].start]] for mark in ";,"
    )
    asks = text[span.start : span.end].rstrip("»”\"'").endswith("?")
    clauses = _clauses(text, words, {hit.first for hit in cues.get("clause", ())})
    parsed = ParsedSentence(words, language, asks, statuses, cues, breaks, commas, clauses, this_year)
    parsed.persons = _persons(parsed, text, mentions, surnames)
    return parsed


def _clauses(text: str, words: Sequence[Word], openers: set[int]) -> list[int]:
    """Return for each word the number of its clause; `openers` begin one without a comma, as "after" does."""
    cuts = [at in openers or bool(_CUT.search(text, words[at - 1].end, words[at].start)) for at in range(1, len(words))]
    return list(accumulate(cuts, initial=0)) if words else []


def surnames_in(text: str) -> frozenset[str]:
    """Return the words that follow another capitalised one, cut to five letters: they name persons when alone too."""
    found = set()
    before: Word | None = None
    for word in words_of(text, 0, _SURNAMES_IN_CHARS):
        if before and before.capital and word.capital and text[before.end : word.start] == " ":
            found.add(word.folded[:5])
        before = word
    return frozenset(found)


def names_a_body(mention: Mention) -> bool:
    """Say whether a body or a place was found: it is nobody to whom a status could happen."""
    return mention.reason.key == "acronym" or mention.reason.key.startswith("name")


def cues_of(parsed: ParsedSentence, key: str) -> Sequence[Hit]:
    """Return where the words of one kind of cue stand in the sentence, in order."""
    return parsed.cues.get(key, ())


def _refer(cues: dict[str, list[Hit]], words: Sequence[Word], before: ParsedSentence) -> None:
    """Turn "the man", or "the teacher" where a teacher was named before, from somebody into the one named before.

    "Her man" is her husband, and so is a man whom a name follows: those stay what they were.
    """
    pronouns = {hit.last for hit in cues.get("he", ())}
    stems = {word.folded[:_STEM] for word in before.words}
    nouns = [
        hit
        for key in ("man", "trade")
        for hit in cues.get(key, ())
        if hit.first <= _EARLY
        and hit.first - 1 not in pronouns
        and not (hit.last + 1 < len(words) and words[hit.last + 1].capital)
        and (key == "man" or words[hit.last].folded[:_STEM] in stems)
    ]
    for key in ("kin", "many"):
        cues[key] = [hit for hit in cues.get(key, ()) if not any(n.first <= hit.first <= n.last for n in nouns)]
    if nouns:
        cues["he"] = [*cues.get("he", ()), Hit("he", 0, 0)]


def _persons(parsed: ParsedSentence, text: str, mentions: Sequence[Mention], surnames: frozenset[str]) -> list[Person]:
    """Return who could be the one it happened to; those who speak, and whose kin is meant, are left out."""
    persons: list[Person] = []
    taken: set[int] = set()
    for mention in mentions:
        covered = [n for n, w in enumerate(parsed.words) if w.start < mention.end and mention.start < w.end]
        if covered:
            taken.update(covered)
            if not names_a_body(mention):
                persons.append(Person(covered[0], covered[-1], mention.pattern))
    parsed.watched = list(persons)
    persons += [Person(first, last, None) for first, last in _runs(parsed.words, text, taken, surnames)]
    able = [_with_role(parsed, person) for person in persons if not _speaks(parsed, person)]
    others = [Person(hit.first, hit.last, None) for key in ("kin", "many") for hit in cues_of(parsed, key)]
    # "до чотирьох років": four years are nobody.
    measures = {hit.first - 1 for hit in cues_of(parsed, "unit")}
    others = [person for person in others if person.last not in measures]
    return [p for p in able if not _is_kins(parsed, p) and not _is_place(parsed, p)] + others


def _runs(words: Sequence[Word], text: str, taken: set[int], surnames: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Yield capitalised runs that name somebody: two words or more, or a surname known from such a run."""
    at = 0
    while at < len(words):
        last = at
        if words[at].capital and at not in taken:
            while _goes_on(words, text, last, taken):
                last += 1
            if last > at or (at > 0 and words[at].folded[:5] in surnames):
                yield at, last
        at = last + 1


def _goes_on(words: Sequence[Word], text: str, last: int, taken: set[int]) -> bool:
    if last + 1 >= len(words) or last + 1 in taken or not words[last + 1].capital:
        return False
    return text[words[last].end : words[last + 1].start] == " "


def _speaks(parsed: ParsedSentence, person: Person) -> bool:
    """Say whether a word of speech stands beside the person: "Vitrolom said", "said Halyna Vitrolom".

    Who that is may stand between, but in English, where "said lawyer Vitrolom was detained" is of her.
    """
    said = cues_of(parsed, "speak")
    if any(-1 <= hit.first - person.last <= 2 or person.first - hit.last == 1 for hit in said):
        return True
    if parsed.language == "en":
        return False
    roles = [role.first for role in cues_of(parsed, "role")]
    ahead = [hit.last for hit in said if 0 < person.first - hit.last <= _ROLE_WORDS + 1]
    return any(_is_who_speaks(parsed, at, person) or any(at < role < person.first for role in roles) for at in ahead)


def _is_who_speaks(parsed: ParsedSentence, said: int, person: Person) -> bool:
    """Say whether only long small words stand between: "poinformował pełnomocnik X", not "сообщил о задержании X"."""
    if parsed.language not in _SPEAKER_FOLLOWS or parsed.clauses[said] != parsed.clauses[person.first]:
        return False
    between = range(said + 1, person.first)
    told = {hit.first for hit in (*parsed.status, *cues_of(parsed, "kin"))}
    words = [parsed.words[at] for at in between]
    return told.isdisjoint(between) and all(len(word.folded) > _STEM and not word.capital for word in words)


def _is_kins(parsed: ParsedSentence, person: Person) -> bool:
    """Say whether it is a relative of the person who is meant: "the wife of Akmollayev", "Akmollayev's wife"."""
    return any(0 < person.first - hit.last <= 2 or 0 < hit.first - person.last <= 2 for hit in cues_of(parsed, "kin"))


def _is_place(parsed: ParsedSentence, person: Person) -> bool:
    """Say whether the name stands as a place: "in Kok-Bulak", "Kök-Bulak'ta"."""
    before = any(person.first - hit.last == 1 for hit in cues_of(parsed, "place"))
    return before or bool(_LOCATIVE.search(parsed.words[person.last].lower))


def _with_role(parsed: ParsedSentence, person: Person) -> Person:
    """Return the person as one who bears a role, if a word of it stands beside the name and no status between."""
    statuses = {hit.first for hit in parsed.status}
    near = any(
        0 < person.first - hit.last <= 2
        or (0 < hit.first - person.last <= 2 and statuses.isdisjoint(range(person.last, hit.first)))
        for hit in cues_of(parsed, "role")
    )
    return Person(person.first, person.last, person.pattern, near)
