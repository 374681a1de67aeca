"""The sentences of an article that carry the news for a watched name: verbatim, whole, always with the name in them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from digests.model import Article, Band, Kind, Mention, PatternId, Sentence, Span, Stance, Status, StatusWord, full_text
from digests.stories.features import MASTHEAD_CHARS
from digests.stories.keys import placed_keys
from digests.stories.phrases import find_in_tables, find_phrases, words_of
from digests.stories.status import Claim, find_claims, strongest_first
from digests.stories.stretches import stretches
from digests.text import sentences
from digests.writing.quote import as_quoted
from digests.writing.speech import whole_speech

# A sentence up to here is shown whole; a longer one is cut near `_CUT_CHARS`, at a word.
_WHOLE_CHARS = 600
_CUT_CHARS = 400
_BEFORE_CHARS = 160
_READ_CHARS = 2_000
# A text says its news in its first paragraphs; what follows them is background.
_PARAGRAPHS_FURTHER = 2
# "We recall that", "Earlier": so many words in, the sentence says that it is no news; and speech seldom is.
_OPENS_WITH = 2
# A line of a list is no longer; what is of a list stands above it.
_ITEM_CHARS = 120
_ENDS_A_SENTENCE = (". ", ".\n", "! ", "? ")
_SPEECH = '“«„"–—-'
# Further down stands what was before: a status there is seldom the news.
_EARLY_CHARS = 600
# Of a name said thousands of times the first are weighed: each is held against all sentences and claims.
_MOST_MENTIONS = 40
# "The missing driver was found dead": one sentence tells how it went on.
_OVERTAKEN = {Status.FOUND: {Status.MISSING}, Status.DEATH: {Status.MISSING, Status.FOUND}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked:
    """The sentence that stands for a name in one article.

    Attributes:
        mention: The fullest mention of the name in the sentence: its form and its reason are shown.
        band: Of the surest mention of the name in the article.
        form: The name as that mention prints it.
        status: What the sentence claims of the name.
        at: Where the sentence begins in `full_text(article)`.
    """

    sentence: Sentence
    form: str
    mention: Mention
    band: Band
    status: tuple[StatusWord, ...]
    at: int


class Picker:
    """Picks sentences from one article for the names found in it."""

    def __init__(self, article: Article, stance: Stance, mentions: tuple[Mention, ...]) -> None:
        self._article = article
        self._stance = stance
        self._text = full_text(article)
        inside = [m for m in mentions if 0 <= m.start < m.end <= len(self._text)]
        self._mentions = tuple(sorted(inside, key=lambda m: (m.start, m.end, m.pattern)))
        self._claims = find_claims(self._text, self._mentions, article.language, at=article.at)
        self._spans = tuple(self._all_spans())

    def pick(self, pattern: PatternId, kind: Kind, *, seeks_status: bool = True) -> Picked | None:
        """Return the sentence that carries the news for a name, None where the article does not name it.

        Only a person is detained or freed: a body or a place has no status. Where no status is new (`seeks_status` is
        false), the text's opening goes before a status further down, which is seldom the news.
        """
        mine = [m for m in self._mentions if m.pattern == pattern]
        if not mine:
            return None
        chosen = min(mine[:_MOST_MENTIONS], key=lambda m: self._worth(m, seeks_status=seeks_status))
        span = self._span_of(chosen)
        mention = max((m for m in mine if span.start <= m.start and m.end <= span.end), key=_fullness)
        return Picked(
            sentence=self._sentence(span, mention),
            form=self._text[mention.start : mention.end],
            mention=mention,
            band=Band.SURE if any(m.band is Band.SURE for m in mine) else Band.LIKELY,
            status=_in_the_end(c.word for c in self._claims_in(span, pattern) if kind is Kind.PERSON),
            at=span.start,
        )

    def claims(self, pattern: PatternId, kind: Kind) -> tuple[StatusWord, ...]:
        """Return what the whole article claims of a name, strongest first."""
        return strongest_first(c.word for c in self._claims if c.pattern == pattern and kind is Kind.PERSON)

    def before(self, at: int) -> Sentence | None:
        """Return what has to be read before the sentence at `at`: what its list is of, or the text's opening."""
        return self.lead_in(at) or self.context(at)

    def context(self, at: int) -> Sentence | None:
        """Return the text's first sentence, if it is another than the one at `at` and tells of the same matter.

        A greeting or a promise ("Here is what we know") that has no idea, number, day or name tells nothing.
        """
        start, end = self._opening()
        spans = list(self._split(start, end))
        if not spans:
            return None
        first = whole_speech(self._text, spans[0], spans)
        here = next((span for span in self._spans if span.start <= at < span.end), None)
        if here is None or here.start < first.end or first.end - first.start > _CUT_CHARS:
            return None
        if here.start >= end and not self._is_of_one_matter(here):
            return None
        if not self._says_anything(first):
            return None
        return self._quoted(self._text[first.start : first.end], cut=False)

    def lead_in(self, at: int) -> Sentence | None:
        """Return what a list is of, if the line at `at` is one of its items.

        That is the sentence with a colon above them; where all lines of the text are as short, its title.
        """
        start = self._text.rfind("\n", 0, at) + 1
        above = self._text[max(0, start - _READ_CHARS) : start].splitlines()
        line = self._text[start:].split("\n", 1)[0]
        while above and len(line) <= _ITEM_CHARS:
            line = above.pop().strip()
            if line.endswith(":"):
                spans = sentences(line, self._article.language)
                said = line[spans[-1].start :] if spans else line
                return self._quoted(said, cut=False) if len(said) <= _CUT_CHARS else None
        body = self._article.text
        is_list = not above and "\n" in body and not any(mark in body for mark in _ENDS_A_SENTENCE)
        return self._quoted(line, cut=False) if is_list and start and line == self._article.title else None

    def tells_of_an_event(self, at: int) -> bool:
        """Say whether the sentence at `at` has an idea or a number."""
        return any(span.start <= at < span.end and _of_events(self._keys_of(span)) for span in self._spans)

    def further(self, at: int) -> tuple[Sentence, ...]:
        """Return how a text that opens with the sentence at `at` goes on: the first sentences of its next paragraphs.

        Nothing where it opens otherwise; a paragraph without an idea or number of its own is passed over.
        """
        body = len(self._text) - len(self._article.text)
        paragraphs = list(islice(_paragraphs(self._text, body), 1 + _PARAGRAPHS_FURTHER))
        if not paragraphs or not paragraphs[0][0] <= at < paragraphs[0][1]:
            return ()
        known = _of_events(self._keys_of(Span(*paragraphs[0])))
        found = []
        for start, end in paragraphs[1:]:
            span = next(self._split(start, end), None)
            keys = _of_events(self._keys_of(span)) if span is not None else set()
            if span is not None and span.end - span.start <= _CUT_CHARS and not keys <= known and self._tells(span):
                found.append(self._quoted(self._text[span.start : span.end], cut=False))
                known |= keys
        return tuple(found)

    def _tells(self, span: Span) -> bool:
        """Say whether a sentence tells by itself: it neither recalls what was nor opens with what somebody says."""
        words = words_of(self._text, span.start, span.end)[:_OPENS_WITH]
        recalls = any(hit.key == "past" for hit in find_phrases("cues", words, self._article.language))
        return not recalls and self._text[span.start] not in _SPEECH

    def _split(self, start: int, end: int) -> Iterator[Span]:
        found = sentences(self._text[start:end], self._article.language)
        yield from (Span(span.start + start, span.end + start) for span in found)

    def _opening(self) -> Span:
        """Return the first paragraph after the title that is no masthead; an empty stretch where there is none."""
        body = len(self._text) - len(self._article.text)
        return Span(*next(iter(_paragraphs(self._text, body)), (0, 0)))

    def _is_of_one_matter(self, span: Span) -> bool:
        """Say whether opening and sentence tell of one matter: a round-up has a headline of its own."""
        start, end = self._opening()
        title = Span(0, len(self._text) - len(self._article.text))
        if title.end and self._keys_of(title) & self._keys_of(Span(start, end)):
            return True
        return self._is_akin(Span(0, end), self._paragraph(span))

    def _is_akin(self, one: Span, other: Span) -> bool:
        """Say whether two stretches share a name or a number, or two ideas: in a round-up they share nothing."""
        shared = self._keys_of(one) & self._keys_of(other)
        return any(not key.startswith("c") for key in shared) or len(shared) > 1

    def _paragraph(self, span: Span) -> Span:
        end = self._text.find("\n", span.end, span.start + _READ_CHARS)
        return Span(self._text.rfind("\n", 0, span.start) + 1, span.end if end < 0 else end)

    def _says_anything(self, span: Span) -> bool:
        """Say whether a sentence has an idea, a number, a day or a name: a word is no name for opening a sentence."""
        return any(key[0] in "cnd" or (key[0] == "s" and at > span.start) for key, at in self._placed_keys(span))

    def _keys_of(self, span: Span) -> set[str]:
        return {key for key, _ in self._placed_keys(span)}

    def _placed_keys(self, span: Span) -> list[tuple[str, int]]:
        words = words_of(self._text, span.start, span.end)
        return placed_keys(self._text, words, self._article.language)

    def _all_spans(self) -> Iterator[Span]:
        for start, end in stretches(self._text, self._mentions):
            yield from self._split(start, end)

    def _span_of(self, mention: Mention) -> Span:
        """Return the sentence around a mention; two that a name joins are one, where there is none it is the name.

        "Among them" is shown with what they are, what the next sentence says of "the man" with the name, and quoted
        speech whole, where they are short.
        """
        met = [s for s in self._spans if s.start < mention.end and mention.start < s.end]
        span = Span(min([mention.start, *(s.start for s in met)]), max([mention.end, *(s.end for s in met)]))
        return whole_speech(self._text, self._with_next(self._with_those(span), mention.pattern), self._spans)

    def _with_those(self, span: Span) -> Span:
        """Return a span that opens with "among them" with the sentence before it, which says who they are."""
        before = next((s for s in reversed(self._spans) if s.end <= span.start), None)
        if before is None or span.end - before.start > _CUT_CHARS or "\n" in self._text[before.end : span.start]:
            return span
        words = words_of(self._text, span.start, span.end)[:_OPENS_WITH]
        refers = any(
            hit.key == "among" and not hit.first for hit in find_phrases("cues", words, self._article.language)
        )
        return Span(before.start, span.end) if refers else span

    def _with_next(self, span: Span, pattern: PatternId) -> Span:
        """Return the span with the sentence after it, if that claims something of the name without saying it.

        So does one with a status that names nobody else: whose it is we do not say, the reader sees it.
        """
        following = next((s for s in self._spans if s.start >= span.end), None)
        if following is None or "\n" in self._text[span.end : following.start]:
            return span
        if following.end - span.start > _CUT_CHARS:
            return span
        inside = [m for m in self._mentions if following.start <= m.start < following.end]
        goes_on = not inside and self._tells_of_a_status(following)
        if any(m.pattern == pattern for m in inside) or not (goes_on or self._claims_in(following, pattern)):
            return span
        return Span(span.start, following.end)

    def _tells_of_a_status(self, span: Span) -> bool:
        """Say whether a sentence has a word of status and no name: capitals stand at its beginning, or name days."""
        words = words_of(self._text, span.start, span.end)
        dates, days, statuses = find_in_tables(("months", "weekdays", "status"), words, self._article.language)
        known = {hit.first for hit in (*dates, *days)}
        return bool(statuses) and not any(word.capital for at, word in enumerate(words) if at and at not in known)

    def _worth(self, mention: Mention, *, seeks_status: bool) -> tuple[bool, bool, bool, bool, int]:
        """Return the order in which mentions are taken: early, in the text, with a status, surely."""
        span = self._span_of(mention)
        body = len(self._text) - len(self._article.text)
        in_title = span.end <= body
        late = mention.start >= (body + _EARLY_CHARS if seeks_status else self._opening().end)
        has_status = bool(self._claims_in(span, mention.pattern))
        return (late, in_title, not has_status, mention.band is not Band.SURE, mention.start)

    def _claims_in(self, span: Span, pattern: PatternId) -> list[Claim]:
        return [c for c in self._claims if c.pattern == pattern and span.start <= c.start < span.end]

    def _sentence(self, span: Span, mention: Mention) -> Sentence:
        text, cut = self._cut(span, mention)
        return self._quoted(text, cut=cut)

    def _quoted(self, text: str, *, cut: bool) -> Sentence:
        return as_quoted(self._article, text, stance=self._stance, cut=cut)

    def _cut(self, span: Span, mention: Mention) -> tuple[str, bool]:
        """Return the sentence, or of a very long one a stretch that holds the mention whole and ends at words."""
        if span.end - span.start <= _WHOLE_CHARS:
            return self._text[span.start : span.end], False
        start = span.start
        if mention.end > start + _CUT_CHARS:
            start = self._after_space(max(start, mention.start - _BEFORE_CHARS), mention.start)
        end = self._before_space(max(mention.end, start + _CUT_CHARS), mention.end, span.end)
        return self._text[start:end].strip(), True

    def _after_space(self, low: int, high: int) -> int:
        space = self._text.find(" ", low, high)
        return low if space < 0 else space + 1

    def _before_space(self, wanted: int, low: int, high: int) -> int:
        end = min(wanted, high)
        if end == high:
            return end
        space = self._text.rfind(" ", low, end + 1)
        return end if space < 0 else space


def _of_events(keys: set[str]) -> set[str]:
    return {key for key in keys if key[0] in "cn"}


def _in_the_end(words: Iterable[StatusWord]) -> tuple[StatusWord, ...]:
    """Return what a sentence claims, strongest first: who was found is no longer missing."""
    claimed = strongest_first(words)
    ends = {word.status for word in claimed if not word.denied and not word.hearsay}
    overtaken = {status for end in ends for status in _OVERTAKEN.get(end, ())}
    return tuple(word for word in claimed if word.denied or word.status not in overtaken)


def _fullness(mention: Mention) -> tuple[int, bool, float, int]:
    """Return what makes one mention in a sentence better than another: a name in full before a surname."""
    return (mention.end - mention.start, mention.band is Band.SURE, mention.score, -mention.start)


def _paragraphs(text: str, start: int) -> Iterator[tuple[int, int]]:
    """Yield the paragraphs from an offset on that are no mastheads, each read up to a limit."""
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        if end - start >= MASTHEAD_CHARS:
            yield start, min(end, start + _READ_CHARS)
        start = end + 1
