"""Of sentences that say the same, the one that the chat reads more easily: the news decides, then the language."""

from collections.abc import Mapping, Sequence

from digests.model import PatternId, Telling
from digests.writing.differ import numbers_of
from digests.writing.pick import Picked

Cover = tuple[Telling, Mapping[PatternId, Picked]]
"""An article with the sentence that it is quoted with for each name."""


def in_language(quoted: Sequence[Cover], others: Sequence[Cover], language: str) -> list[Cover]:
    """Return the quoted texts, one in another language exchanged for one of `others` that says the same.

    `others` are texts in `language`. The same says one that is no copy, by an outlet of the same stance, which
    claims the same of the same names with the same numbers. What claims nothing stays as it is: nobody can tell.
    """
    kept: list[Cover] = []
    taken = {telling.article.id for telling, _ in quoted}
    for telling, picks in quoted:
        candidates = () if telling.article.language == language else others
        found = next((o for o in candidates if o[0].article.id not in taken and _is_same((telling, picks), o)), None)
        kept.append((telling, picks) if found is None else (found[0], {name: found[1][name] for name in picks}))
        taken.add(kept[-1][0].article.id)
    return kept


def _is_same(cover: Cover, other: Cover) -> bool:
    (telling, picks), (another, theirs) = cover, other
    if another.article.copy_of is not None or another.stance != telling.stance or not picks.keys() <= theirs.keys():
        return False
    return all(
        picked.status
        and set(picked.status) == set(theirs[name].status)
        and numbers_of((telling, picked)) == numbers_of((another, theirs[name]))
        for name, picked in picks.items()
    )
