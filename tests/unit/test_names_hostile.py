"""Whatever a text holds, the matching of names answers it, in work that grows no faster than the text."""

import sys
from collections.abc import Callable, Iterator
from random import Random
from types import FrameType

import pytest

from digests.model import Kind, Pattern, PatternId
from digests.names.alike import alike
from digests.names.book import propose, why_refused
from digests.names.fold import fold
from digests.names.index import NameIndex
from digests.names.kinds import guess_kind
from digests.names.match import archive_keys, find_mentions
from digests.names.surnames import SurnameUse
from digests.names.tokens import LONGEST
from tests.builders import article

LABELS = (
    "Arslan Bozdaliyev",
    "Галина Вітролом",
    "Anna Rees-Moss",
    "Steppe Watch",
    "Qırım",
    "VQR",
    "東京 都",
    "Ali Fey",
)
INDEX = NameIndex()
for _label in LABELS:
    INDEX.add(Pattern(id=PatternId(_label), kind=guess_kind(_label), spellings=((_label, ""),)))

PIECES = (
    *LABELS,
    "Bozdaliyevdan",
    "А. Боздалієва",
    "Вoздaлiєвa",  # half of it Latin letters
    "B o z d a l i y e v",
    "B\u0301\u0302\u0303o\u0336\u0337z\u0489d\u035caliyev",
    "\ud800",
    "\udfff",
    "\u202e",
    "\u2066",
    "\u200b",
    "\ufeff",
    "\u00ad",
    "\x00",
    "İ",
    "ǅ",
    "ﬃ",
    "𝐁𝐨𝐳",
    "🙂",
    "مصطفى",
    "'",
    "’s",
    ".",
    "\n\n",
    "-",
    "&",
    "_",
    "7",
)  # fmt: skip
LANGUAGES = ("", "en", "uk", "ru", "tr", "crh", "pl", "xx", "e:n")


def _strings(number: int) -> Iterator[tuple[str, str]]:
    """So many strings of what is known to hurt and of letters from everywhere, each with a language."""
    random = Random(number)
    for _ in range(number):
        joint = random.choice(("", " ", " ", "\u00a0"))
        parts = (
            random.choice(PIECES)
            if random.random() < 0.7
            else chr(random.randrange(random.choice((0x250, 0x3000, 0x110000))))
            for _ in range(random.randint(1, 12))
        )
        yield joint.join(parts), random.choice(LANGUAGES)


@pytest.mark.parametrize("number", [2_000, pytest.param(100_000, marks=pytest.mark.slow)])
def test_any_string_is_answered(number: int) -> None:
    use, answered = SurnameUse(), 0
    for nth, (text, language) in enumerate(_strings(number)):
        found = find_mentions(article(identity=str(nth), title="", text=text, language=language), INDEX, use)
        use.learn(found.learnt)
        assert all(text[mention.start : mention.end].strip() for mention in found.mentions)
        assert fold(fold(text)) == fold(text)
        assert archive_keys(text) == archive_keys(text)
        answered += 1
    assert answered == number


@pytest.mark.parametrize("number", [500, pytest.param(20_000, marks=pytest.mark.slow)])
def test_any_string_can_be_asked_for_as_a_name(number: int) -> None:
    index = NameIndex()
    for nth, (text, _) in enumerate(_strings(number)):
        kind = guess_kind(text)
        spellings = tuple((each.text, each.language or "") for each in propose(text, kind))
        pattern = Pattern(id=PatternId(str(nth)), kind=kind, spellings=spellings)
        index.add(pattern)
        assert why_refused(text, kind) in ("unreadable", "common", None)
        assert 0.0 <= alike(pattern, text) <= 1.0
    for nth in range(number):
        index.discard(PatternId(str(nth)))
    assert len(index) == len(index._words) == 0


GROWING: dict[str, Callable[[int], str]] = {
    "one endless word": lambda n: "B" * 40 * n,
    "one endless word in lower case": lambda n: "Steppe " + "b" * 40 * n,
    "unpaired surrogates": lambda n: "Bozdaliyev \ud800" * n,
    "directions": lambda n: "\u202eArslan\u202c Bozdaliyev\u2066 " * n,
    "combining marks": lambda n: ("Bozdaliyev" + "\u0301\u0336" * 40 + " ") * n,
    "letters apart": lambda n: "B o z d a l i y e v " * n,
    "look-alike letters": lambda n: "Вoздaлiєвa Аrslаn " * n,
    "full names": lambda n: "Arslan Bozdaliyev. " * n,
    "bare surnames": lambda n: "Arslan Bozdaliyev. " + "Bozdaliyev, " * n,
    "namesakes": lambda n: "Remzi Bozdaliyev, Arslan Bozdaliyev, " * n,
    "brothers": lambda n: "Remzi and Arslan Bozdaliyev, Arslan and Remzi Bozdaliyev, " * n,
    "his wives": lambda n: "Арслан Боздалієв. " + "Олена Боздалієва. " * n + "Суд арештував Боздалієва. " * n,
    "nicknames": lambda n: "Arslan “Arslan” Bozdaliyev “Bozdaliyev” " * n,
    "initials": lambda n: "A. B. Bozdaliyev " * n,
    "hyphens": lambda n: "Rees-Moss-" * n,
    "different words": lambda n: " ".join(f"B{_letters(k)}zdaliyev" for k in range(n)),
    "capitals": lambda n: "VQR VQR-VQR " * n,
}


@pytest.mark.parametrize("text", GROWING.values(), ids=GROWING.keys())
def test_four_times_the_text_takes_no_more_than_four_times_the_steps(text: Callable[[int], str]) -> None:
    _steps(text(20))  # tables are read, expressions are built
    small, large = _steps(text(250)), _steps(text(1_000))
    assert large <= 4.2 * small + 2_000


@pytest.mark.parametrize("text", GROWING.values(), ids=GROWING.keys())
def test_nothing_long_stays_in_memory_or_is_learnt(text: Callable[[int], str]) -> None:
    index, use = NameIndex(), SurnameUse()
    index.add(Pattern(id=PatternId("p"), kind=Kind.BODY, spellings=(("Steppe Watch", "en"),)))
    index.add(Pattern(id=PatternId("q"), kind=Kind.PERSON, spellings=(("Arslan Bozdaliyev", "en"),)))
    found = find_mentions(article(title="", text=text(500), language="en"), index, use)
    assert all(len(key) <= LONGEST + 40 for key, _ in found.learnt)
    assert all(len(word) <= LONGEST for word in index._remembered.language("en"))


def _steps(text: str) -> int:
    """How many calls, of Python and of C, it takes to find names in a text nobody has read before."""
    index = NameIndex()
    for pattern in INDEX.patterns():
        index.add(pattern)
    page = article(title="", text=text, language="en")
    steps = 0

    def count(_: FrameType, event: str, __: object) -> None:
        nonlocal steps
        steps += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        find_mentions(page, index, SurnameUse())
    finally:
        sys.setprofile(before)
    return steps


def _letters(number: int) -> str:
    return "".join("aeiou"[int(digit) % 5] + "lmnrs"[int(digit) // 2] for digit in str(number))
