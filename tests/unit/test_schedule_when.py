from contextlib import suppress
from datetime import time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.errors import AskError
from digests.schedule.when import EVERY_DAY, WEEKDAYS, Schedule, parse_when, write_when

READ = [
    # numbers alone
    ("8", "daily 08:00"),
    ("8pm", "daily 20:00"),
    ("8 PM", "daily 20:00"),
    ("12am", "daily 00:00"),
    ("12 pm", "daily 12:00"),
    ("08.30", "daily 08:30"),
    ("8:00", "daily 08:00"),
    ("8:00.", "daily 08:00"),
    ("8:00, 18:00", "daily 08:00, 18:00"),
    ("18 8 8", "daily 08:00, 18:00"),
    ("noon", "daily 12:00"),
    # English
    ("daily 08:00", "daily 08:00"),
    ("Daily", "daily 08:00"),
    ("every day at 8 pm", "daily 20:00"),
    ("weekdays 8:00, 18:00", "weekdays 08:00, 18:00"),
    ("mon-fri 8", "weekdays 08:00"),
    ("fri – mon 8", "mon,fri,sat,sun 08:00"),
    ("weekend 10", "sat,sun 10:00"),
    ("mon 09:30", "mon 09:30"),
    ("Mondays", "mon 08:00"),
    ("mon,thu 9", "mon,thu 09:00"),
    ("9 and 6pm on thu & mon", "mon,thu 09:00, 18:00"),
    ("weekly mon 9", "mon 09:00"),
    ("every 30m", "every 30 min"),
    ("every 4h", "every 4h"),
    ("every 4 hours", "every 4h"),
    ("every hour", "every 1h"),
    ("hourly", "every 1h"),
    ("every 30 min", "every 30 min"),
    ("every 90min", "every 90 min"),
    ("every 2 days", "every 48h"),
    ("every 7 days", "every 168h"),
    ("every 10 min", "every 10 min"),
    ("recap mon 09:30", "recap mon 09:30"),
    ("recap 9", "recap daily 09:00"),
    ("weekly recap mon 9", "recap mon 09:00"),
    ("mon 9 recap", "recap mon 09:00"),
    ("every two hours", "every 2h"),
    ("every half hour", "every 30 min"),
    ("9 every day", "daily 09:00"),
    ("once a day at 9", "daily 09:00"),
    ("twice a day 8 20", "daily 08:00, 20:00"),
    ("monday to friday 9", "weekdays 09:00"),
    ("Monday through Friday at 9", "weekdays 09:00"),
    ("mon/wed/fri 9", "mon,wed,fri 09:00"),
    ("8 in the evening", "daily 20:00"),
    ("in the evening at 8", "daily 20:00"),
    ("every morning", "daily 08:00"),
    ("every evening", "daily 20:00"),
    ("3 in the afternoon", "daily 15:00"),
    ("11 at night", "daily 23:00"),
    ("2 at night", "daily 02:00"),
    ("midnight", "daily 00:00"),
    ("0:00", "daily 00:00"),
    ("0830", "daily 08:30"),
    ("8h30", "daily 08:30"),
    ("8, 8:00", "daily 08:00"),
    ("daily: 8:30", "daily 08:30"),
    # Ukrainian
    ("щодня о 8", "daily 08:00"),
    ("о 8 годині", "daily 08:00"),
    ("щоп’ятниці 9:00", "fri 09:00"),
    ("кожного понеділка о 9:30", "mon 09:30"),
    ("по буднях о 8 та 18", "weekdays 08:00, 18:00"),
    ("робочі дні 8", "weekdays 08:00"),
    ("пн–пт 8:00", "weekdays 08:00"),
    ("раз на 4 години", "every 4h"),
    ("щогодини", "every 1h"),
    ("8 вечора", "daily 20:00"),
    ("щодня о 8 і 20", "daily 08:00, 20:00"),
    ("щодня о 8-й", "daily 08:00"),
    ("о восьмій ранку", "daily 08:00"),
    ("о 20 год", "daily 20:00"),
    ("о 3 дня", "daily 15:00"),
    ("о 2 ночі", "daily 02:00"),
    ("12 ночі", "daily 00:00"),
    ("щоранку о 7", "daily 07:00"),
    ("щовечора о 20", "daily 20:00"),
    ("кожні дві години", "every 2h"),
    ("щопівгодини", "every 30 min"),
    ("з понеділка по п’ятницю о 9", "weekdays 09:00"),
    ("по понеділках о 9", "mon 09:00"),
    # Russian
    ("ежедневно в 8", "daily 08:00"),
    ("пн., чт. 9:00", "mon,thu 09:00"),
    ("по будням в 8", "weekdays 08:00"),
    ("каждый понедельник в 9", "mon 09:00"),
    ("каждые 30 минут", "every 30 min"),
    ("итоги вс 18:00", "recap sun 18:00"),
    ("в 8 часов", "daily 08:00"),
    ("в 8 утра и в 8 вечера", "daily 08:00, 20:00"),
    ("утром в 8", "daily 08:00"),
    ("в 3 часа дня", "daily 15:00"),
    ("в 3 часа ночи", "daily 03:00"),
    ("каждые полчаса", "every 30 min"),
    ("каждые два часа", "every 2h"),
    ("с пн по пт в 9", "weekdays 09:00"),
    # Turkish
    ("her gün 08:00'de", "daily 08:00"),
    ("HAFTA İÇİ 8, 18", "weekdays 08:00, 18:00"),
    ("SALI 9", "tue 09:00"),
    ("pazartesi ve perşembe 9", "mon,thu 09:00"),
    ("her 4 saatte bir", "every 4h"),
    ("saat başı", "every 1h"),
    ("saat 8", "daily 08:00"),
    ("sabah 8'de", "daily 08:00"),
    ("akşam 8'de", "daily 20:00"),
    ("sabah 8 akşam 8", "daily 08:00, 20:00"),
    ("gece 11'de", "daily 23:00"),
    ("öğleden sonra 3", "daily 15:00"),
    ("iki saatte bir", "every 2h"),
    ("yarım saatte bir", "every 30 min"),
    ("günde bir kez 9", "daily 09:00"),
    ("pazartesiden cumaya 9", "weekdays 09:00"),
    # Polish
    ("o 8", "daily 08:00"),
    ("8 rano", "daily 08:00"),
    ("8 wieczorem", "daily 20:00"),
    ("codziennie o 8 i 20", "daily 08:00, 20:00"),
    ("co 2 godziny", "every 2h"),
    ("co pół godziny", "every 30 min"),
    ("w dni robocze o 8", "weekdays 08:00"),
    ("od poniedziałku do piątku o 9", "weekdays 09:00"),
    ("w poniedziałki i czwartki o 9", "mon,thu 09:00"),
    ("śr 9", "wed 09:00"),
    ("w południe", "daily 12:00"),
]

