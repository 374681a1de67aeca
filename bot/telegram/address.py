"""A chat's key and what Telegram calls it."""

from typing import NamedTuple

_SERVICE = "telegram:"


class Address(NamedTuple):
    """A chat, and the topic in it if it is one of a forum. Chat numbers need 64 bits; groups are negative."""

    chat_id: int
    topic: int | None = None


def chat_key(chat_id: int, topic: int | None = None) -> str:
    """Return the key under which the rest of the program knows a chat.

    >>> chat_key(-1001, 7)
    'telegram:-1001/7'
    """
    return f"{_SERVICE}{chat_id}/{topic}" if topic is not None else f"{_SERVICE}{chat_id}"


def address_of(key: str) -> Address:
    """Return what Telegram calls the chat with this key; ValueError for a key of another service.

    >>> address_of("telegram:-1001/7")
    Address(chat_id=-1001, topic=7)
    """
    if not key.startswith(_SERVICE):
        raise ValueError("not the key of a Telegram chat")
    chat, _, topic = key.removeprefix(_SERVICE).partition("/")
    return Address(int(chat), int(topic) if topic else None)
