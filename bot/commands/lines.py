"""Lines that several commands answer with: a quotation, the times of a chat, buttons."""

from datetime import timedelta

from bot.commands.registry import Ask
from bot.render.quote import DOT, about
from bot.request import Button, Line
from bot.words import Words
from digests.model import Quiet, Sentence, Subscription, SubscriptionKind
from digests.schedule.when import DAY_NAMES, EVERY_DAY, WEEKDAYS, parse_when

_BUTTON_CHARS = 22


_ON = frozenset({"on", "yes", "1", "так", "увімкнути", "вкл", "да", "açık", "aç", "evet"})
_OFF = frozenset({"off", "no", "0", "ні", "вимкнути", "выкл", "нет", "kapalı", "kapat", "hayır"})


def is_on(asked: str) -> bool | None:
    """Return whether a person typed on or off, in any of our languages; None for all else."""
    word = asked.strip().casefold()
    return True if word in _ON else False if word in _OFF else None


def line(key: str, /, **fields: object) -> Line:
    """Return one line of words with its fields."""
    return Line(key=key, fields=tuple((name, str(value)) for name, value in fields.items()))


def text(sentences: list[str]) -> Line:
    """Return words already said as one paragraph."""
    return line("text", text=" ".join(sentences))


def quote(ask: Ask, sentence: Sentence, form: str = "") -> Line:
    """Return a sentence as a quotation with its outlet, kind, language and time; `form` is shown in bold in it."""
    said = DOT.join(about(ask.words, sentence, ask.chat.zone, ask.desk.now, in_full=True))
    fields = (("text", sentence.text), ("form", form), ("outlet", sentence.outlet), ("about", said))
    return Line(key="quote", fields=fields, quote=True, url=sentence.url)


def button_text(label: str) -> str:
    """Return a label of our own making as it fits on a button.

    >>> button_text("Arslan Bozdaliev of the Steppe Radio")
    'Arslan Bozdaliev of t…'
    """
    return label if len(label) <= _BUTTON_CHARS else f"{label[: _BUTTON_CHARS - 1]}…"


def choice(command: str, rest: str, label: str | None = None) -> Button:
    """Return a button that asks a command with `rest`, and says so or `label`."""
    return Button(words=button_text(label or rest), command=command, rest=rest, is_text=True)


def say_schedule(said: Words, when: str, city: str) -> str:
    """Return a stored schedule in words, such as "every day at 08:00 Kyiv"."""
    schedule = parse_when(when)
    if schedule.every is not None:
        hours, rest = divmod(schedule.every, timedelta(hours=1))
        minutes = schedule.every // timedelta(minutes=1)
        return said.count("when.every_minutes", minutes) if rest else said.count("when.every_hours", hours)
    times = ", ".join(f"{at:%H:%M}" for at in schedule.times)
    if schedule.days == EVERY_DAY:
        return said.say("when.daily", times=times, city=city)
    if schedule.days == WEEKDAYS:
        return said.say("when.weekdays", times=times, city=city)
    days = ", ".join(said.say(f"day.{DAY_NAMES[day]}") for day in schedule.days)
    return said.say("when.days", days=days, times=times, city=city)


def say_subscriptions(ask: Ask, subscriptions: tuple[Subscription, ...]) -> list[str]:
    """Return each schedule with its next time, or that there is none."""
    if not subscriptions:
        return [ask.words.say("when.none")]
    return [_say_subscription(ask, each) for each in subscriptions]


def _say_subscription(ask: Ask, subscription: Subscription) -> str:
    said = ask.words
    when = say_schedule(said, subscription.when, said.city(ask.chat.zone))
    is_recap = subscription.kind is SubscriptionKind.RECAP
    if subscription.next_due_at is None:
        return said.say("when.recap" if is_recap else "when.digest", when=when)
    key = "when.recap_next" if is_recap else "when.digest_next"
    return said.say(key, when=when, next=ask.moment(subscription.next_due_at))


def say_quiet(said: Words, quiet: Quiet | None) -> str:
    """Return the hours of the night in words."""
    if quiet is None:
        return said.say("quiet.none")
    return said.say("quiet.is", start=f"{quiet.start:%H:%M}", end=f"{quiet.end:%H:%M}")
