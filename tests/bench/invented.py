"""Articles of invented people in six languages, made by a seeded generator: as long, as varied and as rarely about
somebody watched as what outlets print."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from digests.names.spell import script_of
from digests.tables import load_rows


@dataclass(frozen=True, slots=True)
class Tongue:
    """What the generator knows of a language: small words of its own, and sounds and ends to make the rest of."""

    code: str
    small: tuple[str, ...]
    sounds: tuple[str, ...]
    ends: tuple[str, ...]


def _tongue(code: str, small: str, sounds: str, ends: str) -> Tongue:
    return Tongue(code, tuple(small.split()), tuple(sounds.split()), tuple(ends.split()))


TONGUES = (
    _tongue(
        "en",
        "the the the of and to in that was his her said on for with by from after who court lawyer police",
        "ba ster con tri mel dor fen gra hol lin mar nor pel quin ral sto tem ver win",
        "ed ing s tion er ly ment ness al",
    ),
    _tongue(
        "uk",
        "і у в на що не за до з після про як його її суд адвокат повідомила сказав вони який цього також слідчий",
        "ба вер гон дер жит зем кол лис мор нев пор рід сто тем хор чер шин",
        "ання ів ого ому ами ить ала ський ити",
    ),
    _tongue(
        "ru",
        "и в на что не за до с после о как его её суд адвокат сообщила сказал они который этого также следователь",
        "ба вер гон дер жит зем кол лис мор нев пор ряд сто тем хор чер шин ыл",
        "ание ов ого ому ами ить ала ский ыть",
    ),
    _tongue(
        "tr",
        "ve bir bu için da de ile olarak sonra göre dedi mahkeme avukat köy kadar çok ancak daha olan tutuklu gün şu",
        "ba çel dur gök hav kır lem mol nur ören paş sıv şen tür vak yıl züm",
        "lar ların inde iyor mıştı lık dan ları",
    ),
    _tongue(
        "crh",
        "ve bir bu içün da de ile soñ köre dedi mahkeme advokat köy qadar çoq amma daa olğan apis kün şu onıñ olarnıñ",
        "ba çel tur kök av qır lem mol nur ören paş sıv şeñ tür vaq yıl züm",
        "lar larnıñ ında ay dı lıq dan larını ğa",
    ),
    _tongue(
        "pl",
        "i w na że nie za do z po o jak jego jej sąd adwokat powiedziała się oni który tego także śledczy",
        "ba wier gon dzier żyt ziem kol lis mor niew por rząd sto tem chor czer szyn",
        "anie ów ego emu ami ić ała ski",
    ),
)

_LATIN_GIVEN = ("Arslan", "Halyna", "Dilyara", "Ostap", "Remzi", "Zarema", "Bohdan", "Server")
_LATIN_SOUNDS = ("Boz", "Vit", "Kal", "Dzhur", "Tem", "Shev", "Mer", "Onur", "Pal", "Rus", "Sab", "Yav")
_LATIN_MIDDLES = ("da", "ro", "mi", "le", "ku", "ne", "ti", "go")
_LATIN_ENDS = ("liev", "lomenko", "rzhin", "oğlu", "ndrak", "stopal", "mbaev", "nski")

_SURNAME_ENDS = {
    "en": ("", "son", "er", "ley", "man", "ton", "field"),
    "uk": ("енко", "чук", "ський", "ів", "лієв", "ак", "юк"),
    "ru": ("ов", "ев", "ин", "ский", "лиев", "енков", "ых"),
    "tr": ("oğlu", "can", "er", "soy", "lı", "taş", "demir"),
    "crh": ("lıyev", "oğlu", "nov", "mambet", "ay", "şayev", "la"),
    "pl": ("ski", "owicz", "ak", "iec", "czyk", "owa", "ek"),
}

_LEXICON = 4_000
_SENTENCES, _WORDS = (14, 26), (8, 20)
# Of a hundred articles so many name somebody who is watched, and so many repeat one of the last ones but for its lead.
_NAMING, _COPIES = 0.04, 0.12
_RECENT = 200


def people(number: int, random: Random) -> tuple[str, ...]:
    """Return so many different people."""
    found: dict[str, None] = {}
    while len(found) < number:
        surname = random.choice(_LATIN_SOUNDS) + random.choice(_LATIN_MIDDLES) + random.choice(_LATIN_MIDDLES)
        found[f"{random.choice(_LATIN_GIVEN)} {surname}{random.choice(_LATIN_ENDS)}"] = None
    return tuple(found)


def names(number: int, random: Random) -> tuple[str, ...]:
    """Return so many different names of people, with given names of many nations and surnames of six languages."""
    givens = [name for (row,) in load_rows("names/data/given.tsv") for name in row.split()]
    found: dict[str, None] = {}
    while len(found) < number:
        given, tongue = random.choice(givens), random.choice(TONGUES)
        if script_of(given) == script_of(tongue.sounds[0]):
            stem = "".join(random.choice(tongue.sounds) for _ in range(random.randint(2, 3)))
            found[f"{given} {stem.title()}{random.choice(_SURNAME_ENDS[tongue.code])}"] = None
    return tuple(found)


def articles(number: int, watched: Sequence[str], random: Random) -> Iterator[tuple[str, str]]:
    """Yield so many articles as (outlet, text with its title first), in the six languages by turns."""
    lexicons = {tongue.code: _lexicon(tongue, random) for tongue in TONGUES}
    recent: dict[str, list[str]] = {tongue.code: [] for tongue in TONGUES}
    for nth in range(number):
        tongue = TONGUES[nth % len(TONGUES)]
        kept = recent[tongue.code]
        if kept and random.random() < _COPIES:
            lead = _sentence(tongue, lexicons[tongue.code], random)
            text = f"{lead[:60]}\n\n{random.choice(kept).partition(chr(10) * 2)[2]}"
        else:
            text = _article(tongue, lexicons[tongue.code], watched, random)
            kept.append(text)
            del kept[:-_RECENT]
        yield f"outlet-{nth % 37}", text


def _article(tongue: Tongue, lexicon: Sequence[str], watched: Sequence[str], random: Random) -> str:
    # What an article is about comes up again and again; the rest is drawn as words are, the common ones most often.
    topic = random.sample(lexicon, 24)
    sentences = [_sentence(tongue, lexicon, random, topic) for _ in range(random.randint(*_SENTENCES))]
    if random.random() < _NAMING:
        who = random.choice(watched)
        sentences[0] = f"{who} {sentences[0][0].lower()}{sentences[0][1:]}"
    title = " ".join(sentences[0].split()[:8]).rstrip(".")
    paragraphs = [" ".join(sentences[at : at + 3]) for at in range(0, len(sentences), 3)]
    return "\n\n".join([title, *paragraphs])


def _sentence(tongue: Tongue, lexicon: Sequence[str], random: Random, topic: Sequence[str] = ()) -> str:
    words = []
    for _ in range(random.randint(*_WORDS)):
        draw = random.random()
        if draw < 0.4:
            words.append(random.choice(tongue.small))
        elif draw < 0.65 and topic:
            words.append(random.choice(topic))
        elif draw < 0.72:
            words.append(lexicon[-random.randint(1, 400)].title())
        else:
            words.append(lexicon[min(int(random.paretovariate(0.6)), len(lexicon)) - 1])
    return f"{words[0].title()} {' '.join(words[1:])}."


def _lexicon(tongue: Tongue, random: Random) -> tuple[str, ...]:
    found: dict[str, None] = {}
    while len(found) < _LEXICON:
        stem = "".join(random.choice(tongue.sounds) for _ in range(random.randint(1, 3)))
        found[stem + random.choice(tongue.ends)] = None
    return tuple(found)
