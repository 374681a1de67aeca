"""The socket between Slack and the front: refused, broken, slow or asked for anew, and nothing is lost."""

import asyncio
import logging

import pytest

from bot.slack.receive import SlackFront, close_client, make_client
from digests.errors import HaberdarError
from tests.fakes.clock import FakeClock
from tests.fakes.slack import Answer, Breaks, FakeSlack, Limits, Takes
from tests.office import Inbox, Office, start_office, until


async def test_slack_may_ask_for_a_new_socket_and_nothing_is_lost(office: Office) -> None:
    for reason in ("warning", "refresh_requested"):
        await office.slack.disconnects(reason)
        await office.slack.says("U2", reason)
    requests = await office.until_kept(2)

    assert {request.rest for request in requests} == {"warning", "refresh_requested"}
    assert office.slack.line.opened >= 2


async def test_a_socket_that_breaks_is_replaced(office: Office) -> None:
    await office.slack.cuts()
    await office.slack.says("U2", "Арслан Боздалієв")
    await office.until_kept()

    assert office.slack.line.opened == 2


async def test_a_socket_that_breaks_while_slack_is_away_is_replaced_when_it_is_back(office: Office) -> None:
    office.slack.always("apps.connections.open", Breaks(503))
    await office.slack.cuts()
    asked = len(office.slack.called("apps.connections.open"))
    await office.slack.until(lambda: len(office.slack.called("apps.connections.open")) > asked)
    office.slack.always("apps.connections.open", None)
    await office.slack.says("U2", "Арслан Боздалієв")

    assert [request.rest for request in await office.until_kept()] == ["Арслан Боздалієв"]


async def test_a_token_refused_for_a_while_after_the_start_does_not_end_the_front(office: Office) -> None:
    office.slack.app_token_error = "invalid_auth"
    await office.slack.cuts()
    asked = len(office.slack.called("apps.connections.open"))
    await office.slack.until(lambda: len(office.slack.called("apps.connections.open")) > asked)
    office.slack.app_token_error = None
    await office.slack.says("U2", "Арслан Боздалієв")

    assert [request.rest for request in await office.until_kept()] == ["Арслан Боздалієв"]


async def test_a_heartbeat_without_an_answer_changes_nothing(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    office.slack.always("auth.test", Breaks(503))
    await until(lambda: "slack.no_heartbeat" in caplog.text)
    await office.slack.says("U2", "Арслан Боздалієв")
    await office.until_kept()

    assert office.slack.line.opened == 1


@pytest.mark.parametrize("method", ["auth.test", "apps.connections.open"])
async def test_a_start_while_slack_is_away_waits_for_it(method: str) -> None:
    slack = FakeSlack()
    slack.always(method, Breaks(503))
    async with start_office(slack) as office:
        await slack.until(lambda: len(slack.called(method)) >= 1)
        slack.always(method, None)
        await slack.until(lambda: slack.sockets > 0)
        await slack.says("U2", "Арслан Боздалієв")

        assert [request.rest for request in await office.until_kept()] == ["Арслан Боздалієв"]


async def test_a_socket_is_asked_for_no_sooner_than_slack_wants() -> None:
    slack = FakeSlack()
    slack.always("apps.connections.open", Limits(3))
    async with start_office(slack):
        begun = asyncio.get_running_loop().time()
        await slack.until(lambda: len(slack.called("apps.connections.open")) == 1)
        slack.always("apps.connections.open", None)
        await slack.until(lambda: slack.sockets > 0)
        assert asyncio.get_running_loop().time() - begun >= 2.9


@pytest.mark.parametrize("reason", ["warning", "refresh_requested", "link_disabled"])
async def test_whatever_slack_gives_as_the_reason_a_socket_that_ends_is_replaced(office: Office, reason: str) -> None:
    await office.slack.disconnects(reason)
    await office.slack.says("U2", "Арслан Боздалієв")

    assert [request.rest for request in await office.until_kept()] == ["Арслан Боздалієв"]


async def test_a_channel_whose_id_changes_is_followed(office: Office) -> None:
    await office.slack.event({"type": "channel_id_changed", "old_channel_id": "G1", "new_channel_id": "C1"})

    (request,) = await office.until_kept()
    assert (request.command, request.chat, request.rest) == (".moved", "slack:T1/G1", "slack:T1/C1")


async def test_an_address_that_opens_no_socket_is_given_up_for_another() -> None:
    slack = FakeSlack()
    slack.line.refuse = 1
    async with start_office(slack) as office:
        await slack.says("U2", "Арслан Боздалієв")
        await office.until_kept()

    assert len(slack.called("apps.connections.open")) == 2


@pytest.mark.parametrize("method", ["auth.test", "apps.connections.open"])
@pytest.mark.parametrize("answer", [Takes(after=60), Breaks(503)], ids=["slow", "away"])
async def test_a_stop_while_slack_is_slow_or_away_is_prompt(method: str, answer: Answer) -> None:
    slack = FakeSlack()
    slack.always(method, answer)
    async with start_office(slack) as office, asyncio.timeout(10):
        await slack.until(lambda: len(slack.called(method)) >= 1)
        office.stop.set()
        await office.run

    assert office.inbox.kept == []


@pytest.mark.parametrize("which", ["bot", "app"])
async def test_a_token_that_slack_does_not_accept_is_one_plain_line_without_the_token(
    which: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with FakeSlack() as slack:
        bot, app = (slack.bot_token, slack.app_token) if which == "app" else ("xoxb-wrong-1", slack.app_token)
        app = "xapp-wrong-1" if which == "app" else app
        client = make_client(bot, slack.api)
        front = SlackFront(client, app, Inbox().keep, FakeClock())

        with pytest.raises(HaberdarError) as raised:
            await front.run(asyncio.Event())
        await close_client(client)

    said = str(raised.value)
    assert f"HABERDAR_SLACK_{which.upper()}_TOKEN" in said
    assert "invalid_auth" in said
    assert "wrong-1" not in said + caplog.text
    assert "\n" not in said
