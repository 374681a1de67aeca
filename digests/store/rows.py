"""Rows to values and back, for the values that more than one part of the store reads."""

from collections.abc import Mapping
from typing import Any

from digests.model import (
    Article,
    ArticleId,
    Band,
    Changed,
    Kind,
    Mention,
    Pattern,
    PatternId,
    Reason,
    SourceId,
    Stage,
    Stance,
    Status,
    StatusWord,
)
from digests.store.tables import articles

ARTICLE_COLUMNS = tuple(column for column in articles.c if column.name not in ("row", "features", "folded"))
"""What makes an Article; the rest of its row is the store's own."""


def article_of(row: Mapping[Any, Any]) -> Article:
    """Return the article of a row that holds ARTICLE_COLUMNS."""
    return Article(
        id=ArticleId(row["id"]),
        source=SourceId(row["source"]),
        identity=row["identity"],
        edition=row["edition"],
        url=row["url"],
        outlet=row["outlet"],
        stance=Stance(row["stance"]),
        title=row["title"],
        text=row["text"],
        language=row["language"],
        published_at=row["published_at"],
        fetched_at=row["fetched_at"],
        revises=row["revises"],
        changed=Changed(row["changed"]) if row["changed"] else None,
        authors=tuple(row["authors"] or ()),
        copy_of=row["copy_of"],
        stage=Stage(row["stage"]),
        stuck=None if row["stuck"] is None else reason_of(row["stuck"]),
        silent=row["silent"],
    )


def article_columns(article: Article) -> dict[str, Any]:
    """Return the columns of an article, without those that are the store's own."""
    return {
        "id": article.id,
        "source": article.source,
        "identity": article.identity,
        "edition": article.edition,
        "url": article.url,
        "outlet": article.outlet,
        "stance": article.stance.value,
        "title": article.title,
        "text": article.text,
        "language": article.language,
        "published_at": article.published_at,
        "fetched_at": article.fetched_at,
        "revises": article.revises,
        "changed": article.changed and article.changed.value,
        "authors": list(article.authors) or None,
        "copy_of": article.copy_of,
        "stage": article.stage.value,
        "stuck": None if article.stuck is None else reason_json(article.stuck),
        "silent": article.silent,
    }


def reason_json(reason: Reason) -> dict[str, Any]:
    """Return a reason as JSON."""
    return {"key": reason.key, "fields": [list(field) for field in reason.fields]}


def reason_of(stored: Mapping[str, Any]) -> Reason:
    """Return the reason that `reason_json` wrote."""
    return Reason(key=stored["key"], fields=tuple((name, value) for name, value in stored["fields"]))


def status_json(words: tuple[StatusWord, ...]) -> list[list[Any]]:
    """Return status words as JSON."""
    return [[word.status.value, word.denied, word.hearsay] for word in words]


def status_of(stored: list[list[Any]]) -> tuple[StatusWord, ...]:
    """Return the status words that `status_json` wrote."""
    return tuple(
        StatusWord(status=Status(status), denied=denied, hearsay=hearsay) for status, denied, hearsay in stored
    )


def mention_columns(mention: Mention) -> dict[str, Any]:
    """Return the columns of a mention."""
    return {
        "article": mention.article,
        "pattern": mention.pattern,
        "start": mention.start,
        "end": mention.end,
        "score": mention.score,
        "band": mention.band.value,
        "reason": reason_json(mention.reason),
        "matched_with": mention.matched_with,
    }


def mention_of(row: Mapping[Any, Any]) -> Mention:
    """Return the mention of a row."""
    return Mention(
        pattern=PatternId(row["pattern"]),
        article=ArticleId(row["article"]),
        start=row["start"],
        end=row["end"],
        score=row["score"],
        band=Band(row["band"]),
        reason=reason_of(row["reason"]),
        matched_with=row["matched_with"],
    )


def pattern_json(pattern: Pattern) -> dict[str, Any]:
    """Return a pattern without its id as JSON."""
    return {
        "kind": pattern.kind.value,
        "spellings": [list(pair) for pair in pattern.spellings],
        "near": list(pattern.near),
        "never": list(pattern.never),
        "struck": list(pattern.struck),
        "unlike": list(pattern.unlike),
    }


def pattern_of_json(key: str, stored: Mapping[str, Any]) -> Pattern:
    """Return the pattern that `pattern_json` wrote."""
    return Pattern(
        id=PatternId(key),
        kind=Kind(stored["kind"]),
        spellings=tuple((text, language) for text, language in stored["spellings"]),
        near=tuple(stored["near"]),
        never=tuple(stored["never"]),
        struck=tuple(stored.get("struck", ())),  # patterns stored before step 0002 have none
        unlike=tuple(stored.get("unlike", ())),
    )
