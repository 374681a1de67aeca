"""What Slack refuses, as its reference and people's measurements have it: the code it answers, or None."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

MAX_BLOCKS = 50
MAX_TOTAL = 13_200  # undocumented; measured by others
_TEXT_TYPES = {"plain_text": {"type", "text", "emoji"}, "mrkdwn": {"type", "text", "verbatim"}}
_BLOCKS = {
    "header": {"type", "block_id", "text"},
    "section": {"type", "block_id", "text", "fields", "accessory", "expand"},
    "context": {"type", "block_id", "elements"},
    "divider": {"type", "block_id"},
    "actions": {"type", "block_id", "elements"},
}
_POST = {
    "channel",
    "text",
    "blocks",
    "thread_ts",
    "reply_broadcast",
    "metadata",
    "mrkdwn",
    "parse",
    "link_names",
    "unfurl_links",
    "unfurl_media",
    "token",
}
_UPDATE = (_POST | {"ts"}) - {"thread_ts", "mrkdwn"}


def refuse_message(method: str, body: Mapping[str, Any]) -> str | None:
    """Return the code for a message that `chat.postMessage` or `chat.update` would not take."""
    if set(body) - (_UPDATE if method == "chat.update" else _POST):
        return "invalid_arguments"
    text, blocks = body.get("text", ""), body.get("blocks") or []
    if not isinstance(text, str) or not text.strip():
        return "no_text"  # Slack takes blocks alone, but then the notification is empty
    if len(text) > (4000 if method == "chat.update" else 40_000):
        return "msg_too_long"
    return refuse_blocks(blocks) or _refuse_metadata(body.get("metadata"))


def refuse_blocks(blocks: object) -> str | None:
    """Return the code for blocks that Slack would not take."""
    if not isinstance(blocks, Sequence) or isinstance(blocks, str) or len(blocks) > MAX_BLOCKS:
        return "invalid_blocks"
    if not all(isinstance(block, Mapping) and _is_block(block) for block in blocks):
        return "invalid_blocks"
    action_ids = [element["action_id"] for block in blocks for element in _buttons(block)]
    block_ids = [block["block_id"] for block in blocks if "block_id" in block]
    if len(set(action_ids)) != len(action_ids) or len(set(block_ids)) != len(block_ids):
        return "invalid_blocks"
    return "msg_blocks_too_long" if sum(len(text) for text in texts(blocks)) > MAX_TOTAL else None


def texts(blocks: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Return every text in blocks, in their order."""
    for block in blocks:
        parts = [block["text"]] if "text" in block else block.get("elements", ())
        for part in parts:
            yield part["text"]["text"] if isinstance(part["text"], Mapping) else part["text"]


def _is_block(block: Mapping[str, Any]) -> bool:
    kind = block.get("type")
    if kind not in _BLOCKS or set(block) - _BLOCKS[kind]:
        return False
    match kind:
        case "header":
            return _is_text(block.get("text"), 150, "plain_text")
        case "section":
            return _is_text(block.get("text"), 3000)
        case "context":
            elements = block.get("elements")
            return isinstance(elements, list) and 0 < len(elements) <= 10 and all(_is_text(e, 3000) for e in elements)
        case "actions":
            elements = block.get("elements")
            return isinstance(elements, list) and 0 < len(elements) <= 25 and all(_is_button(e) for e in elements)
        case _:
            return True


def _is_text(text: object, limit: int, kind: str | None = None) -> bool:
    if not isinstance(text, Mapping) or text.get("type") not in _TEXT_TYPES:
        return False
    if set(text) - _TEXT_TYPES[text["type"]] or (kind and text["type"] != kind):
        return False
    said = text.get("text")
    return isinstance(said, str) and 0 < len(said) <= limit


def _is_button(button: object) -> bool:
    if not isinstance(button, Mapping) or button.get("type") != "button":
        return False
    if set(button) - {"type", "text", "action_id", "value", "url", "style"}:
        return False
    action_id, value, url = button.get("action_id"), button.get("value", ""), button.get("url", "")
    is_named = isinstance(action_id, str) and 0 < len(action_id) <= 255
    is_short = isinstance(value, str) and len(value) <= 2000 and isinstance(url, str) and len(url) <= 3000
    return is_named and is_short and _is_text(button.get("text"), 75, "plain_text")


def _buttons(block: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return block["elements"] if block["type"] == "actions" else ()


def _refuse_metadata(metadata: object) -> str | None:
    if metadata is None:
        return None
    is_whole = (
        isinstance(metadata, Mapping)
        and set(metadata) == {"event_type", "event_payload"}
        and isinstance(metadata["event_type"], str)
        and isinstance(metadata["event_payload"], Mapping)
    )
    return None if is_whole else "invalid_metadata_format"
