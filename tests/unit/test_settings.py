"""Settings: where they come from, which goes before which, and what is said of a wrong one."""

from pathlib import Path

import pytest

from bot.settings import SECRETS, SettingError, Settings, load, secret, unknown_variables

_TOKEN = "7000000001:AAvery-secret"


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("HABERDAR_NAMES_FILE", "HABERDAR_DATA_DIR", "HABERDAR_SEEDS_DIR", "HABERDAR_CONFIG"):
        monkeypatch.delenv(name, raising=False)


def test_an_empty_folder_has_the_defaults() -> None:
    settings = load()

    assert settings.data_dir == Path("var")
    assert settings.poll_seconds == 120
    assert settings.access == "invited"
    assert not settings.has_service()
    assert settings.database_file() == Path("var/haberdar.db").absolute()


@pytest.mark.parametrize(
    ("url", "file"),
    [
        ("sqlite:////srv/town/haberdar.db", Path("/srv/town/haberdar.db")),
        ("sqlite+aiosqlite:///town/haberdar.db", Path("town/haberdar.db")),
        ("postgresql+asyncpg://host/haberdar", None),
        ("sqlite://", None),
    ],
)
def test_the_folder_of_an_embedded_database_is_held_wherever_it_stands(
    url: str, file: Path | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HABERDAR_DATABASE_URL", url)
    settings = load()

    expected = None if file is None else file.absolute()
    assert settings.database_file() == expected
    assert settings.held_folders() == (Path("var"), *([] if expected is None else [expected.parent]))


def test_the_environment_goes_before_dotenv_and_dotenv_before_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("config").mkdir()
    Path("config/haberdar.toml").write_text('data_dir = "a"\nseeds_dir = "a"\nnames_file = "a"\n')
    Path(".env").write_text("HABERDAR_SEEDS_DIR=b\nHABERDAR_NAMES_FILE=b\n")
    monkeypatch.setenv("HABERDAR_NAMES_FILE", "c")

    settings = load()

    assert (settings.data_dir, settings.seeds_dir, settings.names_file) == (Path("a"), Path("b"), Path("c"))


def test_what_the_command_line_gives_goes_before_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HABERDAR_SEEDS_DIR", "c")

    assert load(seeds_dir=Path("d")).seeds_dir == Path("d")


def test_lines_of_dotenv_that_are_not_ours_are_left_to_others() -> None:
    Path(".env").write_text("COMPOSE_PROJECT_NAME=town\nHABERDAR_LOG=json\nHABERDAR_OWNERS=\n")

    assert load().log == "json"
    assert load().owners == ()


@pytest.mark.parametrize("place", ["environment", ".env"])
@pytest.mark.parametrize("key", SECRETS)
def test_every_secret_may_stand_in_a_file(key: str, place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("kept").write_text(f"{_TOKEN}\n")
    if place == "environment":
        monkeypatch.setenv(f"HABERDAR_{key.upper()}_FILE", "kept")
    else:
        Path(".env").write_text(f"HABERDAR_{key.upper()}_FILE=kept\n")

    assert secret(getattr(load(), key)) == _TOKEN


def test_every_secret_setting_may_stand_in_a_file() -> None:
    hidden = {key for key, info in Settings.model_fields.items() if "SecretStr" in str(info.annotation)}

    assert hidden == set(SECRETS)


def test_no_secret_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HABERDAR_TELEGRAM_TOKEN", _TOKEN)

    assert _TOKEN not in repr(load())
    assert _TOKEN not in str(load())


def test_owners_are_parted_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HABERDAR_OWNERS", " telegram:1, slack:T1/U2 ,")

    assert load().owners == ("telegram:1", "slack:T1/U2")


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        pytest.param("poll_seconds", "often", "valid integer", id="not a number"),
        pytest.param("poll_seconds", "0", "greater than or equal to 1", id="too small a number"),
        pytest.param("access", "all", "'invited' or 'anyone'", id="not one of the choices"),
        pytest.param("owners", "bob", '"telegram:123"', id="an owner without a service"),
        pytest.param("owners", "telegram:lena", '"telegram:123"', id="an owner by a name"),
        pytest.param("owners", "slack:TEAM/YOUR_ID", '"slack:T1/U2"', id="an owner as the example has it"),
        pytest.param("owners", "slack:U2", '"slack:T1/U2"', id="an owner without a workspace"),
        pytest.param("owners", "telegram:", '"telegram:123"', id="an owner without a number"),
        pytest.param("telegram_api", "ftp://x", "https://", id="an address of another kind"),
        pytest.param("slack_api", "https://", "https://", id="an address without a host"),
        pytest.param("proxy_sources", "::x", "http://host:port", id="no proxy"),
        pytest.param("proxy_telegram", "http://[", "http://host:port", id="a broken proxy"),
        pytest.param("telegram_token", "a b", "this is no token", id="a token with a blank"),
        pytest.param("log", "xml", "'text' or 'json'", id="a log of an unknown form"),
    ],
)
def test_a_wrong_setting_is_said_with_its_place_and_what_is_allowed(
    key: str, value: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    variable = f"HABERDAR_{key.upper()}"
    Path(".env").write_text(f"{variable}={value}\n")
    with pytest.raises(SettingError) as in_dotenv:
        load()
    Path(".env").unlink()
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingError) as in_environment:
        load()

    assert str(in_dotenv.value).startswith(f".env, {variable}: ")
    assert str(in_environment.value).startswith(f"environment, {variable}: ")
    assert says in str(in_environment.value)
    assert "\n" not in str(in_environment.value)


