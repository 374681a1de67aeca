"""What people do in Slack becomes requests: the real Bolt over the real socket client, against a fake Slack."""

import logging
from datetime import timedelta

import pytest

from bot.request import Request
from tests.fakes.slack import Answer, Breaks, Fails, FakeSlack, Limits, Takes
from tests.office import Office, open_office, until

# What people do ------------------------------------------------------------------------------------------------------


async def test_a_slash_command_in_a_channel_becomes_a_request_with_slacks_ids(office: Office) -> None:
    sent = await office.slack.types_command("C1", "U2", "/haberdar", "who  Арслан & <Ko> Боздалієв")
    [request] = await office.until_kept()

    assert request == Request(
        chat="slack:T1/C1",
        asker="slack:T1/U2",
        is_admin=False,
        is_group=True,
        command="who",
        rest="Арслан & <Ko> Боздалієв",
        language="en",
        update=sent.payload["trigger_id"],
        asked_at=office.clock.now(),
        who="u2",
    )


async def test_a_bare_slash_command_asks_for_help(office: Office) -> None:
    await office.slack.types_command("C1", "U2", "/haberdar")
    [request] = await office.until_kept()

    assert (request.command, request.rest) == ("help", "")


async def test_a_pasted_list_keeps_its_lines(office: Office) -> None:
    await office.slack.types_command("C1", "U1", "/haberdar", "watch Arslan Bozdaliev\nHalyna Vitrolom")
    [request] = await office.until_kept()

    assert request.rest == "Arslan Bozdaliev\nHalyna Vitrolom"


async def test_a_pressed_button_asks_what_its_data_says_under_its_message(office: Office) -> None:
    await office.client.chat_postMessage(
        channel="C1",
        text="Watch?",
        blocks=[{"type": "actions", "elements": [_button("Watch", "watch Halyna Vitrolom")]}],
    )
    pressed = await office.slack.presses("C1", "U2", "Watch")
    [request] = await office.until_kept()

    assert (request.command, request.rest) == ("watch", "Halyna Vitrolom")
    assert (request.chat, request.asker) == ("slack:T1/C1", "slack:T1/U2")
    assert request.message == office.slack.messages[0].ts
    assert request.update == pressed.payload["trigger_id"]


async def test_a_pressed_link_is_confirmed_and_asks_nothing(office: Office) -> None:
    link = {
        "type": "button",
        "text": {"type": "plain_text", "text": "Open"},
        "action_id": "a",
        "url": "https://a.example",
    }
    await office.client.chat_postMessage(channel="C1", text="Open?", blocks=[{"type": "actions", "elements": [link]}])
    await (await office.slack.presses("C1", "U2", "Open")).until_acked()

    assert office.inbox.kept == []


async def test_plain_words_to_the_bot_alone_are_a_lookup(office: Office) -> None:
    office.slack.add_user("U3", locale="uk-UA")
    sent = await office.slack.says("U3", "Арслан Боздалієв")
    [request] = await office.until_kept()

    assert (request.command, request.rest) == ("", "Арслан Боздалієв")
    assert request.chat == "slack:T1/" + office.slack.direct_of("U3")
    assert (request.is_admin, request.is_group) == (True, False)
    assert request.language == "uk"
    assert request.update == sent.payload["event_id"]


@pytest.mark.parametrize(
    "fields",
    [
        {"bot_id": "BBOT"},
        {"bot_id": "BOTHER", "subtype": "bot_message"},
        {"subtype": "message_changed"},
        {"subtype": "message_deleted", "hidden": True},
        {"channel_type": "channel"},
        {"type": "reaction_added"},
    ],
    ids=lambda fields: " ".join(fields),
)
async def test_what_is_no_question_is_confirmed_and_kept_nowhere(office: Office, fields: dict[str, object]) -> None:
    await (await office.slack.says("U2", "Арслан Боздалієв", **fields)).until_acked()

    assert office.inbox.kept == []


