"""How a sentence stands to a status in it: told, denied, hearsay, or only feared, asked for, planned, recalled.

Whatever is in doubt is not claimed: to call one dead or free who is not would be the worst that we could do.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from digests.model import Status, StatusWord
from digests.stories.persons import ParsedSentence, cues_of
from digests.stories.phrases import Hit, Word

VERB_LAST = ("tr", "crh")
"""Languages in which what turns a verb stands in it or after it."""

_NOT, _MAYBE = "not:", "maybe:"
# Who was held and is now "zwolniony" was freed; who was not may have lost a job.
_CUSTODY = (Status.DETENTION, Status.SENTENCE, Status.TRANSFER)
# "припинив сухе голодування": so many words from an end what ended stands.
_ENDS = 3
# "was not detained", "had not been detained": nearer the claim is negated, a little farther nobody can say.
_NEGATES = 2
_BLURS = 5
_BLURS_AFTER = 8
# "In 2014, a court jailed him": so few words before a comma only say when the rest happened.
_WHEN_WORDS = 4
_INFINITIVE = {
    "uk": re.compile("[аеиіоуюя]ти(с[яь])?$"),
    "ru": re.compile("[аеиоуыюя]ть(ся)?$"),
    "pl": re.compile("[aeiyąę]ć$"),
}
_NEGATED = re.compile("m[ae](d[ıi]|m[ıi]ş|y[ae]c|d[ıi]ğ|ğan|gen|z$|y$|ycaq|ycek)|m[ıiuü]yor|^değil|^degil|^yok$|^yoq$")
_FINITE = re.compile("([dt][ıiuü]|m[ıiuü]ş|yor|[ğqgk][ae]n)(l[ae]r)?$")
_UNREAL = re.compile("[ae](c[ae][ğkqg]|yc[ae][qkğg])|[ae]bil[ie]|m[ae][kq]$|(s[ıi]n|sun|sün)(l[ae]r)?$")
_FUTURE = re.compile("[ae](c[ae][ğkqg]|yc[ae][qkğg])(l[ae]r)?$|[ae]c[ae][ğg]ı")
_ENDS_CLAUSE = re.compile(r"[,;:()—–.!?…\n]|\s-\s")
_COMES = ("future", "ahead")
_INVERTED = ("had", "were", "should")
# "tutuklananların", "gözaltındaki arkadaşı": those to whom it happened are others.
_THOSE = re.compile("[ae]nl[ae]r|[dt][ae]ki$")
_DESCRIBES = re.compile("[aeıiuü]n$")
_YEAR = re.compile(r"(?:19|20)\d\d(?!\d)")
# Of these nothing is believed that may only be feared or hoped for.
_WORST = (Status.DEATH, Status.RELEASE, Status.FOUND, Status.MISSING)
# "after more than two years in prison": so many words from a word of serving the years stand.
_TERMS, _SERVED = (Status.SENTENCE, Status.DETENTION), 4
# What lasts can be ended, or taken back, and is then told in the same words.
_LASTING = (Status.HUNGER_STRIKE, Status.SENTENCE, Status.MISSING, Status.CHARGE)


def shaded(parsed: ParsedSentence, hit: Hit) -> StatusWord | None:
    """Return the status with its shades, or None where the sentence only fears, asks, plans or recalls it."""
    if parsed.asks or _is_unreal(parsed, hit) or _is_recalled(parsed, hit):
        return None
    verb = [word.lower for word in parsed.words[hit.last : hit.last + 2]]
    if parsed.language in VERB_LAST and any(_THOSE.search(word) for word in verb):
        return None
    status = status_of(hit)
    if hit.key.startswith(_MAYBE) and not any(status_of(other) in _CUSTODY for other in parsed.status):
        return None
    if status is Status.HUNGER_STRIKE and _beside(parsed, "end", hit, _ENDS):
        return None
    if status is Status.SENTENCE and any(cue.last < hit.first for cue in cues_of(parsed, "ask")):
        return None  # What a prosecutor asks for is no term yet.
    if status is Status.DEATH and cues_of(parsed, "alive"):
        return None
    if (status in _LASTING and _beside(parsed, "undo", hit, _BLURS)) or _is_served(parsed, hit):
        return None
    refuted = _is_refuted(parsed, hit)
    if refuted is None or (refuted and status in (Status.CHARGE, Status.SENTENCE) and cues_of(parsed, "denies")):
        return None  # "He denied the charges": he was charged all the same.
    denied = refuted or _is_negated(parsed, hit)
    if not denied and (_near(parsed, "deny", hit, _BLURS - 1) or _is_negated_after(parsed, hit)):
        return None
    return StatusWord(status=status, denied=denied, hearsay=bool(cues_of(parsed, "hearsay")))


def is_of_what_comes(words: Sequence[Word], cues: Iterable[Hit], language: str | None) -> bool:
    """Say whether an opening tells of what will happen: "will be released", "serbest bırakılacak"."""
    if any(hit.key in _COMES and hit.first < len(words) for hit in cues):
        return True
    return language in VERB_LAST and any(_FUTURE.search(word.lower) for word in words)


def open_clauses(text: str, words: Sequence[Word], cues: Iterable[Hit], language: str | None) -> list[tuple[int, int]]:
    """Return where the clauses stand that tell of what will be, is feared, hoped for or demanded: start and end."""
    cut = [at for at in range(1, len(words)) if _ENDS_CLAUSE.search(text, words[at - 1].end, words[at].start)]
    turned = {hit.first for hit in cues if hit.key in _COMES or hit.key in ("may", "unreal")}
    if language in VERB_LAST:
        turned.update(at for at, word in enumerate(words) if _FUTURE.search(word.lower))
    clauses = [range(first, after) for first, after in pairwise([0, *cut, len(words)])]
    return [(words[each[0]].start, words[each[-1]].end) for each in clauses if not turned.isdisjoint(each)]


def status_of(hit: Hit) -> Status:
    """Return the status that a row of the table stands for, negated or not, sure or not."""
    return Status(hit.key.removeprefix(_NOT).removeprefix(_MAYBE))


def _is_unreal(parsed: ParsedSentence, hit: Hit) -> bool:
    """Say whether it is feared, planned, asked for or set as a condition: by a word beside it, or by its own form."""
    if _near(parsed, "may", hit, _BLURS) or any(_governs(parsed, key, hit) for key in ("may", "unreal")):
        return True
    if any(parsed.clauses[cue.first] == parsed.clauses[hit.first] for cue in cues_of(parsed, "ahead")):
        return True  # "приговор огласят в пятницу"
    words = parsed.words[hit.first : hit.last + 1]
    if parsed.language == "en" and parsed.words[0].lower in _INVERTED:
        return True  # "Had he died, nobody would have known."
    form = _INFINITIVE.get(parsed.language or "")
    if form is not None and any(form.search(word.lower) for word in words):
        return True
    return parsed.language in VERB_LAST and any(_UNREAL.search(word) for word in _verb(parsed, hit))


def _is_recalled(parsed: ParsedSentence, hit: Hit) -> bool:
    """Say whether it is told of a time long past: by a word such as "previously", or by a year before this one."""
    recalled = [cue.first for cue in cues_of(parsed, "past") if cue.last < hit.first]
    if _near(parsed, "past", hit, _BLURS) or any(_dates(parsed, at, hit) for at in recalled):
        return True
    return any(_dates(parsed, at, hit) for at in _times_past(parsed))


def _is_served(parsed: ParsedSentence, hit: Hit) -> bool:
    """Say whether it is a term that was served, not given: "free after two years in prison", "altı yıl hapis yattı"."""
    if status_of(hit) not in _TERMS:
        return False
    terms = [unit.first for unit in cues_of(parsed, "unit") if hit.first - 1 <= unit.first <= hit.last]
    served = cues_of(parsed, "served")
    if parsed.language in VERB_LAST:
        return bool(terms) and any(0 <= cue.first - hit.last <= _NEGATES for cue in served)
    return any(0 < at - cue.last <= _SERVED for at in terms for cue in served)


def _times_past(parsed: ParsedSentence) -> Iterator[int]:
    """Yield the words that say a time long past: "two years ago", "2014"; a year of birth is none."""
    yield from (cue.first for cue in cues_of(parsed, "ago"))
    births = {parsed.clauses[cue.first] for cue in cues_of(parsed, "birth")}
    for at, word in enumerate(parsed.words):
        year = _YEAR.match(word.folded)
        if year and parsed.clauses[at] not in births and int(year[0]) < (parsed.this_year or 0):
            yield at


def _dates(parsed: ParsedSentence, at: int, hit: Hit) -> bool:
    """Say whether a time at that word is the status's: of its own clause, or of a few words that open the sentence."""
    mine, its = parsed.clauses[at], parsed.clauses[hit.first]
    if mine == its:
        return True
    opens = mine == 0 and parsed.clauses.count(0) <= _WHEN_WORDS
    return opens and its == min((parsed.clauses[other.first] for other in parsed.status), default=its)


