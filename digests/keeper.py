"""One chat's own list of names: watching, no longer watching, spellings decided on, and whom a mention is not."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from digests.errors import AskError
from digests.matching import Matcher
from digests.model import (
    Article,
    ArticleId,
    Chat,
    Judgement,
    Mention,
    NameId,
    Spelling,
    SpellingState,
    Verdict,
    WatchedName,
    full_text,
    pattern_of,
)
from digests.names.fold import fold
from digests.names.learn import learn_unlike
from digests.names.roll import Written
from digests.names.ruled import words_beside
from digests.names.same import Directory, Likeness
from digests.store.archive import Archive
from digests.store.articles import Articles
from digests.store.judgements import Judgements
from digests.store.lists import Lists, list_of
from digests.store.stories import Stories
from digests.watching import (
    Foreseen,
    Planned,
    Watched,
    WatchResult,
    catch_up,
    keep_back,
    look_back,
    nobody_hears,
    plan,
    result_of,
)

_KNOWN_COMPANY = 50  # articles with the right person that teach what must not be learnt from a wrong one
_NOTHING = Foreseen()


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What a judgement did: the name it was said of, and the words it taught (or took back)."""

    name: WatchedName
    learnt: tuple[str, ...] = ()


class Keeper:
    """Keeps one chat's list, inside one transaction.

    What changes a name takes what was `foreseen` of it: ask the method of that beginning first, outside the
    transaction, for it reads the archive and asks the matcher.
    """

    def __init__(self, tx: AsyncConnection, matcher: Matcher, chat: Chat, now: datetime) -> None:
        self._tx = tx
        self._matcher = matcher
        self._chat = chat
        self._now = now
        self._lists = Lists(tx)

    # Watching -------------------------------------------------------------------------------------------------------

    async def foresee_watch(
        self, labels: Sequence[str | Written], progress: Callable[[int, int], None] = nobody_hears
    ) -> Foreseen:
        """Return what becomes of labels, and what the archive holds of the names that `watch` will add."""
        version = await self._lists.version()
        planned = await self._plan(labels)
        seen = await self._look(planned.names, progress)
        return replace(seen, plan=(version, planned))

    async def watch(self, labels: Sequence[str | Written], foreseen: Foreseen = _NOTHING) -> tuple[WatchResult, ...]:
        """Watch names; one result a label, in order."""
        planned = await self._planned(labels, foreseen)
        await self._lists.own_list(self._chat.id)
        await self._lists.add_names(planned.names, now=self._now)
        foreseen = await catch_up(self._tx, self._matcher, [pattern_of(name) for name in planned.names], foreseen)
        return tuple([await self._kept(result, foreseen) for result in planned.results])

    async def unwatch(self, label: str) -> WatchedName:
        """Stop watching the name that `label` means in any spelling; `AskError("unwatch.unknown", asked=...)`."""
        name = await self._own(label)
        if name is None:
            raise AskError("unwatch.unknown", asked=label)
        await self._lists.remove_name(name.id, self._now)
        return name

    async def foresee_rewatch(self, name: str) -> Foreseen:
        """Return what the archive holds of a name that was taken off the list."""
        removed = await self._lists.removed_name(list_of(self._chat.id), NameId(name))
        return await self._look([removed] if removed else [])

    async def rewatch(self, name: str, foreseen: Foreseen = _NOTHING) -> WatchedName:
        """Undo an unwatch, by the name's id; what came meanwhile is known of it, and not told."""
        restored = await self._lists.restore_name(list_of(self._chat.id), name)
        if restored is None:
            raise AskError("unwatch.unknown", asked=name)
        await keep_back(self._tx, self._matcher, restored, foreseen)
        return restored

    # Spellings ------------------------------------------------------------------------------------------------------

    async def spellings(self, label: str) -> WatchedName:
        """Return an own name with its spellings, whatever became of them; `AskError("unwatch.unknown", asked=...)`."""
        name = await self._own(label)
        if name is None:
            raise AskError("unwatch.unknown", asked=label)
        return name

    async def foresee_decision(self, name: str, text: str, state: SpellingState, by: str) -> Foreseen:
        """Return what the archive holds of a name after `decide`."""
        return await self._look([_decided(await self.spellings(name), text, state, by, self._now)])

    async def decide(
        self, name: str, text: str, state: SpellingState, by: str, foreseen: Foreseen = _NOTHING
    ) -> WatchedName:
        """Keep or strike a spelling of an own name; a text it does not have yet is one more.

        `AskError("spellings.last", name=...)` rather than leave a name without any.
        """
        before = await self.spellings(name)
        after = _decided(before, text, state, by, self._now)
        if not any(spelling.active for spelling in after.spellings):
            raise AskError("spellings.last", name=before.label)
        await self._change(before, after, foreseen)
        return after

    # Judgements -----------------------------------------------------------------------------------------------------

    async def foresee_judgement(self, article: ArticleId, name: NameId, verdict: Verdict) -> Foreseen:
        """Return what the archive holds of a name as a judgement would change it."""
        case = await self._case(article, name)
        learnt = await self._lesson(case, verdict)
        changed = await self._taught(case.name, {*learnt}, without=article)
        return await self._look([changed] if changed != case.name else [])

    async def judge(
        self, article: ArticleId, name: NameId, verdict: Verdict, by: str, foreseen: Foreseen = _NOTHING
    ) -> Judged:
        """Say that an article means this name, or somebody else; `AskError("judge.gone")` when either is gone.

        "No" ends its story for this name here, at once, and teaches what stood beside it. It never touches another
        list: of a list that is only followed nothing is taught.
        """
        case = await self._case(article, name)
        learnt = await self._lesson(case, verdict)
        judgement = Judgement(
            list=list_of(self._chat.id),
            name=name,
            article=article,
            pattern=case.mention.pattern,
            start=case.mention.start,
            verdict=verdict,
            by=by,
            at=self._now,
            learnt=learnt,
        )
        await self._lists.own_list(self._chat.id)
        for earlier in await self._judged(article, name):
            await Judgements(self._tx).undo(earlier, self._now)
        await Judgements(self._tx).put(judgement)
        return Judged(name=await self._teach(case.name, foreseen), learnt=learnt)

    async def named_in(self, article: ArticleId) -> tuple[WatchedName, ...]:
        """Return the names of this chat that an article mentions, in the order of the list."""
        archive = Archive(self._tx)
        names = [name for name, _ in await self._lists.names_of(self._chat.id)]
        there = await archive.patterns_in(article)
        return tuple(name for name in names if pattern_of(name).id in there)

    async def foresee_undo(self, article: ArticleId, name: NameId) -> Foreseen:
        """Return what the archive holds of a name as it is without the judgements on an article."""
        known = await self._named(name)
        changed = await self._taught(known, set(), without=article)
        return await self._look([changed] if changed != known else [])

    async def undo_judgement(self, article: ArticleId, name: NameId, foreseen: Foreseen = _NOTHING) -> Judged:
        """Take back what was said of a name in an article, with all that it taught."""
        known = await self._named(name)
        undone = await self._judged(article, name)
        if not undone:
            raise AskError("judge.not_judged", name=known.label)
        for judgement in undone:
            await Judgements(self._tx).undo(judgement, self._now)
        learnt = {word for judgement in undone for word in judgement.learnt}
        return Judged(name=await self._teach(known, foreseen), learnt=tuple(sorted(learnt)))

    # ----------------------------------------------------------------------------------------------------------------

    async def _planned(self, labels: Sequence[str | Written], foreseen: Foreseen) -> Planned:
        """Return the plan that was made before the transaction, or a new one where a list has changed since."""
        if foreseen.plan is not None:
            version, planned = foreseen.plan
            if planned.asked == tuple(labels) and version == await self._lists.version():
                return planned
        return await self._plan(labels)

    async def _plan(self, labels: Sequence[str | Written]) -> Planned:
        known = [name for name, _ in await self._lists.names_of(self._chat.id)]
        return plan(labels, known, await self._lists.book(), list_of(self._chat.id))

    async def _look(
        self, names: Iterable[WatchedName], progress: Callable[[int, int], None] = nobody_hears
    ) -> Foreseen:
        listed = list(names)
        standing = {name.id: name for name, _ in await self._lists.names_of(self._chat.id)}
        before = [pattern_of(standing[name.id]).id for name in listed if name.id in standing]
        patterns = [pattern_of(name) for name in listed]
        return await look_back(self._tx, self._matcher, patterns, instead_of=before, progress=progress)

    async def _kept(self, result: WatchResult, foreseen: Foreseen) -> WatchResult:
        if result.outcome is not Watched.ADDED or result.name is None:
            return result
        return result_of(result, await keep_back(self._tx, self._matcher, result.name, foreseen))

    async def _own(self, label: str) -> WatchedName | None:
        """Return the name of this chat's own list that a label means in any spelling; what is not sure means none."""
        own = list_of(self._chat.id)
        names = [name for name, _ in await self._lists.names_of(self._chat.id) if name.list == own]
        found, how = Directory(names).find(label)
        return found if how is Likeness.SAME else None

    async def _change(self, before: WatchedName, after: WatchedName, foreseen: Foreseen) -> None:
        await self._lists.change_name(after)
        if pattern_of(before).id != pattern_of(after).id:
            foreseen = await catch_up(self._tx, self._matcher, [pattern_of(after)], foreseen)
            await keep_back(self._tx, self._matcher, after, foreseen, instead_of=pattern_of(before).id)

    async def _named(self, name: NameId) -> WatchedName:
        known = await self._lists.names_of(self._chat.id)
        found = next((each for each, _ in known if each.id == name), None)
        if found is None:
            raise AskError("judge.gone")
        return found

    async def _case(self, article_id: ArticleId, name_id: NameId) -> "_Case":
        name = await self._named(name_id)
        article = await Articles(self._tx).get(article_id)
        if article is None:
            raise AskError("judge.gone")
        archive = Archive(self._tx)
        # What an earlier judgement ruled out is no mention of the name any more: then that of the judgement is meant.
        patterns = [pattern_of(name).id, *(each.pattern for each in await self._judged(article_id, name_id))]
        for pattern in patterns:
            mentions = await archive.mentions_in(article_id, pattern)
            if mentions:
                return _Case(name, article, mentions)
        raise AskError("judge.gone")

    async def _judged(self, article: ArticleId, name: NameId) -> tuple[Judgement, ...]:
        judged = await Judgements(self._tx).of_name(list_of(self._chat.id), name)
        return tuple(each for each in judged if each.article == article)

    async def _lesson(self, case: "_Case", verdict: Verdict) -> tuple[str, ...]:
        """Return what a judgement teaches: of a list that is only followed nothing, for it is somebody else's."""
        name, text = case.name, full_text(case.article)
        if verdict is not Verdict.NO or name.list != list_of(self._chat.id):
            return ()
        known = await self._right_company(case)
        taught = (learn_unlike(name.kind, text, (m.start, m.end), known=known) for m in case.mentions)
        return tuple(sorted({word for words in taught for word in words}))

    async def _right_company(self, case: "_Case") -> frozenset[str]:
        """Return the words that stand beside the name where it is the right one, and those of its own spellings."""
        name = case.name
        judged = await Judgements(self._tx).of_name(list_of(self._chat.id), name.id)
        wrong = {each.article for each in judged if each.verdict is not Verdict.YES} | {case.article.id}
        right = [
            (mention, article)
            for mention, article in await Stories(self._tx).mentions_of(pattern_of(name).id, _KNOWN_COMPANY)
            if article.id not in wrong
        ]
        beside = {word for m, article in right for word in words_beside(full_text(article), m.start, m.end)}
        return frozenset(beside | {word.lower() for spelling in name.spellings for word in spelling.text.split()})

    async def _taught(self, name: WatchedName, learnt: set[str], *, without: ArticleId | None = None) -> WatchedName:
        """Return a name with what its judgements teach, those on an article replaced by `learnt`."""
        if name.list != list_of(self._chat.id):
            return name
        judged = await Judgements(self._tx).of_name(name.list, name.id)
        others = {word for each in judged if each.article != without for word in each.learnt}
        return replace(name, unlike=tuple(sorted(others | learnt)))

    async def _teach(self, name: WatchedName, foreseen: Foreseen) -> WatchedName:
        changed = await self._taught(name, set())
        if changed != name:
            await self._change(name, changed, foreseen)
        return changed


@dataclass(frozen=True, slots=True)
class _Case:
    """A mention that is judged: the name, the article, and all mentions of the name in it."""

    name: WatchedName
    article: Article
    mentions: tuple[Mention, ...]

    @property
    def mention(self) -> Mention:
        """The surest one."""
        return max(self.mentions, key=lambda mention: (mention.score, -mention.start))


def _decided(name: WatchedName, text: str, state: SpellingState, by: str, now: datetime) -> WatchedName:
    """Return a name with a spelling kept, struck, or left to wait again."""
    is_kept = state is SpellingState.KEPT
    at = None if state is SpellingState.PROPOSED else now
    decision = {"active": is_kept, "decided_by": by if at else None, "decided_at": at}
    meant = [s for s in name.spellings if fold(s.text) == fold(text)]
    if not meant:
        return replace(name, spellings=(*name.spellings, Spelling(text=text, origin="person", **decision)))  # type: ignore[arg-type]  # fields of one spelling, by name
    changed = tuple(replace(s, **decision) if s in meant else s for s in name.spellings)  # type: ignore[arg-type]  # the same
    return replace(name, spellings=changed)