REFUSED = [
    "",
    " , ",
    "25:00",
    "24:00",
    "8:60",
    "8:5",
    "13pm",
    "0 am",
    "pm",
    "mon pm",
    "tomorrow",
    "at once",
    "every",
    "every -4h",
    "every 1.5h",
    "every fortnight",
    "every week",
    "weekly 9",
    "4h",
    "4 hours",
    "hourly 8",
    "mon 9, thu 18",
    "mon 9 thu",
    "8:00-18:00",
    "8 to 18",
    "every 4",
    "every 1h30",
    "каждые 1,5 часа",
    "every day every hour",
    "every 2 hours on weekdays",
    "daily every 2 hours",
    "daily 8 every 2 hours",
    "3 дня",
    "8 часов",
    "20h",
    "12 in the evening",
    "7 in the night",
    "20 in the morning",
    "evening 8 9 pm pm",
    "twice a day",
    "recap recap mon 9",
    "recap off",
    "off",
    "now",
    "8:00:00",
    "daily 24:00",
    "8 kyiv",
    "mon-noon",
    "recap",
    "recap every 4h",
    "8\x00",
    "٨",
    "8" * 500,
    " ".join(f"{hour}:{minute}" for hour in (8, 9) for minute in range(10, 23)),
]


@pytest.mark.parametrize(("typed", "written"), READ, ids=[typed for typed, _ in READ])
def test_what_people_type_is_read_to_one_written_form(typed: str, written: str) -> None:
    assert write_when(parse_when(typed)) == written


@pytest.mark.parametrize("typed", REFUSED, ids=[typed[:24] or "nothing" for typed in REFUSED])
def test_what_can_be_read_in_no_way_or_in_two_is_refused_by_what_was_asked(typed: str) -> None:
    with pytest.raises(AskError) as caught:
        parse_when(typed)
    assert caught.value.key == "when.unknown"
    assert caught.value.fields == {"asked": typed.strip()[:120]}


@pytest.mark.parametrize(
    "typed",
    ["every 5 min", "every 9 min", "every minute", "every 8 days", "every 99999 days", "every 0h"],
)
def test_an_interval_too_short_or_too_long_is_refused_with_its_bounds(typed: str) -> None:
    with pytest.raises(AskError) as caught:
        parse_when(typed)
    assert (caught.value.key, caught.value.fields) == ("when.bounds", {"asked": typed})


def test_a_schedule_says_itself_in_words() -> None:
    assert str(Schedule(times=(time(8), time(18)), days=WEEKDAYS)) == "weekdays 08:00, 18:00"


wall_times = st.lists(st.times().map(lambda at: at.replace(second=0, microsecond=0)), min_size=1, max_size=24)
days = st.sets(st.sampled_from(EVERY_DAY), min_size=1)
schedules = st.one_of(
    st.builds(
        lambda times, days, recap: Schedule(times=tuple(sorted(set(times))), days=tuple(sorted(days)), recap=recap),
        wall_times.filter(lambda times: len(set(times)) <= 12),
        days,
        st.booleans(),
    ),
    st.integers(10, 7 * 24 * 60).map(lambda minutes: Schedule(every=timedelta(minutes=minutes))),
)


@given(schedules)
def test_what_is_written_is_read_back_to_the_same(schedule: Schedule) -> None:
    assert parse_when(write_when(schedule)) == schedule


@given(st.text(max_size=40) | st.text("0123456789:., apmhвпн", max_size=20))
def test_any_text_is_read_or_refused_and_never_breaks(typed: str) -> None:
    with suppress(AskError):
        schedule = parse_when(typed)
        assert parse_when(str(schedule)) == schedule
