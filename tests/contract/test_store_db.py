import _sqlite3
import asyncio
import ctypes
import stat
import sys
from pathlib import Path
from traceback import format_exception

import pytest
from sqlalchemy import insert, text

from digests.errors import StoreError
from digests.store.db import Database, hold_lock
from digests.store.marks import Marks
from digests.store.migrations import LATEST
from digests.store.secrets import Vault
from digests.store.tables import marks
from tests import builders as b


async def test_an_error_undoes_all_of_a_transaction(database: Database) -> None:
    async def fail() -> None:
        async with database.write() as tx:
            await Marks(tx).put("a", "1")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with database.read() as tx:
        assert await Marks(tx).get("a") is None


async def test_a_cancelled_transaction_leaves_nothing_and_lets_the_next_one_in(database: Database) -> None:
    inside = asyncio.Event()

    async def hang() -> None:
        async with database.write() as tx:
            await Marks(tx).put("a", "1")
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(hang())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with database.write() as tx:
        assert await Marks(tx).get("a") is None
        await Marks(tx).put("b", "2")


async def test_a_reader_sees_one_state_while_others_write(database: Database) -> None:
    async with database.read() as reader:
        assert await Marks(reader).get("a") is None
        async with database.write() as tx:
            await Marks(tx).put("a", "1")
        assert await Marks(reader).get("a") is None
    async with database.read() as reader:
        assert await Marks(reader).get("a") == "1"


async def test_a_reader_cannot_write(database: Database) -> None:
    with pytest.raises(StoreError, match="read-only"):
        async with database.read() as tx:
            await Marks(tx).put("a", "1")


async def test_many_writers_wait_for_each_other(database: Database) -> None:
    async def count_up() -> None:
        async with database.write() as tx:
            await Marks(tx).count_up("n")

    await asyncio.gather(*(count_up() for _ in range(30)))
    async with database.read() as tx:
        assert await Marks(tx).counter("n") == 30


async def test_marks_keep_texts_counters_and_instants(database: Database) -> None:
    async with database.write() as tx:
        marks = Marks(tx)
        assert await marks.instant("at") is None
        assert await marks.counter("n") == 0
        await marks.set_instant("at", b.NOW)
        await marks.count_up("n")
        await marks.count_up("n")
        assert await marks.instant("at") == b.NOW
        assert await marks.counter("n") == 2


async def test_a_database_opened_for_reading_serves_beside_the_writer_and_refuses_to_write(
    database: Database, database_url: str, vault: Vault
) -> None:
    async with database.write() as tx:
        await Marks(tx).put("a", "1")
    beside = await Database.open(database_url, vault=vault, read_only=True)
    try:
        async with database.write() as tx, beside.read() as reader:
            await Marks(tx).put("a", "2")
            assert await Marks(reader).get("a") == "1"
        with pytest.raises(StoreError, match="for reading only"):
            async with beside.write():
                pass
    finally:
        await beside.close()


