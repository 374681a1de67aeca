"""What a text is about, in one word for every language: whether two texts on a name tell of quite different matters."""

from digests.model import Article, full_text
from digests.stories.phrases import find_in_tables, words_of

_READ_CHARS = 800  # title and opening say what it is about; background further down would join what is apart


def concepts(article: Article) -> frozenset[str]:
    """Return the matters that a text's opening speaks of, such as "court" or "sport"; none for most small talk."""
    (found,) = find_in_tables(("concepts",), words_of(full_text(article), 0, _READ_CHARS), article.language)
    return frozenset(hit.key for hit in found)


def tells_of_another_matter(one: Article, other: Article) -> bool:
    """Whether both texts say what they are about and have nothing in common; what cannot be told apart is no other."""
    here, there = concepts(one), concepts(other)
    return bool(here) and bool(there) and here.isdisjoint(there)
