"""The table of outcomes, end to end: each way in which a chat or a token is lost and comes back, on real libraries."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from digests.model import ChatState
from digests.store.chats import Chats
from tests.fakes.slack import Fails
from tests.fakes.telegram_answers import ApiError, refusal
from tests.town import OWNER, Town, running_town

LENA, GROUP, TOPIC, NEW_GROUP = 101, -501, 7, -100501
AFTERNOON = datetime(2026, 11, 23, 12, 32, tzinfo=UTC)
MOVED = "A transfer\n\nArslan Bozdaliev was moved to another prison in Rostov, his lawyer said on Monday."
PAINTED = "An exhibition\n\nThe museum bought forty watercolours of mountain villages painted by Arslan Bozdaliev."
LOST = "A chat can no longer be reached"

Step = Callable[[Town], Awaitable[object]]


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with running_town(tmp_path, now=AFTERNOON) as town:
        yield town


async def _types(town: Town) -> None:
    await town.telegram.types(LENA, "/status")


def _refuses(error: ApiError | None, chat: int = LENA) -> Step:
    async def step(town: Town) -> None:
        town.telegram.opens(chat).refuses = error

    return step


async def _lets_in_and_types(town: Town) -> None:
    town.telegram.opens(LENA).refuses = None
    await _types(town)


BLOCKED = ApiError(403, "Forbidden: bot was blocked by the user")
DEACTIVATED = ApiError(400, "Bad Request: INPUT_USER_DEACTIVATED")
PEOPLE: dict[str, tuple[Step, Step]] = {
    "blocked, and Telegram says so": (lambda t: t.telegram.blocks(LENA), lambda t: t.telegram.unblocks(LENA)),
    "blocked unseen, found at the send": (_refuses(BLOCKED), lambda t: t.telegram.unblocks(LENA)),
    "blocked unseen, back with a word": (_refuses(BLOCKED), _lets_in_and_types),
    "deactivated for a while": (_refuses(DEACTIVATED), _lets_in_and_types),
}


@pytest.mark.parametrize(("leaves", "returns"), PEOPLE.values(), ids=PEOPLE.keys())
async def test_who_shuts_us_out_hears_nothing_and_then_all_in_one_message(
    town: Town, leaves: Step, returns: Step
) -> None:
    await _watches(town, LENA)
    await leaves(town)
    owner = len(town.texts(OWNER))
    town.drops("harbour-post/moved.txt", MOVED)
    await town.until(lambda: any(LOST in text for text in town.texts(OWNER)[owner:]))
    heard = len(town.texts(LENA))
    town.drops("harbour-post/painted.txt", PAINTED)
    await town.has_placed(2)
    assert len(town.texts(LENA)) == heard

    await returns(town)
    told = await _tells(town, lambda: town.texts(LENA)[heard:], "Rostov")
    assert "watercolours" in told
    assert sum(LOST in text for text in town.texts(OWNER)) == 1
    assert len([text for text in town.texts(LENA)[heard:] if "Rostov" in text or "watercolours" in text]) == 1


async def test_a_group_that_throws_us_out_and_takes_us_in_again_has_its_topics_back_too(town: Town) -> None:
    group = town.telegram.opens(GROUP, "supergroup", admins=[LENA], topics=[TOPIC])
    await town.telegram.types(GROUP, "/start", user_id=OWNER, topic=TOPIC)
    group.admins.add(OWNER)
    await town.until(lambda: town.telegram.messages_to(GROUP, TOPIC))
    await _asks_group(town, "/watch Arslan Bozdaliev")
    await town.telegram.blocks(GROUP)
    await _is(town, f"telegram:{GROUP}/{TOPIC}", ChatState.SUSPENDED)
    town.drops("harbour-post/moved.txt", MOVED)
    await town.has_placed(1)

    await town.telegram.unblocks(GROUP)
    assert await _tells(town, lambda: [m.text for m in town.telegram.messages_to(GROUP, TOPIC)], "Rostov")


async def test_a_topic_that_is_closed_is_told_when_somebody_writes_there_again(town: Town) -> None:
    group = town.telegram.opens(GROUP, "supergroup", admins=[OWNER], topics=[TOPIC])
    await town.telegram.types(GROUP, "/start", user_id=OWNER, topic=TOPIC)
    await town.until(lambda: town.telegram.messages_to(GROUP, TOPIC))
    await _asks_group(town, "/watch Arslan Bozdaliev")
    town.telegram.answers(GROUP, refusal(400, "Bad Request: TOPIC_CLOSED"))
    town.drops("harbour-post/moved.txt", MOVED)
    await _is(town, f"telegram:{GROUP}/{TOPIC}", ChatState.SUSPENDED)

    await _asks_group(town, "/status")
    assert await _tells(town, lambda: [m.text for m in town.telegram.messages_to(GROUP, TOPIC)], "Rostov")
    assert group.refuses is None


@pytest.mark.parametrize("is_said", [True, False], ids=["with the service message", "found at the send"])
async def test_a_group_that_becomes_a_supergroup_is_followed(town: Town, *, is_said: bool) -> None:
    town.telegram.opens(GROUP, "group", admins=[OWNER])
    await town.telegram.types(GROUP, "/start", user_id=OWNER)
    await town.until(lambda: town.telegram.messages_to(GROUP))
    await town.telegram.types(GROUP, "/watch Arslan Bozdaliev", user_id=OWNER)
    await town.until(lambda: any("Watching" in m.text for m in town.telegram.messages_to(GROUP)))
    if is_said:
        await town.telegram.migrates(GROUP, NEW_GROUP)
    else:
        town.telegram.opens(NEW_GROUP, "supergroup", admins=[OWNER])
        words = "Bad Request: group chat was upgraded to a supergroup chat"
        town.telegram.opens(GROUP).refuses = ApiError(400, words, migrate_to_chat_id=NEW_GROUP)
    town.drops("harbour-post/moved.txt", MOVED)

    alert = await _tells(town, lambda: town.texts(NEW_GROUP), "Rostov")
    assert "Possible repeat" not in alert
    await town.telegram.types(NEW_GROUP, "/names", user_id=OWNER)
    await town.until(lambda: any("Arslan Bozdaliev" in text for text in town.texts(NEW_GROUP)[1:]))


@pytest.mark.parametrize("code", ["is_archived", "not_in_channel", "channel_not_found"])
@pytest.mark.parametrize("is_said", [True, False], ids=["Slack says so", "found at the send"])
async def test_a_slack_channel_that_is_closed_to_us_comes_back_with_one_message(
    town: Town, code: str, *, is_said: bool
) -> None:
    for words in ("start", "watch Arslan Bozdaliev"):
        await town.asks_slack("C1", "U1", words)
    if is_said and code == "is_archived":
        await town.slack.archives("C1")
    elif is_said:
        await town.slack.removes_bot("C1")
    else:
        town.slack.add_channel("C1", refusal=code)
    owner, heard = len(town.texts(OWNER)), len(town.slack.messages_to("C1"))
    town.drops("harbour-post/moved.txt", MOVED)
    await town.until(lambda: any(LOST in text for text in town.texts(OWNER)[owner:]))
    await town.has_placed(1)
    assert len(town.slack.messages_to("C1")) == heard

    await town.slack.unarchives("C1")
    assert await _tells(town, lambda: [m.shown for m in town.slack.messages_to("C1")[heard:]], "Rostov")
    assert sum("Rostov" in m.shown for m in town.slack.messages_to("C1")) == 1


async def test_a_slack_token_that_is_revoked_keeps_all_and_its_owner_hears_of_it_in_telegram(town: Town) -> None:
    for words in ("start", "watch Arslan Bozdaliev"):
        await town.asks_slack("C1", "U1", words)
    heard, owner = len(town.slack.messages_to("C1")), len(town.texts(OWNER))
    town.slack.answers("C1", Fails("token_revoked"))
    town.drops("harbour-post/moved.txt", MOVED)
    await town.until(lambda: any("Slack" in text for text in town.texts(OWNER)[owner:]))
    assert len(town.slack.messages_to("C1")) == heard

    town.clock.jump_to(town.clock.now() + timedelta(minutes=11))
    assert await _tells(town, lambda: [m.shown for m in town.slack.messages_to("C1")[heard:]], "Rostov")
    assert sum("Slack" in text for text in town.texts(OWNER)[owner:]) == 1


async def _watches(town: Town, chat_id: int) -> None:
    await town.opens(chat_id)
    assert "Watching" in await town.says(chat_id, "/watch Arslan Bozdaliev")


async def _asks_group(town: Town, words: str) -> None:
    before = len(town.telegram.messages_to(GROUP, TOPIC))
    await town.telegram.types(GROUP, words, user_id=OWNER, topic=TOPIC)
    await town.until(lambda: len(town.telegram.messages_to(GROUP, TOPIC)) > before)


async def _tells(town: Town, texts: Callable[[], list[str]], words: str) -> str:
    """Return the first of these texts that has the words, as soon as there is one."""
    found = await town.until(lambda: [text for text in texts() if words in text])
    return found[0]


async def _is(town: Town, key: str, state: ChatState) -> None:
    """Return when a chat is in this state."""

    def ask() -> Awaitable[ChatState]:
        return _state(town, key)

    while await ask() is not state:
        await town.telegram.until(lambda: True)


async def _state(town: Town, key: str) -> ChatState:
    async with town.app.engine.database.read() as tx:
        chat = await Chats(tx, town.app.engine.database.vault).by_key(key)
    assert chat is not None
    return chat.state