async def test_opening_again_changes_nothing_and_needs_no_alembic(database_url: str, vault: Vault) -> None:
    program = (
        "import asyncio, sys\n"
        "from digests.store.db import Database\n"
        "from digests.store.secrets import Vault\n"
        f"database = asyncio.run(Database.open({database_url!r}, vault=Vault('a key that is long enough')))\n"
        "assert 'alembic' not in sys.modules\n"
        "import os; os._exit(0)\n"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", program, cwd=Path(__file__).parents[2])
    assert await process.wait() == 0


async def test_another_key_is_refused_before_every_chat_looks_new(database_url: str, database: Database) -> None:
    with pytest.raises(StoreError, match="sealed with another key"):
        await Database.open(database_url, vault=Vault("quite another, but long enough"))


async def test_a_newer_schema_is_refused_in_plain_words(database_url: str, database: Database, vault: Vault) -> None:
    async with database.write() as tx:
        await tx.execute(text("UPDATE alembic_version SET version_num = '0999'"))
    with pytest.raises(StoreError) as caught:
        await Database.open(database_url, vault=vault)
    assert str(caught.value) == "the database was written by a newer Haberdar (step 0999); update the program"


async def test_an_older_schema_is_stepped_up_only_when_that_is_wanted(empty_url: str, vault: Vault) -> None:
    with pytest.raises(StoreError, match="haberdar db upgrade"):
        await Database.open(empty_url, vault=vault, upgrade=False)
    stepped = await Database.open(empty_url, vault=vault)
    assert await stepped.step() == LATEST
    await stepped.close()


async def test_two_processes_may_step_up_the_same_database_at_once(empty_url: str, vault: Vault) -> None:
    both = await asyncio.gather(*(Database.open(empty_url, vault=vault) for _ in range(2)))
    assert [await opened.step() for opened in both] == [LATEST, LATEST]
    for opened in both:
        await opened.close()


async def test_a_missing_file_is_not_made_by_a_reader(tmp_path: Path, vault: Vault) -> None:
    path = tmp_path / "haberdar.db"
    with pytest.raises(StoreError, match="there is no database yet"):
        await Database.open(f"sqlite:///{path}", vault=vault, read_only=True)
    assert not path.exists()


async def test_a_new_file_and_its_log_are_the_owners_alone(tmp_path: Path, vault: Vault) -> None:
    path = tmp_path / "data" / "haberdar.db"
    opened = await Database.open(f"sqlite:///{path}", vault=vault)
    rights = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    await opened.close()
    assert rights == {"haberdar.db": 0o600, "haberdar.db-wal": 0o600, "haberdar.db-shm": 0o600}


async def test_a_path_with_odd_characters_is_a_path(tmp_path: Path, vault: Vault) -> None:
    path = tmp_path / "a ?b#c%20d é" / "haberdar.db"
    opened = await Database.open(f"sqlite+aiosqlite:///{path}".replace("?", "%3F"), vault=vault)
    await opened.close()
    assert path.parent.parent == tmp_path


@pytest.mark.parametrize(
    ("make", "words"),
    [
        pytest.param(lambda path: path.write_bytes(b"not a database at all" * 400), "damaged", id="another file"),
        pytest.param(lambda path: path.parent.rmdir() or path.parent.write_text("x"), "cannot be made", id="no folder"),
    ],
)
async def test_a_file_that_is_no_database_is_named_in_one_line(
    tmp_path: Path, vault: Vault, make: object, words: str
) -> None:
    path = tmp_path / "data" / "haberdar.db"
    path.parent.mkdir()
    make(path)  # type: ignore[operator]  # the case's own way to spoil it
    with pytest.raises(StoreError, match=words) as caught:
        await Database.open(f"sqlite:///{path}", vault=vault)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


async def test_a_full_disk_is_said_and_nothing_is_kept(tmp_path: Path, vault: Vault) -> None:
    opened = await Database.open(f"sqlite:///{tmp_path / 'haberdar.db'}", vault=vault)

    async def fill() -> None:
        async with opened.write() as tx:
            pages = await tx.scalar(text("PRAGMA page_count"))
            await tx.execute(text(f"PRAGMA max_page_count = {pages}"))
            await Marks(tx).put("a", "x" * 1_000_000)

    try:
        with pytest.raises(StoreError, match="the disk is full"):
            await fill()
        async with opened.read() as tx:
            assert await Marks(tx).get("a") is None
    finally:
        await opened.close()


async def test_a_folder_that_cannot_be_written_is_said(vault: Vault) -> None:
    # Nobody, root neither, may make a file there.
    with pytest.raises(StoreError, match="cannot be made"):
        await Database.open("sqlite:////proc/haberdar/haberdar.db", vault=vault)
    with pytest.raises(StoreError, match="the data folder cannot be written"), hold_lock(Path("/proc/haberdar")):
        pass


@pytest.mark.parametrize(
    "url",
    ["mysql://a:secret@b/c", "nonsense", "sqlite://", "sqlite:///:memory:", ""],
)
async def test_an_address_of_no_database_of_ours_is_refused_without_showing_it(url: str, vault: Vault) -> None:
    with pytest.raises(StoreError, match="address cannot be read") as caught:
        await Database.open(url, vault=vault)
    assert "secret" not in str(caught.value)


async def test_a_postgresql_that_does_not_answer_is_named_without_its_password(vault: Vault) -> None:
    with pytest.raises(StoreError, match="cannot be reached") as caught:
        await Database.open("postgresql://haberdar:hunter2@127.0.0.1:1/news", vault=vault)
    assert "hunter2" not in str(caught.value)
    assert "127.0.0.1" in str(caught.value)
    assert "\n" not in str(caught.value)


async def test_a_database_error_shows_no_values(database: Database) -> None:
    async def twice() -> None:
        async with database.write() as tx:
            for _ in range(2):
                await tx.execute(insert(marks).values(key="a secret", value="another secret"))

    with pytest.raises(StoreError, match="written twice") as caught:
        await twice()
    assert "(a secret)" not in "".join(format_exception(caught.value))


async def test_a_folder_is_held_by_one_process(tmp_path: Path) -> None:
    with hold_lock(tmp_path), pytest.raises(StoreError, match="another Haberdar"), hold_lock(tmp_path):
        pass
    with hold_lock(tmp_path):
        pass


async def test_giving_back_memory_disturbs_nobody(database: Database) -> None:
    async with database.write() as tx:
        await Marks(tx).put("a", "1")
    async with database.read() as tx:
        await database.relax()
        assert await Marks(tx).get("a") == "1"


async def test_no_connection_holds_what_it_wrote(tmp_path: Path, vault: Vault) -> None:
    used = ctypes.CDLL(_sqlite3.__file__).sqlite3_memory_used
    used.restype = ctypes.c_longlong
    opened = await Database.open(f"sqlite:///{tmp_path / 'haberdar.db'}", vault=vault)
    before = used()
    async with opened.write() as tx:
        await Marks(tx).put("a", "x" * 20_000_000)
    async with opened.write() as tx:
        await tx.execute(text("DELETE FROM marks WHERE key = 'a'"))
    await opened.relax()
    held = used() - before
    await opened.close()
    assert held < 5_000_000


async def test_scrubbing_empties_the_log(tmp_path: Path, vault: Vault) -> None:
    path = tmp_path / "haberdar.db"
    opened = await Database.open(f"sqlite:///{path}", vault=vault)
    async with opened.write() as tx:
        await Marks(tx).put("a", "unmistakable")
    async with opened.write() as tx:
        await tx.execute(text("DELETE FROM marks WHERE key = 'a'"))
    await opened.scrub()
    kept = path.read_bytes() + path.with_name("haberdar.db-wal").read_bytes()
    await opened.close()
    assert b"unmistakable" not in kept
