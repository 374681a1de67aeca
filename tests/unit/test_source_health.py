"""What the command line and `doctor` say of a source's health."""

from datetime import timedelta

import pytest

from bot.cli.feeds import _health
from bot.doctor import _ails
from digests.model import Rhythm, Source
from tests.builders import NOW, source

DAY = timedelta(days=1)
FLOOD = Rhythm(since=NOW - 40 * DAY, last_new_at=NOW, rate=9_000.0)
STEADY = Rhythm(since=NOW - 40 * DAY, last_new_at=NOW - 20 * DAY, rate=3.0)


@pytest.mark.parametrize(
    ("known", "health", "ails"),
    [
        pytest.param(source(), "not read yet", None, id="new"),
        pytest.param(source(last_success_at=NOW), "good", None, id="well"),
        pytest.param(source(last_error="its server hung up", failures=1), "its server hung up", "hung up", id="ill"),
        pytest.param(source(enabled=False), "off", None, id="turned off"),
        pytest.param(
            source(enabled=False, failures=1, last_error="gone (410)"), "off: gone (410)", "read no more", id="gone"
        ),
        pytest.param(source(last_success_at=NOW, rhythm=STEADY), "nothing new since", "nothing new", id="silent"),
        pytest.param(
            source(last_success_at=NOW, rhythm=FLOOD), "placed after all others", "more articles a day", id="flood"
        ),
        pytest.param(
            source(last_success_at=NOW, rhythm=Rhythm(missed_at=NOW)), "may have been missed", None, id="ran over"
        ),
        pytest.param(
            source(last_success_at=NOW, rhythm=Rhythm(former="https://old.example/")),
            "moved here from https://old.example/",
            None,
            id="moved",
        ),
    ],
)
def test_health_is_said_in_words(known: Source, health: str, ails: str | None) -> None:
    assert health in "; ".join(_health(known, NOW))
    said = _ails(known, NOW)
    assert (said is None) if ails is None else (said is not None and ails in said)
