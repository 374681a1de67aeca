"""The container: what goes into the image, and how it runs."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

_CHECKOUT = Path(__file__).resolve().parents[2]
_RECIPE = (_CHECKOUT / "Dockerfile").read_text(encoding="utf-8")
_COMPOSE = (_CHECKOUT / "compose.yaml").read_text(encoding="utf-8")


def test_the_recipe_is_clean() -> None:
    linter = Path(sys.executable).with_name("hadolint")
    if not linter.exists():
        pytest.skip("hadolint is not installed")

    done = subprocess.run([linter, "Dockerfile"], cwd=_CHECKOUT, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (0, "")


def test_everything_that_is_copied_is_there_and_let_in() -> None:
    copied = [
        word for line in re.findall(r"^COPY (?!--from)(.+)$", _RECIPE, flags=re.MULTILINE) for word in line.split()[:-1]
    ]
    let_in = {
        line[1:] for line in (_CHECKOUT / ".dockerignore").read_text(encoding="utf-8").split() if line.startswith("!")
    }

    assert {"bot", "digests", "config", "seeds"} <= set(copied)
    assert [name for name in copied if not (_CHECKOUT / name).exists()] == []
    assert set(copied) <= let_in


def test_nothing_of_a_person_is_let_in() -> None:
    lines = (_CHECKOUT / ".dockerignore").read_text(encoding="utf-8").split()

    assert lines[0] == "*"
    assert not {"!.env", "!var", "!*"} & set(lines)


def test_it_installs_by_hashes_and_runs_without_rights() -> None:
    assert "--require-hashes" in _RECIPE
    assert re.search(r"^USER \d+$", _RECIPE, flags=re.MULTILINE)
    assert "read_only: true" in _COMPOSE
    assert "cap_drop: [ALL]" in _COMPOSE


def test_it_starts_the_service_and_asks_the_doctor() -> None:
    assert 'ENTRYPOINT ["python", "-m", "bot"]' in _RECIPE
    assert 'CMD ["serve"]' in _RECIPE
    assert '"doctor", "--quiet"' in _RECIPE
    assert "VOLUME /data" in _RECIPE
    assert "HABERDAR_DATA_DIR=/data" in _RECIPE
    assert "data:/data" in _COMPOSE


def test_its_python_is_one_we_support() -> None:
    versions = set(re.findall(r"^FROM python:3\.(\d+)-", _RECIPE, flags=re.MULTILINE))

    assert len(versions) == 1
    assert 11 <= int(versions.pop()) <= 14
