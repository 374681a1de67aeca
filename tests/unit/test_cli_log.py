"""The log: one event a line with its fields, on standard error, for people or for machines."""

import json
import logging
from collections.abc import Iterator

import pytest

from bot.logs import start_log


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Give the root logger back as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def test_an_event_for_machines_is_a_line_of_json_with_its_fields(capsys: pytest.CaptureFixture[str]) -> None:
    start_log("json")
    logging.getLogger("bot.x").info("delivery.sent", extra={"delivery": "91"})

    said = json.loads(capsys.readouterr().err)
    assert (said["event"], said["level"], said["delivery"]) == ("delivery.sent", "info", "91")
    assert said["timestamp"].endswith("Z")


def test_an_event_for_people_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    start_log("text")
    logging.getLogger("bot.x").warning("source.failed", extra={"failures": 2})

    (line,) = capsys.readouterr().err.splitlines()
    assert "source.failed" in line
    assert "failures=2" in line


def test_a_fault_of_ours_keeps_its_traceback_but_not_its_text_which_may_quote_a_person(
    capsys: pytest.CaptureFixture[str],
) -> None:
    start_log("json")
    try:
        raise ValueError("a bug")
    except ValueError:
        logging.getLogger("bot.x").exception("step.failed")

    trace = json.loads(capsys.readouterr().err)["exception"]
    assert trace.endswith("ValueError")
    assert "test_cli_log.py" in trace
    assert "a bug" not in trace.splitlines()[-1]


@pytest.mark.parametrize("name", ["httpx", "httpcore", "slack_sdk", "slack_bolt", "aiohttp.access", "apscheduler"])
def test_libraries_that_write_addresses_with_a_token_are_silent(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    start_log("text")
    logging.getLogger(name).info("HTTP Request: POST https://api.telegram.org/bot123:secret/getMe")

    assert capsys.readouterr().err == ""
