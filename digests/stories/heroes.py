"""Of whom, or what, a text says most: two events of one kind share all words but those names.

Two players of one team are held for drink-driving, two patches mend one program: what parts them is a name that stands
in the lead of one and is said again and again, and that the other does not know.
"""

from collections import Counter
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass, field

from digests.stories.phrases import Word

Hero = tuple[str, ...]
"""A capitalised word as the keys of its sounds."""

# With three names, or names said three times, more reports of one event fell apart than events of one kind.
_MOST, _OFTEN = 2, 2
_MOST_NAMES = 240


def heroes(placed: Iterable[tuple[str, int]], words: Sequence[Word], lead_end: int) -> tuple[Hero, ...]:
    """Return the lead's names that the text says most often, at least twice; words in small letters too are none."""
    small = {word.folded for word in words if not word.capital}
    common = {word.start for word in words if word.capital and word.folded in small}
    sounds: dict[int, list[str]] = {}
    for key, at in placed:
        if key[0] == "s" and at not in common:
            sounds.setdefault(at, []).append(key)
    counts = Counter(key for keys in sounds.values() for key in keys)
    said = {tuple(keys): max(counts[key] for key in keys) for at, keys in sounds.items() if at < lead_end}
    found: list[Hero] = []
    for keys in sorted(said, key=lambda keys: (-said[keys], keys)):
        if said[keys] < _OFTEN or len(found) >= _MOST:
            break
        if not any(set(keys) & set(other) for other in found):
            found.append(keys)
    return tuple(found)


@dataclass(slots=True)
class KnownHeroes:
    """The heroes of a story's articles, with how many of them say each most, and the names of all leads."""

    articles: int = 0
    counts: dict[Hero, int] = field(default_factory=dict)
    names: tuple[str, ...] = ()

    def add(self, found: Iterable[Hero], lead: Iterable[str]) -> None:
        """Count in one article's heroes and the keys of its lead."""
        self.articles += 1
        for hero in found:
            self.counts[hero] = self.counts.get(hero, 0) + 1
        self._know(key for key in lead if key[0] == "s")

    def take_in(self, other: "KnownHeroes") -> None:
        """Count in the heroes of another story."""
        self.articles += other.articles
        for hero, articles in other.counts.items():
            self.counts[hero] = self.counts.get(hero, 0) + articles
        self._know(other.names)

    def are_others(
        self, found: Sequence[Hero], lead: Sequence[str], keys: Container[str], knows: Callable[[Hero], bool]
    ) -> bool:
        """Say whether article and story each say most of a name that the other does not, and one never heard of it.

        `lead` and `keys` are those of the article; `knows` says whether the story has a name anywhere.
        """
        mine, unheard = [h for h in found if not _stands(h, self.names)], any(not knows(hero) for hero in found)
        theirs = [hero for hero in self._most() if not _stands(hero, lead)]
        return bool(theirs) and (unheard or (bool(mine) and any(not _stands(hero, keys) for hero in theirs)))

    def _know(self, names: Iterable[str]) -> None:
        self.names = tuple(dict.fromkeys((*self.names, *names)))[-_MOST_NAMES:]

    def _most(self) -> list[Hero]:
        """Return the names of which half of the articles say most."""
        said: Counter[str] = Counter()
        for hero, articles in self.counts.items():
            said.update(dict.fromkeys(hero, articles))
        return [hero for hero in self.counts if 2 * max(said[key] for key in hero) >= self.articles]


def _stands(hero: Hero, names: Container[str]) -> bool:
    return any(key in names for key in hero)
