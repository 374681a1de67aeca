import re
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digests.errors import StoreError
from digests.store.secrets import KEY_FILE, Vault, load_vault

KEY = "a key that is long enough"
VAULT = Vault(KEY)


@settings(deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_what_was_sealed_comes_back(text: str) -> None:
    assert Vault(KEY).unseal(VAULT.seal(text)) == text


def test_a_sealed_text_does_not_show_what_it_is_nor_that_it_is_the_same() -> None:
    assert "Bozdaliev" not in VAULT.seal("Bozdaliev")
    assert VAULT.seal("Bozdaliev") != VAULT.seal("Bozdaliev")


@pytest.mark.parametrize(
    "sealed",
    ["", "nonsense", Vault("quite another, but long enough").seal("x"), VAULT.seal("x")[:-4]],
    ids=["nothing", "no seal", "another key", "cut short"],
)
def test_what_another_key_sealed_is_refused_in_plain_words(sealed: str) -> None:
    with pytest.raises(StoreError, match="sealed with another key"):
        VAULT.unseal(sealed)


def test_a_keyed_hash_is_the_same_for_the_same_key_and_no_other() -> None:
    assert Vault(KEY).keyed_hash("telegram:1") == VAULT.keyed_hash("telegram:1")
    assert re.fullmatch("[0-9a-f]{64}", VAULT.keyed_hash("telegram:1"))
    assert VAULT.keyed_hash("telegram:2") != VAULT.keyed_hash("telegram:1")
    assert Vault("quite another, but long enough").keyed_hash("telegram:1") != VAULT.keyed_hash("telegram:1")


def test_invitation_codes_fit_a_link_and_are_never_alike() -> None:
    codes = {VAULT.make_code() for _ in range(1_000)}
    assert len(codes) == 1_000
    assert all(re.fullmatch("[a-z2-9]{16}", code) for code in codes)


def test_the_key_is_made_once_and_read_by_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    sealed = load_vault(folder, None).seal("x")
    assert load_vault(folder, None).unseal(sealed) == "x"
    assert [path.name for path in folder.iterdir()] == [KEY_FILE]
    assert stat.S_IMODE((folder / KEY_FILE).stat().st_mode) == 0o600


def test_processes_that_make_the_key_at_once_have_the_same(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        vaults = list(pool.map(lambda _: load_vault(tmp_path, None), range(16)))
    assert len({vault.keyed_hash("x") for vault in vaults}) == 1
    assert [path.name for path in tmp_path.iterdir()] == [KEY_FILE]


def test_a_key_given_is_used_and_no_file_is_made(tmp_path: Path) -> None:
    assert load_vault(tmp_path, KEY).keyed_hash("x") == VAULT.keyed_hash("x")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["", "\n", "short"])
def test_a_key_file_that_was_spoilt_is_not_replaced(tmp_path: Path, text: str) -> None:
    (tmp_path / KEY_FILE).write_text(text)
    with pytest.raises(StoreError, match="this is no key"):
        load_vault(tmp_path, None)
    assert (tmp_path / KEY_FILE).read_text() == text


def test_a_key_that_anybody_could_guess_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="HABERDAR_SECRET_KEY is too short"):
        load_vault(tmp_path, "short")


def test_a_folder_that_cannot_be_written_is_named() -> None:
    with pytest.raises(StoreError, match=r"/proc/haberdar/secret\.key: the key cannot be kept"):
        load_vault(Path("/proc/haberdar"), None)