def _is_negated(parsed: ParsedSentence, hit: Hit) -> bool:
    """Say whether a "not" stands before it in its clause, or the verb itself says no, as "kaldırılmadı" does."""
    if hit.key.startswith(_NOT):
        return True
    clause = parsed.clauses[hit.first]
    nots = [cue for cue in cues_of(parsed, "deny") if parsed.clauses[cue.first] == clause]
    if any(0 < hit.first - cue.last <= _NEGATES for cue in nots):
        return True
    if parsed.language not in VERB_LAST:
        return False
    verb = _verb(parsed, hit)
    if status_of(hit) is Status.MISSING:
        verb = verb[1:]  # "evine dönmedi", did not come home, says it by a negation of its own.
    return any(0 <= cue.first - hit.last <= _NEGATES for cue in nots) or any(_NEGATED.search(word) for word in verb)


def _verb(parsed: ParsedSentence, hit: Hit) -> list[str]:
    """Return the words that could be the status's verb: its last one, or where that is none up to two after it."""
    words = [parsed.words[hit.last].lower]
    for at in range(hit.last + 1, min(hit.last + 3, len(parsed.words))):
        if _FINITE.search(words[-1]) or parsed.clauses[at] != parsed.clauses[hit.last]:
            break
        if parsed.language == "crh" and parsed.words[at].lower == "bile" and words[-1][-1:] in "ae":
            words.append("abile")
        words.append(parsed.words[at].lower)
    return words


