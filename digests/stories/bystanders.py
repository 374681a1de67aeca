"""When a status beside a name is not of that person: of what is theirs, of who helped or hurt them, of all but them."""

import re

from digests.model import Status
from digests.stories.persons import ParsedSentence, Person, cues_of
from digests.stories.phrases import Hit
from digests.stories.shades import VERB_LAST, status_of

_PASSIVE = ("was", "were", "is", "are", "has", "had")
_GENITIVE = re.compile("(['’]n?[iıuü]n|nıñ|niñ)$")
_CLAUSE = re.compile("[dt][ıiuü]ğ[ıiuü]|m[ae]s[ıi]|[ae]ca[ğk]|ğanı|geni|qanı")
# Participles in the cases in which they stand before a name, not for a verb.
_EPITHET = {
    "uk": re.compile("н(ого|ому|им|ої|ій|у|ою|их|ими)$"),
    "ru": re.compile("нн(ый|ого|ому|ым|ая|ой|ую|ые|ых|ыми)$"),
    "pl": re.compile("n(ego|emu|ym|ej|ą|ych|ymi)$"),
}
# "охранника, избившего X": a participle that does, not one to which it was done.
_DOES = {"ru": re.compile("(вш|[ую]щ|[ая]щ)(ий|его|ему|им|ем|ая|ей|ую|ие|их|ими)(ся)?$")}
_HIS = re.compile("his|her|його|її|его|её|ее|jego|jej|onun|onıñ")
_DETERMINERS = ("the", "a", "an", "his", "her", "their")
_NEXT = 2


def is_bystander(parsed: ParsedSentence, person: Person, hit: Hit) -> bool:
    """Say whether it happened to others: for X's sake, to all but X, to who did X something, or X is not among them."""
    is_else = _is_beside(parsed, "besides", person) or _is_left_out(parsed, person, hit) or _does(parsed, person, hit)
    is_sought = status_of(hit) is Status.SEARCH and _is_beside(parsed, "sought", person)
    return is_else or is_sought or _is_for_their_sake(parsed, person, hit) or _is_doers(parsed, person, hit)


def owns(parsed: ParsedSentence, person: Person, hit: Hit) -> bool:
    """Say whether something of the person's is meant: "Kaitazov's car was taken", "Akmollayev'in gemisi alıkonuldu".

    "Kaitazov's arrest" means the person, "the house next to Kaitazov's was searched" does not. The owner of a Turkish
    clause is meant: "Bozdaliyev'in nakledildiği". Homes are searched, other things are not their owners.
    """
    if status_of(hit) is not Status.SEARCH and _is_through_thing(parsed, person, hit):
        return True
    word = parsed.words[person.last].lower
    if word.endswith(("'s", "’s", "s'", "s’")) and parsed.language == "en":
        after = parsed.words[person.last + 1].lower if person.last + 1 < len(parsed.words) else ""
        return after in _PASSIVE or not 0 < hit.first - person.last <= _NEXT
    if parsed.language in VERB_LAST and _GENITIVE.search(word) and status_of(hit) is not Status.SEARCH:
        return not any(_CLAUSE.search(w.lower) for w in parsed.words[hit.first : hit.last + 3])
    return False


def is_epithet(parsed: ParsedSentence, person: Person, hit: Hit) -> bool:
    """Say whether the status only says who it is: "осуждённого X вывезли". That the convict died is denied, not he."""
    form = _EPITHET.get(parsed.language or "")
    if form is None or hit.last + 1 != person.first or not form.search(parsed.words[hit.last].lower):
        return False
    return status_of(hit) is Status.SENTENCE or bool(cues_of(parsed, "refute"))


def is_of_theirs(parsed: ParsedSentence, hit: Hit) -> bool:
    """Say whether "his" or "її" tells of something of theirs: "His van was found", not "His arrest", "Його знайшли".

    Where the word may be "him" as well, only what is found is taken for a thing.
    """
    pronouns = [cue for cue in cues_of(parsed, "he") if cue.first < hit.first]
    if not pronouns or any(not _HIS.fullmatch(parsed.words[cue.first].lower) for cue in pronouns):
        return False
    is_next = hit.first - pronouns[-1].last <= 1
    return not is_next and (parsed.language == "en" or status_of(hit) in (Status.FOUND, Status.MISSING))


def _is_through_thing(parsed: ParsedSentence, person: Person, hit: Hit) -> bool:
    """Say whether a thing stands between: "the car of Kaitazov was found", "a ship of his was held"."""
    low, high = sorted((person.last, hit.first))
    things = [thing.first for thing in cues_of(parsed, "thing")]
    return any(low < at < high or 0 < person.first - at <= _NEXT for at in things)


def _is_left_out(parsed: ParsedSentence, person: Person, hit: Hit) -> bool:
    """Say whether the person is said not to be among them: "в списке освобождённых X нет"."""
    clauses = {parsed.clauses[person.first], parsed.clauses[hit.first]}
    return any(parsed.clauses[cue.first] in clauses for cue in cues_of(parsed, "lacks"))


def _is_beside(parsed: ParsedSentence, key: str, person: Person) -> bool:
    """Say whether a cue governs the name: right before it, or right after it where what governs follows."""
    if parsed.language in VERB_LAST:
        return any(cue.first == person.last + 1 for cue in cues_of(parsed, key))
    return any(0 < person.first - cue.last <= _NEXT for cue in cues_of(parsed, key))


def _is_for_their_sake(parsed: ParsedSentence, person: Person, hit: Hit) -> bool:
    """Say whether others did it in support of the person; the Turkic word says why as well: only of a hunger strike."""
    if parsed.language in VERB_LAST and status_of(hit) is not Status.HUNGER_STRIKE:
        return False
    return _is_beside(parsed, "sake", person)


def _does(parsed: ParsedSentence, person: Person, hit: Hit) -> bool:
    """Say whether the person did it: "Karasuvat sentenced the activist"; English tells it by the article alone."""
    after = parsed.words[hit.last + 1].lower if hit.last + 1 < len(parsed.words) else ""
    return parsed.language == "en" and hit.first - person.last == 1 and after in _DETERMINERS


def _is_doers(parsed: ParsedSentence, person: Person, hit: Hit) -> bool:
    """Say whether it happened to somebody unnamed who did something to the person: "затримали слідчого, який бив X".

    In English no comma tells: "the judge who sentenced X has died".
    """
    openers = [cue.first for cue in cues_of(parsed, "who") if cue.first < person.first]
    clause = parsed.clauses[person.first]
    if parsed.language == "en":
        mine = [at for at in openers if parsed.clauses[at] == clause and at and not parsed.words[at - 1].capital]
        return any(hit.first < at or (hit.first > person.last and parsed.clauses[hit.first] == clause) for at in mine)
    if parsed.clauses[hit.first] >= clause:
        return False
    first = parsed.clauses.index(clause)
    does = _DOES.get(parsed.language or "")
    return first in openers or (does is not None and bool(does.search(parsed.words[first].lower)))
