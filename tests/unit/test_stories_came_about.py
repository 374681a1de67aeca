"""What was to come and what came of it share all their words; the second is news."""

from datetime import timedelta

import pytest

from digests.model import Found, PatternId
from digests.stories.placer import Placer
from tests.builders import NOW, article, mention

_BACKGROUND = {
    "en": "The case has been heard since March in the regional court behind closed doors. The beekeeper says that he "
    "only wrote about a well. Neighbours have collected four hundred signatures for him, and a priest vouched for him.",
    "uk": "Справу слухають із березня в обласному суді за зачиненими дверима. Пасічник каже, що лише написав про "
    "криницю. Сусіди зібрали за нього чотириста підписів, а священник письмово поручився за нього.",
    "tr": "Dava marttan bu yana bölge mahkemesinde kapalı kapılar ardında görülüyor. Arıcı, yalnızca bir kuyu hakkında "
    "yazdığını söylüyor. Komşuları onun için dört yüz imza topladı, bir imam da ona yazılı olarak kefil oldu.",
}


@pytest.mark.parametrize(
    ("language", "name", "before", "after"),
    [
        pytest.param(
            "en",
            "Arslan Bozdaliev",
            "The appeal court will rule on Tuesday on the complaint of Arslan Bozdaliev against his remand.",
            "The appeal court rejected on Tuesday the complaint of Arslan Bozdaliev against his remand.",
            id="a ruling",
        ),
        pytest.param(
            "en",
            "Arslan Bozdaliev",
            "Arslan Bozdaliev is to be released on Friday after five years.",
            "Arslan Bozdaliev was released on Friday after five years.",
            id="a release",
        ),
        pytest.param(
            "uk",
            "Арслана Боздалієва",
            "Арслана Боздалієва відпустять у п’ятницю після п’яти років.",
            "Арслана Боздалієва відпустили у п’ятницю після п’яти років.",
            id="a release, in Ukrainian",
        ),
        pytest.param(
            "tr",
            "Arslan Bozdaliyev",
            "Arslan Bozdaliyev beş yıl sonra cuma günü serbest bırakılacak.",
            "Arslan Bozdaliyev beş yıl sonra cuma günü serbest bırakıldı.",
            id="a release, in Turkish",
        ),
    ],
)
def test_what_was_to_come_told_in_the_same_words_as_having_come_is_news_and_its_reprint_is_none(
    language: str, name: str, before: str, after: str
) -> None:
    placer = Placer()
    placed = []
    for number, text in enumerate((before, before, after, after)):
        whole = f"{text}\n\n{_BACKGROUND[language]}"
        of = article(
            identity=f"https://outlet.example/{number}",
            title="",
            text=whole,
            language=language,
            outlet=f"Outlet {number}",
            published_at=NOW + timedelta(hours=12 * number),
            fetched_at=NOW + timedelta(hours=12 * number),
        )
        named = mention(of=of, words=name, pattern=PatternId("bozdaliev"))
        placed.append(placer.place(of, Found(article=of.id, mentions=(named,))))
    assert len({one.placement.story for one in placed}) == 1
    assert [one.news is not None for one in placed] == [True, False, True, False]
    assert [one.placement.copy_of is not None for one in placed] == [False, True, False, True]
