import json
from pathlib import Path

from tests.bench.names import silent_names, wrong_a_week


def test_wrong_alerts_a_week_are_those_of_silent_names_for_sixty_names_and_a_thousand_articles_a_day(
    tmp_path: Path,
) -> None:
    listed = tmp_path / "meta.json"
    listed.write_text(json.dumps({"a": {"kind": "real"}, "b": {"kind": "near_name"}, "c": {"kind": "same_surname"}}))
    silent = silent_names(listed)
    assert silent == {"b", "c"}
    sure = {("a", "1"), ("b", "1"), ("b", "2"), ("c", "2")}
    assert wrong_a_week(sure, silent, documents=210_000) == {"wrong_sure_documents": 3, "wrong_sure_a_week": 3.0}