async def test_a_message_without_words_asks_nothing(office: Office) -> None:
    await (await office.slack.says("U2", " ")).until_acked()

    assert office.inbox.kept == []


async def test_a_channel_that_is_archived_and_comes_back_is_told(office: Office) -> None:
    await (await office.slack.archives("C1")).until_acked()
    await (await office.slack.unarchives("C1")).until_acked()
    await (await office.slack.removes_bot("C2")).until_acked()
    await (await office.slack.event({"type": "member_left_channel", "channel": "C2", "user": "U2"})).until_acked()

    assert [(r.chat, r.command, r.rest) for r in office.inbox.kept] == [
        ("slack:T1/C1", ".left", "archived"),
        ("slack:T1/C1", ".back", ""),
        ("slack:T1/C2", ".left", "not_member"),
    ]


async def test_a_command_typed_in_a_talk_of_two_people_is_answered_where_only_its_asker_reads(office: Office) -> None:
    await (await office.slack.types_command("D777", "U2", "/haberdar", "names")).until_acked()
    await office.slack.types_command(office.slack.direct_of("U2"), "U2", "/haberdar", "names")
    requests = await office.until_kept(2)

    assert {request.chat for request in requests} == {"slack:T1/DU2"}
    assert len(office.slack.called("conversations.open")) == 1


async def test_without_the_scope_for_it_a_command_keeps_the_channel_it_came_from(office: Office) -> None:
    office.slack.scopes.discard("im:write")
    await office.slack.types_command("D777", "U2", "/haberdar", "names")
    [request] = await office.until_kept()

    assert request.chat == "slack:T1/D777"


# Who may change things -----------------------------------------------------------------------------------------------


async def test_admins_of_the_workspace_may_change_things_in_its_channels(office: Office) -> None:
    await office.slack.types_command("C1", "U1", "/haberdar", "alerts off")
    [request] = await office.until_kept()

    assert request.is_admin


async def test_an_admin_of_another_workspace_is_a_guest_here(office: Office) -> None:
    office.slack.add_user("U9", is_admin=True, team="T9")
    await office.slack.types_command("C1", "U9", "/haberdar", "alerts off")
    [request] = await office.until_kept()

    assert not request.is_admin


@pytest.mark.parametrize(
    "answer",
    [Fails("internal_error", 500), Limits(5), Breaks(502), Takes(after=5)],
    ids=["a fault", "too many", "no JSON", "too slow"],
)
async def test_while_slack_does_not_say_who_runs_it_nobody_does(office: Office, answer: Answer) -> None:
    office.slack.always("users.info", answer)
    office.slack.line.ack_within = 10.0
    await office.slack.types_command("C1", "U1", "/haberdar", "alerts off")
    await office.until_kept()
    office.slack.always("users.info", None)
    await office.clock.advance(timedelta(seconds=5))
    await office.slack.types_command("C1", "U1", "/haberdar", "alerts off")

    first, second = await office.until_kept(2)
    assert (first.is_admin, second.is_admin) == (False, True)


async def test_where_slack_asks_for_a_wait_nobody_is_asked_about_until_it_is_over(office: Office) -> None:
    office.slack.always("users.info", Limits(30))
    for count, user in enumerate(("U1", "U2", "U1"), start=1):
        await office.slack.types_command("C1", user, "/haberdar", "status")
        await office.until_kept(count)
    assert len(office.slack.called("users.info")) == 1

    office.slack.always("users.info", None)
    await office.clock.advance(timedelta(seconds=30))
    await office.slack.types_command("C1", "U1", "/haberdar", "status")
    assert (await office.until_kept(4))[-1].is_admin


async def test_without_the_scope_for_it_nobody_is_an_admin_and_slack_is_asked_once_a_minute(office: Office) -> None:
    office.slack.scopes.discard("users:read")
    for count in (1, 2):
        await office.slack.types_command("C1", "U1", "/haberdar", "alerts off")
        await office.until_kept(count)
    assert len(office.slack.called("users.info")) == 1

    office.slack.scopes.add("users:read")
    await office.clock.advance(timedelta(seconds=61))
    await office.slack.types_command("C1", "U1", "/haberdar", "alerts off")
    requests = await office.until_kept(3)

    assert [request.is_admin for request in requests] == [False, False, True]


