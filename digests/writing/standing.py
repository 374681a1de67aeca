"""How an alert stands among the earlier texts of its story: which outlets say the same, and whether one denies it."""

from collections.abc import Sequence

from digests.model import Kind, Named, StatusWord, Telling
from digests.writing.items import picker_for


def tellers(telling: Telling, names: Sequence[Named], earlier: Sequence[Telling]) -> tuple[Telling, ...]:
    """Return the earlier texts of their own that claim or deny what comes first of one of the names."""
    before = [t for t in earlier if t.article.copy_of is None and t.article.at <= telling.article.at]
    return tuple(t for t in before if any(said.status is word.status for word, said in _pairs(t, names)))


def is_opposed(telling: Telling, names: Sequence[Named], tellers: Sequence[Telling]) -> bool:
    """Say whether another outlet among the tellers denies what is claimed of a name, or claims what is denied."""
    others = (t for t in tellers if t.article.outlet != telling.article.outlet)
    pairs = (pair for other in others for pair in _pairs(other, names))
    return any(said.status is word.status and said.denied != word.denied for word, said in pairs)


def _pairs(telling: Telling, names: Sequence[Named]) -> list[tuple[StatusWord, StatusWord]]:
    """Return what comes first of each name with each thing that another text claims of that name."""
    picker = picker_for(telling)
    claimed = [(named.status[0], named.pattern) for named in names if named.status]
    return [(word, said) for word, pattern in claimed for said in picker.claims(pattern, Kind.PERSON)]
