"""What a typed label names, by its words."""

import pytest

from digests.model import Kind
from digests.names.kinds import guess_kind

KINDS = [
    ("Arslan Bozdaliyev", Kind.PERSON),
    ("Боздалієв", Kind.PERSON),
    ("Ґалина", Kind.PERSON),
    ("SteppeSOS", Kind.BODY),
    ("VQR", Kind.BODY),
    ("Steppe Resource Center", Kind.BODY),
    ("Степова спілка водіїв", Kind.BODY),
    ("Кримська варта", Kind.BODY),
    ("Крымская солидарность", Kind.BODY),
    ("Вишинська Роза", Kind.PERSON),
    ("Рудавська Т.", Kind.PERSON),
    ("глинський тарас", Kind.PERSON),
    ("«Вартові»", Kind.BODY),
    ("Simferopol", Kind.PLACE),
    ("Україна", Kind.PLACE),
    ("Ганна Товкач-Ручай", Kind.PERSON),
    ("Helen Courtney", Kind.PERSON),
    ("Ihor Partyka", Kind.PERSON),
    ("Partyka Ihor", Kind.PERSON),
    ("Хізрі Радіонов", Kind.PERSON),
    ("Наталя Комісарова", Kind.PERSON),
    ("Mehmet Bankacı", Kind.PERSON),
    ("Marek Sądecki", Kind.PERSON),
    ("Nora McHollow", Kind.PERSON),
    ("Nora O'Hollow", Kind.PERSON),
    ("NOra Hollow", Kind.PERSON),
    ("NORA HOLLOW", Kind.PERSON),
    ("McHollow", Kind.BODY),
    ("SteppeSOS Krym", Kind.BODY),
    ("Рада суддів", Kind.BODY),
    ("Верховна Рада", Kind.BODY),
    ("Sezen Vakfı", Kind.BODY),
    ("Emil Foundation", Kind.BODY),
    ("Фонд Еміля", Kind.BODY),
    ("Supreme Court", Kind.BODY),
    ("Партія Степова", Kind.BODY),
    ("Суднова палата", Kind.BODY),
    ("Нова Ружинка", Kind.PLACE),
    ("Старая Ольховка", Kind.PLACE),
    ("Yeni Çayırköy", Kind.PLACE),
    ("Nowa Ruda", Kind.PLACE),
    ("Upper Hollow", Kind.PLACE),
    ("Північна Ружинка", Kind.PLACE),
    ("село Ружинка", Kind.PLACE),
    ("Ружинка село", Kind.PLACE),
    ("Kök-Bulaq", Kind.PLACE),
    ("Нова Олена", Kind.PERSON),
    ("Старий Тарас", Kind.PERSON),
    ("North Steppe News", Kind.BODY),
]


@pytest.mark.parametrize(("label", "kind"), KINDS)
def test_the_kind_is_guessed_from_the_words(label: str, kind: Kind) -> None:
    assert guess_kind(label) is kind
