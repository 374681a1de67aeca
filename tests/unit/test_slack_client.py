"""The client asks once, and the libraries' log lines keep what they know to themselves."""

import logging

import pytest

from bot.slack.client import SLACK_API, close_client, library_log, make_client


async def test_the_client_never_repeats_a_request_by_itself() -> None:
    client = make_client("xoxb-1")

    assert client.retry_handlers == []
    assert client.base_url == SLACK_API
    await close_client(client)
    await close_client(client)


async def test_a_proxy_is_taken_from_the_settings_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    without, given = make_client("xoxb-1"), make_client("xoxb-1", proxy="http://127.0.0.1:2")

    assert (without.proxy, given.proxy) == (None, "http://127.0.0.1:2")
    await close_client(without)
    await close_client(given)


def test_a_line_of_the_libraries_says_where_and_what_kind_and_nothing_else(caplog: pytest.LogCaptureFixture) -> None:
    log = library_log()
    try:
        raise ConnectionError("wss://slack.example/?ticket=secret")
    except ConnectionError:
        log.exception("Failed to connect (error: %s); Bozdaliev", "secret")
    log.debug("Received: Bozdaliev")

    [record] = caplog.records
    assert (record.getMessage(), record.__dict__["error"]) == ("slack.library", "ConnectionError")
    assert "secret" not in caplog.text
    assert "Bozdaliev" not in caplog.text


def test_the_libraries_log_is_set_up_once() -> None:
    assert library_log() is library_log()
    assert len(library_log().filters) == 1
    assert library_log().level == logging.WARNING