# Kept, then confirmed ------------------------------------------------------------------------------------------------


async def test_nothing_is_confirmed_before_it_is_kept(office: Office) -> None:
    office.slack.line.ack_within = 30.0
    office.inbox.door.clear()
    sent = await office.slack.types_command("C1", "U2", "/haberdar", "status")
    await office.slack.until(lambda: sent.attempts == 1)
    await until(lambda: office.inbox.deliveries == 1)
    assert office.slack.line.acks == []

    office.inbox.door.set()
    await sent.until_acked()
    assert [request.command for request in office.inbox.kept] == ["status"]


@pytest.mark.parametrize("kind", ["command", "event", "press"])
async def test_what_could_not_be_kept_is_not_confirmed_and_comes_again_under_its_name(
    office: Office, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    await office.client.chat_postMessage(
        channel="C1", text="?", blocks=[{"type": "actions", "elements": [_button("Watch", "watch Halyna Vitrolom")]}]
    )
    office.inbox.failures = 1
    ways = {
        "command": lambda: office.slack.types_command("C1", "U2", "/haberdar", "who Halyna Vitrolom"),
        "event": lambda: office.slack.says("U2", "Halyna Vitrolom"),
        "press": lambda: office.slack.presses("C1", "U2", "Watch"),
    }
    sent = await ways[kind]()
    await sent.until_acked()

    assert (sent.attempts, office.inbox.deliveries, len(office.inbox.kept)) == (2, 2, 1)
    assert "slack.not_kept" in caplog.text
    assert "Vitrolom" not in caplog.text


async def test_what_is_asked_in_one_channel_is_kept_in_its_order(office: Office) -> None:
    office.slack.line.ack_within = 30.0
    office.slack.always("users.info", Takes(after=0.5))
    first = await office.slack.types_command("C1", "U1", "/haberdar", "watch Halyna Vitrolom")
    await office.slack.until(lambda: len(office.slack.called("users.info")) == 1)
    office.slack.always("users.info", None)
    second = await office.slack.types_command("C1", "U2", "/haberdar", "undo")
    other = await office.slack.types_command("C2", "U2", "/haberdar", "status")
    requests = await office.until_kept(3)

    names = [envelope.payload["trigger_id"] for envelope in (other, first, second)]
    assert [request.update for request in requests] == names


async def test_what_is_delivered_twice_is_kept_once(office: Office) -> None:
    office.inbox.door.clear()
    sent = await office.slack.says("U2", "Арслан Боздалієв")
    await office.slack.until(lambda: sent.attempts >= 2)
    office.inbox.door.set()
    await sent.until_acked()
    await until(lambda: office.inbox.deliveries == sent.attempts)

    assert len(office.inbox.kept) == 1


async def test_what_is_being_kept_when_we_stop_is_kept_and_confirmed() -> None:
    async with open_office(FakeSlack(ack_within=30)) as office:
        office.inbox.door.clear()
        sent = await office.slack.says("U2", "Арслан Боздалієв")
        await until(lambda: office.inbox.deliveries == 1)
        office.stop.set()
        office.inbox.door.set()
        await sent.until_acked()

    assert len(office.inbox.kept) == 1


async def test_no_log_line_holds_what_was_asked_or_a_token(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    office.inbox.failures = 1
    await (await office.slack.says("U2", "Арслан Боздалієв")).until_acked()
    await office.slack.disconnects()
    await office.slack.types_command("C1", "U2", "/haberdar", "who Halyna Vitrolom")
    await office.until_kept(2)

    for secret in ("Боздалієв", "Vitrolom", "xoxb", "xapp", "ticket"):
        assert secret not in caplog.text


def _button(words: str, data: str) -> dict[str, object]:
    return {"type": "button", "text": {"type": "plain_text", "text": words}, "action_id": "press-0-0", "value": data}
