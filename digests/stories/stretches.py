"""Where to look for sentences: the paragraphs around mentions, however long a hostile text is."""

from collections.abc import Iterator, Sequence

from digests.model import Mention

# A paragraph without end is read this far around a mention.
_AROUND_CHARS = 1_200


def stretches(text: str, mentions: Sequence[Mention]) -> Iterator[tuple[int, int]]:
    """Yield the paragraphs that hold mentions, in order, none twice; of an endless one only what is near."""
    done = -1
    for mention in sorted(mentions, key=lambda m: m.start):
        if mention.start < done:
            continue
        floor = max(done, mention.start - _AROUND_CHARS, 0)
        start = max(text.rfind("\n", floor, mention.start) + 1, floor)
        end = text.find("\n", mention.end, mention.end + _AROUND_CHARS)
        if end < 0:
            end = min(len(text), mention.end + _AROUND_CHARS)
        yield start, end
        done = end
