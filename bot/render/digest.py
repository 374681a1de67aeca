"""A digest as a page: the names first and whole, then each name's quotations, then what was read."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from bot.render.alert import press, rows, why
from bot.render.envelope import Envelope
from bot.render.page import Block, Page, Press, Run, Style
from bot.render.quote import COMMA, DOT, fill, join, outlet_with_stance, outlets, quotations, recalled_status
from bot.words import Words
from digests.model import Band, Coverage, Digest, Item, OutletLink, Recalled, Silent, StatusWord, Unread

ASKED_SLOT = "now-"  # a digest someone typed for, shown in full even where messages are neutral
_STATUSES_IN_THE_LIST = 2
_ILL_NAMED = 5  # more ill sources than these are counted: the digest is about names
_SHOW_BUTTONS = 8
# Telegram shows about 100 styles and links a message: a longer list in bold would be torn into parts by that alone.
_BOLD_NAMES = 30


def digest_page(words: Words, digest: Digest, envelope: Envelope) -> Page:
    """Return a digest; one with nothing to tell is one line, a promise that names what was not read."""
    if envelope.chat.neutral and not digest.slot.startswith(ASKED_SLOT):
        return _neutral(words, digest, envelope)
    if not digest.items:
        return _nothing(words, digest, envelope)
    numbers = _numbers(digest.items)
    blocks = [
        Block("head", _head(words, digest, envelope)),
        *_held(words, digest, envelope),
        Block("names", _names(words, digest, envelope, numbers)),
        *_sections(words, digest, envelope, numbers),
        Block("divider"),
        *_ground(words, digest, envelope),
    ]
    return Page(glance=_glance(words, digest, envelope), blocks=tuple(blocks), buttons=_buttons(words, digest))


def _neutral(words: Words, digest: Digest, envelope: Envelope) -> Page:
    labels = list(_numbers(digest.items))
    line = words.count("neutral.digest", len(labels), clock=words.clock(digest.until, envelope.chat.zone))
    shows = [
        press(words.say("button.show_one", number=number), "who", label)
        for number, label in enumerate(labels[:_SHOW_BUTTONS], start=1)
    ]
    return Page(glance=line, blocks=(Block("head", (Run(line),)),), buttons=rows(shows))


def _nothing(words: Words, digest: Digest, envelope: Envelope) -> Page:
    since = words.short(digest.since, envelope.chat.zone, envelope.now)
    promise = words.count("digest.only_muted" if digest.only_muted else "digest.nothing", digest.watched, since=since)
    first = promise if digest.watched else words.say("digest.nobody")
    small = (run.text for block in _ground(words, digest, envelope) for run in block.runs)
    return Page(
        glance=first,
        blocks=(Block("line", (Run(" ".join([first, *small])),)),),
        buttons=_buttons(words, digest),
    )


def _head(words: Words, digest: Digest, envelope: Envelope) -> tuple[Run, ...]:
    zone, now = envelope.chat.zone, envelope.now
    return fill(
        words,
        "digest.head",
        {"title": (Run(words.say("digest.title"), "bold"),)},
        moment=words.moment(digest.until, zone, now),
        city=words.city(zone),
        since=words.short(digest.since, zone, digest.until),
    )


def _held(words: Words, digest: Digest, envelope: Envelope) -> Iterator[Block]:
    if digest.held_from:
        zone, now = envelope.chat.zone, envelope.now
        held = words.say(f"held.{digest.held_why or 'wait'}", since=words.since(digest.held_from, zone, now))
        said = words.say("digest.held", held=held)
        if digest.earlier and digest.in_full_since:
            since = words.moment(digest.in_full_since, zone, now)
            said = f"{held}. " + words.count("digest.earlier", digest.earlier, since=since)
        yield Block("note", (Run(said),))


def _names(words: Words, digest: Digest, envelope: Envelope, numbers: dict[str, int]) -> tuple[Run, ...]:
    runs = [Run(_opening(words, digest, envelope, len(numbers)))]
    for label, number in numbers.items():
        items = [item for item in digest.items if any(named.label == label for named in item.names)]
        tail = [words.status(word) for word in _statuses(items, label)]
        if all(named.band is Band.LIKELY for item in items for named in item.names if named.label == label):
            tail.append(words.say("digest.probably"))
        tail.append(_outlet_count(words, items))
        style: Style = "bold" if len(numbers) <= _BOLD_NAMES else "plain"
        runs += [Run(f"\n{number} "), Run(label, style), Run("".join(DOT + part for part in tail))]
    return tuple(runs)


def _opening(words: Words, digest: Digest, envelope: Envelope, named: int) -> str:
    if digest.watched == 1:
        return words.say("digest.names_only")
    if envelope.chat.is_group:
        return words.count("digest.names_group", named, watched=digest.watched)
    return words.count("digest.names", named, watched=digest.watched)


def _statuses(items: Sequence[Item], label: str) -> list[StatusWord]:
    """Return what the quoted sentences claim of this name: a client's transfer is not his lawyer's."""
    mine = (word for item in items for named in item.names if named.label == label for word in named.status)
    return list(dict.fromkeys(mine))[:_STATUSES_IN_THE_LIST]


def _outlet_count(words: Words, items: Sequence[Item]) -> str:
    there = {each.outlet for item in items for each in item.outlets if not each.reprint}
    quoted = {sentence.outlet for item in items for sentence in item.sentences}
    recalled = {each.outlet for item in items for each in item.recalled}
    count = words.count("outlets", len(there or quoted or recalled))
    return words.say("digest.differ", outlets=count) if any(item.differ for item in items) else count


def _sections(words: Words, digest: Digest, envelope: Envelope, numbers: dict[str, int]) -> Iterator[Block]:
    for at, (_, group) in enumerate(groupby(digest.items, key=lambda item: [named.label for named in item.names])):
        items = list(group)
        if at:
            yield Block("divider")
        yield Block("name", _heading(words, items[0], numbers))
        for item in items:
            yield from _item(words, item, envelope)


def _heading(words: Words, item: Item, numbers: dict[str, int]) -> tuple[Run, ...]:
    heading = []
    for named in item.names:
        runs = [Run(f"{numbers[named.label]} {named.label}", "bold")]
        if named.band is Band.LIKELY:
            runs.append(Run(COMMA + words.say("digest.probably_why", reason=why(words, item, named))))
        heading.append(runs)
    return join(heading, DOT)


def _item(words: Words, item: Item, envelope: Envelope) -> Iterator[Block]:
    forms = [named.form for named in item.names]
    quoted = () if item.only_recalled else item.sentences
    yield from quotations(words, quoted, forms, envelope, between=COMMA, jump=False)
    lines = [_alerted(words, recalled, envelope) for recalled in item.recalled]
    seen = {sentence.outlet for sentence in quoted} | {recalled.outlet for recalled in item.recalled}
    also = [each for each in item.outlets if not each.reprint and each.outlet not in seen]
    if also:
        lines.append(fill(words, "digest.also", {"outlets": outlets(_first_of_each(also))}))
    if item.reprints:
        lines.append((Run(words.count("digest.reprints", item.reprints)),))
    if lines:
        yield Block("note", join(lines, " "))


def _first_of_each(links: Sequence[OutletLink]) -> list[OutletLink]:
    return list({each.outlet: each for each in reversed(links)}.values())[::-1]


def _alerted(words: Words, recalled: Recalled, envelope: Envelope) -> tuple[Run, ...]:
    nouns = ((Run(noun),) for noun in recalled_status(words, recalled))
    source = outlet_with_stance(words, recalled.outlet, recalled.url, recalled.stance)
    moment = words.short(recalled.told_at, envelope.chat.zone, envelope.now)
    return fill(words, "digest.alerted", {"what": join((*nouns, source), COMMA)}, moment=moment)


def _ground(words: Words, digest: Digest, envelope: Envelope) -> Iterator[Block]:
    ill: list[Unread | Silent] = [*digest.coverage.unread, *digest.coverage.silent]
    read = [_coverage(words, digest.coverage), *(_ill(words, each, envelope) for each in ill[:_ILL_NAMED])]
    more = len(ill) - _ILL_NAMED
    if more > 0:
        read.append(words.count("digest.unread_more", more))
    yield Block("note", (Run(" ".join(read)),))
    if digest.left_out:
        yield Block("note", (Run(words.count("digest.left_out", digest.left_out)),))


def _coverage(words: Words, coverage: Coverage) -> str:
    articles = words.count("digest.articles", coverage.articles)
    return words.count("digest.read", coverage.sources, articles=articles, read=coverage.sources_read)


def _ill(words: Words, ill: Unread | Silent, envelope: Envelope) -> str:
    since = words.short(ill.since, envelope.chat.zone, envelope.now) if ill.since is not None else ""
    if isinstance(ill, Silent):
        return words.say("digest.silent", since=since, title=ill.title)
    if not since:
        return words.say("digest.unread_never" if ill.why else "digest.unread_yet", title=ill.title, why=ill.why)
    return words.say("digest.unread", since=since, title=ill.title, why=ill.why)


def _glance(words: Words, digest: Digest, envelope: Envelope) -> str:
    names = []
    for label in _numbers(digest.items):
        items = [item for item in digest.items if any(named.label == label for named in item.names)]
        status = [words.status(word) for word in _statuses(items, label)[:1]]
        names.append(words.say("digest.glance_status", name=label, status=status[0]) if status else label)
    day = words.day(digest.until, envelope.chat.zone, envelope.now)
    return words.say("digest.glance", day=day, names=COMMA.join(names))


def _buttons(words: Words, digest: Digest) -> tuple[tuple[Press, ...], ...]:
    names = words.count("button.all_names", digest.watched) if digest.watched else None
    all_names = press(names, "names", "") if names else None
    return rows([press(words.say("button.other_hour"), "when", ""), all_names])


def _numbers(items: Sequence[Item]) -> dict[str, int]:
    labels = dict.fromkeys(named.label for item in items for named in item.names)
    return {label: number for number, label in enumerate(labels, start=1)}
