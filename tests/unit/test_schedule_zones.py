from contextlib import suppress
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.errors import AskError
from digests.schedule.when import find_zone
from digests.tables import load_rows

FOUND = [
    ("Europe/Kyiv", "Europe/Kyiv"),
    ("europe/kyiv", "Europe/Kyiv"),
    ("Europe/Kiev", "Europe/Kyiv"),
    ("Kyiv", "Europe/Kyiv"),
    ("Kiev", "Europe/Kyiv"),
    ("Київ", "Europe/Kyiv"),
    (" Україна ", "Europe/Kyiv"),
    ("Simferopol", "Europe/Simferopol"),
    ("Симферополь", "Europe/Simferopol"),
    ("Kırım", "Europe/Simferopol"),
    ("İSTANBUL", "Europe/Istanbul"),
    ("istanbul", "Europe/Istanbul"),
    ("Kraków", "Europe/Warsaw"),
    ("new york", "America/New_York"),
    ("New_York", "America/New_York"),
    ("Нью-Йорк", "America/New_York"),
    ("St. Johns", "America/St_Johns"),
    ("Lord Howe", "Australia/Lord_Howe"),
    ("+3", "Etc/GMT-3"),
    ("UTC+3", "Etc/GMT-3"),
    ("gmt -5", "Etc/GMT+5"),
    ("−5", "Etc/GMT+5"),
    ("+03:00", "Etc/GMT-3"),
    ("+0", "UTC"),
    ("utc", "UTC"),
    ("+5:30", "Asia/Kolkata"),
    ("Etc/GMT-3", "Etc/GMT-3"),
]


@pytest.mark.parametrize(("typed", "key"), FOUND, ids=[typed for typed, _ in FOUND])
def test_places_and_offsets_are_found_as_people_write_them(typed: str, key: str) -> None:
    assert find_zone(typed) == key


NEAR = [
    ("Kyvi", "Europe/Kyiv"),
    ("Istambul", "Europe/Istanbul"),
    ("Warsawa", "Europe/Warsaw"),
    ("Харкив", "Europe/Kyiv"),
    ("Europe/Kyev", "Europe/Kyiv"),
]


@pytest.mark.parametrize(("typed", "key"), NEAR, ids=[typed for typed, _ in NEAR])
def test_an_unknown_place_is_refused_with_the_nearest_names_first(typed: str, key: str) -> None:
    with pytest.raises(AskError) as caught:
        find_zone(typed)
    assert caught.value.key == "zone.unknown"
    assert caught.value.fields["asked"] == typed
    assert caught.value.fields["near"].split(", ")[0] == key


@pytest.mark.parametrize("typed", ["", "qzxqzx", "+15", "-13", "-3:20", "3", "x" * 5000], ids=lambda t: t[:9] or "none")
def test_where_nothing_is_near_the_common_zones_are_offered(typed: str) -> None:
    with pytest.raises(AskError) as caught:
        find_zone(typed)
    assert caught.value.fields == {"asked": typed[:60], "near": "Europe/Kyiv, Europe/Istanbul, Europe/Warsaw"}


@pytest.mark.parametrize("key", sorted({key for _, key in load_rows("schedule/data/zones.tsv")}))
def test_every_alias_leads_to_a_zone_that_is_there(key: str) -> None:
    assert ZoneInfo(key).key == key
    assert find_zone(key) == key


@given(st.text(max_size=30))
def test_any_text_is_a_zone_or_refused(typed: str) -> None:
    with suppress(AskError):
        assert ZoneInfo(find_zone(typed))
