"""One alert, and its correction, as a page."""

from collections.abc import Sequence

from bot.render.envelope import Envelope
from bot.render.page import PRESS_BYTES, Block, Page, Press, Run, plain_text
from bot.render.quote import COMMA, DOT, SEMICOLON, fill, join, quotation, quotations, recalled_status
from bot.words import Words
from digests.model import Alert, Amendment, Band, Item, Named, Recalled, StatusWord


def alert_page(words: Words, alert: Alert, envelope: Envelope) -> Page:
    """Return an alert: the name, what is new in one noun, the quotation, where it stands, and why we think so."""
    item = alert.item
    if envelope.chat.neutral:
        line = words.say("neutral.alert", clock=words.clock(alert.at, envelope.chat.zone))
        show = press(words.say("button.show"), "who", item.names[0].label)
        return Page(glance=line, blocks=(Block("head", (Run(line),)),), buttons=rows([show]))
    blocks = _blocks(words, item, envelope)
    buttons = [
        press(words.say("button.mute_story"), "mutestory", item.story),
        press(words.say("button.not_them"), "notthem", _meant(item)),
        press(words.say("button.who"), "who", item.names[0].label),
    ]
    return Page(glance="".join(run.text for run in blocks[0].runs), blocks=blocks, buttons=rows(buttons))


def amendment_page(words: Words, amendment: Amendment, envelope: Envelope) -> Page:
    """Return a correction: the word first, the old quotation struck through, the new one beneath."""
    clock = words.clock(amendment.at, envelope.chat.zone)
    if envelope.chat.neutral:
        line = words.say("neutral.amendment", clock=clock)
        show = press(words.say("button.show"), "who", amendment.old.names[0].label)
        return Page(glance=line, blocks=(Block("head", (Run(line),)),), buttons=rows([show]))
    if amendment.new is None:
        first = words.say("amend.withdrawn" if amendment.why == "person" else "amend.taken_back")
        new: tuple[Block, ...] = ()
    else:
        first = words.say("amend.corrected", clock=clock)
        new = _blocks(words, amendment.new, envelope)
    struck = (_struck(quotation(words, sentence, ())) for sentence in amendment.old.sentences)
    old_names = _struck(Block("line", _labels(amendment.old.names)))
    blocks = (Block("head", (Run(first, "bold"),)), *(() if new else (old_names,)), *struck, *new)
    return Page(glance=first, blocks=blocks)


def why(words: Words, item: Item, named: Named) -> str:
    """Return why we think that the item's texts name someone, said of the one that prints the form."""
    printed = (sentence.language for sentence in item.sentences if named.form in sentence.text)
    return words.reason(named.reason, next(printed, None))


def press(text: str, command: str, rest: str) -> Press | None:
    """Return a button that asks a command; None when a service could not carry what it asks."""
    data = f"{command} {rest}".strip()
    return Press(text, data=data) if len(data.encode()) <= PRESS_BYTES else None


def _meant(item: Item) -> str:
    """Return the article, and the name where there is only one: of several the answer asks which is meant."""
    article = item.sentences[0].article
    return f"{article} {item.names[0].name}" if len(item.names) == 1 else article


def rows(buttons: Sequence[Press | None], width: int = 2) -> tuple[tuple[Press, ...], ...]:
    """Return the buttons there are, so many a row."""
    there = [button for button in buttons if button]
    return tuple(tuple(there[at : at + width]) for at in range(0, len(there), width))


def _blocks(words: Words, item: Item, envelope: Envelope) -> tuple[Block, ...]:
    blocks = [Block("head", _head(words, item))]
    forms = [named.form for named in item.names]
    blocks.extend(quotations(words, item.sentences, forms, envelope, between=DOT, jump=True))
    blocks.append(Block("note", (Run(_standing(words, item)),)))
    if item.recalled:
        blocks.append(Block("note", (Run(_before(words, item.recalled[-1], envelope)),)))
    return tuple(blocks)


def _head(words: Words, item: Item) -> tuple[Run, ...]:
    """Return the names, those of whom something is claimed first, each group with what is claimed of it."""
    groups: dict[StatusWord | None, list[Named]] = {}
    for named in sorted(item.names, key=lambda named: not named.status):
        groups.setdefault(next(iter(named.status), None), []).append(named)
    return join((_group(words, status, names) for status, names in groups.items()), SEMICOLON)


def _group(words: Words, status: StatusWord | None, names: Sequence[Named]) -> tuple[Run, ...]:
    labels = _labels(names)
    if all(named.band is Band.LIKELY for named in names):
        labels = fill(words, "alert.probably", {"name": labels})
    return join((labels, *(((Run(words.status_in_text(status)),),) if status else ())), DOT)


def _labels(names: Sequence[Named]) -> tuple[Run, ...]:
    return join(((Run(named.label, "bold"),) for named in names), COMMA)


def _standing(words: Words, item: Item) -> str:
    outlets = {each.outlet for each in item.outlets if not each.reprint} or {item.sentences[0].outlet}
    parts = [words.count("alert.outlets", len(outlets)) if len(outlets) > 1 else words.say("alert.one_outlet")]
    if item.differ:
        parts.append(words.say("alert.differ"))
    if item.reprints:
        parts.append(words.count("alert.reprints", item.reprints))
    found: dict[str, list[str]] = {}
    for each in item.names:
        found.setdefault(why(words, item, each), []).append(f"“{each.form}”")
    parts += [words.say("alert.found", forms=COMMA.join(forms), reason=reason) for reason, forms in found.items()]
    return " ".join(parts)


def _before(words: Words, recalled: Recalled, envelope: Envelope) -> str:
    nouns = recalled_status(words, recalled)
    day = words.day(recalled.told_at, envelope.chat.zone, envelope.now)
    return words.say("alert.before", what=COMMA.join([*nouns, day, words.count("outlets", recalled.outlets)]))


def _struck(block: Block) -> Block:
    return Block(block.kind, (Run(plain_text(block), "strike"),))
