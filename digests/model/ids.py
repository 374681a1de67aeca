"""Ids, made from content: the same input gives the same ones."""

from hashlib import blake2b
from typing import NewType

SourceId = NewType("SourceId", str)

ArticleId = NewType("ArticleId", str)

ListId = NewType("ListId", str)

NameId = NewType("NameId", str)

PatternId = NewType("PatternId", str)

StoryId = NewType("StoryId", str)

NewsId = NewType("NewsId", str)

SubscriptionId = NewType("SubscriptionId", str)

ChatId = NewType("ChatId", str)

DigestId = NewType("DigestId", str)

DeliveryId = NewType("DeliveryId", str)

LaneId = NewType("LaneId", str)


def make_id(*parts: str) -> str:
    """Return 16 hexadecimal digits that are the same for the same parts, and no others.

    >>> make_id("a", "bc") == make_id("ab", "c")
    False
    """
    digest = blake2b(digest_size=8)
    for part in parts:
        data = part.encode()
        digest.update(len(data).to_bytes(4, "big") + data)
    return digest.hexdigest()
