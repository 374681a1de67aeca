"""Messages on their way, as JSON with a tag: what was written yesterday is read by today's program."""

import json
from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from digests.errors import StoreError
from digests.model import Alert, Amendment, Digest, Notice

ENGINE_TYPES: Mapping[str, type] = {"alert": Alert, "digest": Digest, "notice": Notice, "amendment": Amendment}
"""What the engine itself writes; the bot adds its own replies."""


def dump(kind: str, value: Any) -> str:
    """Return a frozen dataclass as JSON under the tag `kind`.

    >>> dump("notice", Notice(key="notice.hello"))
    '{"kind":"notice","value":{"key":"notice.hello","fields":[]}}'
    """
    inner = _adapter(type(value)).dump_json(value).decode()
    return f'{{"kind":{json.dumps(kind)},"value":{inner}}}'


def load(text: str, types: Mapping[str, type]) -> object:
    """Return the value that `dump` wrote, of the type its tag names in `types`; `StoreError` if of none."""
    try:
        tagged = json.loads(text)
        kind, value = tagged["kind"], tagged["value"]
    except (ValueError, TypeError, KeyError):
        raise StoreError("a stored message cannot be read: it is not in our form") from None
    if kind not in types:
        raise StoreError(f"a stored message is of the unknown kind {kind!r}; it was written by another Haberdar")
    try:
        # JSON again, not Python values: only so a list is taken for a tuple and a text for a time.
        found: object = _adapter(types[kind]).validate_json(json.dumps(value))
    except ValidationError as error:
        where = ".".join(str(step) for step in error.errors()[0]["loc"])
        raise StoreError(f"a stored message of kind {kind!r} cannot be read: see its {where or 'value'}") from None
    return found


_adapters: dict[type, TypeAdapter[Any]] = {}  # making one takes a millisecond


def _adapter(kind: type) -> TypeAdapter[Any]:
    if kind not in _adapters:
        _adapters[kind] = TypeAdapter(kind)
    return _adapters[kind]
