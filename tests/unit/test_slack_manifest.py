"""The manifest asks for what the program needs, and says why."""

import re
from itertools import pairwise
from pathlib import Path

from tests.fakes.slack import FakeSlack

LINES = (Path(__file__).resolve().parents[2] / "config" / "slack-manifest.yaml").read_text("utf-8").splitlines()
BODY = [line for line in LINES if line.strip() and not line.lstrip().startswith("#")]


def test_the_scopes_are_those_the_tests_run_with() -> None:
    asked = {found[1] for line in BODY if (found := re.match(r"\s+- ([a-z]+(?::[a-z]+)?)\s+#", line))}

    assert asked == FakeSlack().scopes


def test_it_uses_socket_mode_and_the_command_people_type() -> None:
    settings = {line.split("#")[0].strip() for line in BODY}

    assert {"socket_mode_enabled: true", "- command: /haberdar", "- message.im"} <= settings


def test_every_value_is_explained_on_its_line_or_above_it() -> None:
    is_heading = re.compile(r"[\s-]*[a-z_]+:$")
    unexplained = [
        line
        for before, line in pairwise(LINES)
        if line in BODY and "#" not in line and "#" not in before and not is_heading.match(line)
    ]

    assert unexplained == ["    is_enabled: true"]  # its heading has the reason above it