def test_a_wrong_secret_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("kept").write_text("AA very secret\n")
    monkeypatch.setenv("HABERDAR_TELEGRAM_TOKEN_FILE", "kept")

    with pytest.raises(SettingError, match="HABERDAR_TELEGRAM_TOKEN_FILE: this is no token") as wrong:
        load()

    assert "very" not in str(wrong.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("poll_second = 3", "poll_second: there is no such setting", id="an unknown key"),
        pytest.param("poll_seconds = [", "this is not TOML", id="no TOML"),
        pytest.param("log = 'ю'".encode("cp1251"), "this is not UTF-8", id="another encoding"),
        pytest.param('poll_seconds = "x"', "poll_seconds: ", id="a wrong value"),
    ],
)
def test_a_wrong_settings_file_is_named(text: str | bytes, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("my.toml").write_bytes(text if isinstance(text, bytes) else text.encode())
    monkeypatch.setenv("HABERDAR_CONFIG", "my.toml")

    with pytest.raises(SettingError) as wrong:
        load()

    assert str(wrong.value).startswith("my.toml")
    assert says in str(wrong.value)


def test_a_file_that_is_named_must_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HABERDAR_CONFIG", "nowhere.toml")
    with pytest.raises(SettingError, match=r"there is no file nowhere\.toml"):
        load()

    monkeypatch.delenv("HABERDAR_CONFIG")
    monkeypatch.setenv("HABERDAR_SECRET_KEY_FILE", "nowhere.key")
    with pytest.raises(SettingError, match=r"HABERDAR_SECRET_KEY_FILE: nowhere\.key cannot be read"):
        load()


def test_a_misspelt_line_of_dotenv_is_named() -> None:
    Path(".env").write_text("HABERDAR_TELEGRAM_TOKN=1\n")

    with pytest.raises(SettingError, match=r"\.env, HABERDAR_TELEGRAM_TOKN: there is no such"):
        load()


def test_a_dotenv_of_another_encoding_is_named() -> None:
    Path(".env").write_bytes("HABERDAR_LOG='ю'".encode("cp1251"))

    with pytest.raises(SettingError, match=r"\.env: cannot be read as UTF-8"):
        load()


def test_variables_that_look_like_ours_and_are_not_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HABERDAR_TELEGRAM_TOKN", "1")
    monkeypatch.setenv("HABERDAR_TELEGRAM_TOKEN_FILE", "kept")

    assert "HABERDAR_TELEGRAM_TOKN" in unknown_variables()
    assert "HABERDAR_TELEGRAM_TOKEN_FILE" not in unknown_variables()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param("HABERDAR_LOG=json\n\nmake serve\n", 3, id="a command"),
        pytest.param('HABERDAR_OWNERS="telegram:1\n', 1, id="a quote that does not end"),
    ],
)
def test_a_line_of_dotenv_that_is_no_setting_is_named_and_not_shown(
    text: str, line: int, capfd: pytest.CaptureFixture[str]
) -> None:
    Path(".env").write_text(text)

    with pytest.raises(SettingError, match=rf"^\.env, line {line}: cannot be read; write NAME=value") as error:
        load()
    assert "telegram:1" not in str(error.value)
    assert capfd.readouterr() == ("", "")
