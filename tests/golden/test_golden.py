"""Rendered messages as files, byte for byte; `python -m tests.golden` writes them anew."""

from pathlib import Path

import pytest

from tests.golden.golden import FOLDER, files

_FILES = tuple(files())


@pytest.mark.parametrize(("path", "text"), _FILES, ids=[str(path.relative_to(FOLDER)) for path, _ in _FILES])
def test_a_message_reads_as_its_golden_file_says(path: Path, text: str) -> None:
    assert text == path.read_text(encoding="utf-8")


def test_no_golden_file_is_left_without_a_sample() -> None:
    assert set(FOLDER.glob("*/*/*.txt")) == {path for path, _ in _FILES}
