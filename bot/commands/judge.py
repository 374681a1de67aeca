"""What stands behind *Not this person*: a judgement of one mention, and its undoing."""

from bot.commands.lines import button_text, line
from bot.commands.registry import Ask, command
from bot.request import Button, Line, Reply
from digests.desk import Foreseen
from digests.model import ArticleId, NameId, Verdict

_WORDS_SHOWN = 6


async def _see_judged(ask: Ask) -> Foreseen:
    article, name = _meant(ask)
    return await ask.desk.keeper.foresee_judgement(article, name, Verdict.NO) if name else Foreseen()


async def _see_undone(ask: Ask) -> Foreseen:
    article, name = _meant(ask)
    return await ask.desk.keeper.foresee_undo(article, name) if name else Foreseen()


@command("notthem", "ID ID", changes=True, admin=True, hidden=True, look=_see_judged)
async def not_them(ask: Ask) -> Reply:
    """Note that an article is not about a name of this chat, or ask about which when it names several."""
    article, name = _meant(ask)
    if not name:
        named = await ask.desk.keeper.named_in(article)
        buttons = [
            Button(words=button_text(each.label), command="notthem", rest=f"{article} {each.id}", is_text=True)
            for each in named
        ]
        return Reply.words("judge.whom" if buttons else "judge.gone", *buttons)
    judged = await ask.desk.judge(article, name, Verdict.NO, ask.request.asker, ask.foreseen)
    undo = Button(words="button.undo", command="themagain", rest=ask.rest)
    lines: list[Line] = [line("judge.no", name=judged.name.label)]
    if judged.learnt:
        lines.append(line("judge.learnt", words=_shown(judged.learnt)))
    return Reply(lines=tuple(lines), buttons=((undo,),))


@command("themagain", "ID ID", changes=True, admin=True, hidden=True, look=_see_undone)
async def them_again(ask: Ask) -> Reply:
    """Undo a `notthem`."""
    article, name = _meant(ask)
    undone = await ask.desk.keeper.undo_judgement(article, name, ask.foreseen)
    return Reply.words("judge.undone", name=undone.name.label)


def _meant(ask: Ask) -> tuple[ArticleId, NameId]:
    article, _, name = ask.rest.partition(" ")
    return ArticleId(article), NameId(name)


def _shown(words: tuple[str, ...]) -> str:
    return ", ".join(words[:_WORDS_SHOWN]) + (" …" if len(words) > _WORDS_SHOWN else "")