def _is_negated_after(parsed: ParsedSentence, hit: Hit) -> bool:
    """Say whether a "not" follows in the same clause: "обыска не проводили", "the verdict has not come into force"."""
    if parsed.language in VERB_LAST:
        return False
    ends = [cue.first for cue in cues_of(parsed, "and") if cue.first > hit.last]
    stop = min([*ends, hit.last + _BLURS + 1])
    return any(
        hit.last < cue.first < stop and parsed.clauses[cue.first] == parsed.clauses[hit.last]
        for cue in cues_of(parsed, "deny")
    )


def _is_refuted(parsed: ParsedSentence, hit: Hit) -> bool | None:
    """Say whether the sentence calls it untrue; None where somebody denies something, and nobody can say what.

    "The ministry denied that he was held" speaks of the status; "he, held on Friday, denies guilt" does not.
    """
    if cues_of(parsed, "refute"):
        return True
    denying = cues_of(parsed, "denies")
    if not denying:
        return False
    if cues_of(parsed, "guilt") and status_of(hit) not in (Status.CHARGE, Status.SENTENCE):
        return False
    if parsed.language in VERB_LAST or any(cue.last < hit.first for cue in denying):
        return True
    return None


def _near(parsed: ParsedSentence, key: str, hit: Hit, reach: int) -> bool:
    """Say whether a cue stands up to so many words before the status, or after it where verbs end a sentence."""
    after = reach if _may_be_turned_after(parsed, hit) else 0
    return any(0 < hit.first - cue.last <= reach or 0 <= cue.first - hit.last <= after for cue in cues_of(parsed, key))


def _beside(parsed: ParsedSentence, key: str, hit: Hit, reach: int) -> bool:
    return any(-reach <= cue.first - hit.first <= reach for cue in cues_of(parsed, key))


def _governs(parsed: ParsedSentence, key: str, hit: Hit) -> bool:
    """Say whether a cue stands before the status in its clause; where verbs come last, after it and next to it."""
    clause = parsed.clauses[hit.first]
    cues = [cue for cue in cues_of(parsed, key) if parsed.clauses[cue.first] == clause]
    if parsed.language not in VERB_LAST:
        if status_of(hit) in _WORST and _carries_on(parsed, key, clause):
            return True
        whole = [cue for cue in cues_of(parsed, key) if parsed.clauses[cue.first] + 1 == clause]
        opens = any(parsed.clauses[cue.first] == clause and cue.last < hit.first for cue in cues_of(parsed, "that"))
        return any(cue.last < hit.first for cue in cues) or (opens and bool(whole))
    others = [other.first for other in parsed.status if other.key != hit.key]
    reach = _BLURS_AFTER if _may_be_turned_after(parsed, hit) else 0
    stop = min([at for at in others if at > hit.last] + [hit.last + reach + 1])
    start = max([at for at in others if at < hit.first], default=-1)
    return any(start < cue.first < stop for cue in cues)


def _carries_on(parsed: ParsedSentence, key: str, clause: int) -> bool:
    """Say whether the clause goes on without a person of its own from one with a cue: "fear he is held, was killed"."""
    named = {parsed.clauses[person.first] for person in parsed.persons}
    if clause in named:
        return False
    before = max((each for each in named if each < clause), default=None)
    return any(parsed.clauses[cue.first] == before for cue in cues_of(parsed, key))


def _may_be_turned_after(parsed: ParsedSentence, hit: Hit) -> bool:
    """Say whether what follows can turn the status: where verbs come last, but not after "the detained ..."."""
    verb = [word.lower for word in parsed.words[hit.last : hit.last + 2] if not word.capital]
    return parsed.language in VERB_LAST and not any(_DESCRIBES.search(word) for word in verb)
