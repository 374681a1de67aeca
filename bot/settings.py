"""Every setting, from `config/haberdar.toml` and `HABERDAR_*`, as one frozen value made once."""

import os
import re
import tomllib
from io import StringIO
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from dotenv import dotenv_values
from dotenv.parser import parse_stream
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from digests.errors import HaberdarError

DEFAULT_CONFIG = Path("config/haberdar.toml")
DOTENV = Path(".env")
_PREFIX = "HABERDAR_"
_OWNER = re.compile(r"telegram:-?\d+|slack:[TE][A-Z0-9]*/[UW][A-Z0-9]*")
SECRETS = (
    "telegram_token",
    "slack_bot_token",
    "slack_app_token",
    "secret_key",
    "model_key",
    "database_url",
)
"""Settings whose value is never shown, and each of which may also stand in a file that `..._FILE` names."""


class SettingError(HaberdarError):
    """A setting is wrong: its text names where it stands, what was found and what is allowed, and no secret."""


class Settings(BaseSettings):
    """What the person who runs Haberdar has chosen; flat keys, the same in file and environment."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, frozen=True, extra="forbid", env_ignore_empty=True)

    data_dir: Path = Path("var")
    database_url: SecretStr | None = None
    seeds_dir: Path = Path("seeds")
    names_file: Path = Path("config/names.toml")
    feeds_file: Path = Path("config/feeds.opml")
    allow_networks: str = ""
    poll_seconds: Annotated[int, Field(ge=1, le=86_400)] = 120
    telegram_token: SecretStr | None = None
    telegram_api: str = "https://api.telegram.org/bot"
    slack_bot_token: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    slack_api: str = "https://slack.com/api/"
    owners: Annotated[tuple[str, ...], NoDecode] = ()
    access: Literal["invited", "anyone"] = "invited"
    proxy_sources: str | None = None
    channel_host: str = "https://t.me"
    proxy_telegram: str | None = None
    secret_key: SecretStr | None = None
    model_url: str | None = None
    model_key: SecretStr | None = None
    model_name: str = ""
    log: Literal["text", "json"] = "text"

    @field_validator("owners", mode="before")
    @classmethod
    def _split_owners(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(part.strip() for part in value.split(",") if part.strip())

    @field_validator("owners")
    @classmethod
    def _check_owners(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for owner in value:
            if not _OWNER.fullmatch(owner):
                raise ValueError('write owners as "telegram:123" or "slack:T1/U2", parted by commas')
        return value

    @field_validator("telegram_token", "slack_bot_token", "slack_app_token")
    @classmethod
    def _check_token(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None:
            return None
        token = value.get_secret_value().strip()
        if not token or any(char.isspace() or char == "/" for char in token):
            raise ValueError("this is no token; copy it anew, without blanks")
        return SecretStr(token)

    @field_validator("telegram_api", "slack_api", "channel_host")
    @classmethod
    def _check_address(cls, value: str) -> str:
        if not _is_address(value):
            raise ValueError("write an address that begins with https://")
        return value

    @field_validator("model_url")
    @classmethod
    def _check_model(cls, value: str | None) -> str | None:
        if value and not _is_address(value):
            raise ValueError("write the address of a model's endpoint, as http://127.0.0.1:8000/v1/chat/completions")
        return value or None

    @field_validator("proxy_sources", "proxy_telegram")
    @classmethod
    def _check_proxy(cls, value: str | None) -> str | None:
        if value and not _is_address(value):
            raise ValueError("write a proxy as http://host:port")
        return value or None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the library's signature
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Return where settings come from, the strongest first: environment, `.env`, the file."""
        config = config_file()
        file = (TomlConfigSettingsSource(settings_cls, toml_file=config),) if config else ()
        # The library's reader of .env refuses every line that is not ours, also those that compose reads.
        wanted = getattr(dotenv_settings, "env_file", None)
        dotenv = InitSettingsSource(settings_cls, init_kwargs=_from_dotenv() if wanted else {})
        return (init_settings, env_settings, dotenv, *file)

    def has_service(self) -> bool:
        """Tell whether a chat service is set up."""
        return self.telegram_token is not None or self.slack_bot_token is not None

    def database_file(self) -> Path | None:
        """Return the file of the embedded database; None where a PostgreSQL is set."""
        if self.database_url is not None:
            return sqlite_file(self.database_url.get_secret_value())
        return self.data_dir.absolute() / "haberdar.db"

    def held_folders(self) -> tuple[Path, ...]:
        """Return the folders in which one process at a time may work: that of the data, and that of the database."""
        file = self.database_file()
        return (self.data_dir,) if file is None else (self.data_dir, file.parent)

    def database(self) -> str:
        """Return the database's address: the one set, else SQLite in the data folder."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite+aiosqlite:///{self.database_file()}"


def sqlite_file(url: str) -> Path | None:
    """Return the file that a database's address names; None for that of a PostgreSQL.

    >>> sqlite_file("sqlite:////srv/haberdar.db"), sqlite_file("postgresql://host/haberdar")
    (PosixPath('/srv/haberdar.db'), None)
    """
    kind, _, path = url.partition(":///")
    is_file = kind.partition("+")[0] == "sqlite" and path
    return Path(path.partition("?")[0]).absolute() if is_file else None


def config_file() -> Path | None:
    """Return the settings file: the one HABERDAR_CONFIG names, else the default if it is there."""
    named = _outside("HABERDAR_CONFIG")
    if named:
        return Path(named)
    return DEFAULT_CONFIG if DEFAULT_CONFIG.exists() else None


def load(**given: object) -> Settings:
    """Return the settings, `given` ones first; raise `SettingError` in one line for the first that is wrong."""
    config = config_file()
    if config is not None and not config.is_file():
        raise SettingError(f"HABERDAR_CONFIG: there is no file {config}; name one, or unset it")
    try:
        return Settings(_env_file=DOTENV, **(_secrets_from_files() | given))  # type: ignore[arg-type]
    except ValidationError as error:
        raise SettingError(_first_fault(error, config)) from None
    except tomllib.TOMLDecodeError as error:
        raise SettingError(f"{config}: this is not TOML ({error}); mend that line") from None
    except UnicodeDecodeError:
        raise SettingError(f"{config}: this is not UTF-8 text; save it so") from None
    except OSError as error:
        raise SettingError(f"{config}: cannot be read ({error.strerror}); mend its rights") from None


def secret(value: SecretStr | None) -> str | None:
    """Return a secret's text, or None where none is set."""
    return value.get_secret_value() if value else None


def unknown_variables() -> tuple[str, ...]:
    """Return the variables of the environment that look like settings and are none: most are misspelt."""
    known = {f"{_PREFIX}{key.upper()}" for key in Settings.model_fields}
    known |= {f"{_PREFIX}{key.upper()}_FILE" for key in SECRETS} | {"HABERDAR_CONFIG"}
    return tuple(sorted(name for name in os.environ if name.startswith(_PREFIX) and name not in known))


def _is_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _outside(variable: str) -> str | None:
    """Return what the environment, else `.env`, sets for a variable."""
    return os.environ.get(variable) or _dotenv().get(variable)


def _dotenv() -> dict[str, str]:
    """Return our variables of `.env`; empty ones count as not set."""
    try:
        text = DOTENV.read_text(encoding="utf-8") if DOTENV.is_file() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(f"{DOTENV}: cannot be read as UTF-8 text ({type(error).__name__}); mend it") from None
    for part in parse_stream(StringIO(text)):
        if part.error:
            before = part.original.string
            line = part.original.line + before[: len(before) - len(before.lstrip())].count("\n")
            raise SettingError(f"{DOTENV}, line {line}: cannot be read; write NAME=value, or # before a note")
    lines = dotenv_values(stream=StringIO(text))
    return {name: value for name, value in lines.items() if name.startswith(_PREFIX) and value}


def _from_dotenv() -> dict[str, str]:
    """Return the settings of `.env` by their keys, but for those that name a file to read."""
    elsewhere = {"HABERDAR_CONFIG", *(f"{_PREFIX}{key.upper()}_FILE" for key in SECRETS)}
    return {n.removeprefix(_PREFIX).lower(): value for n, value in _dotenv().items() if n not in elsewhere}


def _secrets_from_files() -> dict[str, object]:
    found: dict[str, object] = {}
    for key in SECRETS:
        variable = f"{_PREFIX}{key.upper()}_FILE"
        name = _outside(variable)
        if not name:
            continue
        try:
            found[key] = Path(name).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
            raise SettingError(f"{variable}: {name} cannot be read ({why}); name a readable file") from None
    return found


def _first_fault(error: ValidationError, config: Path | None) -> str:
    fault = error.errors(include_url=False, include_input=True)[0]
    key = str(fault["loc"][0]) if fault["loc"] else "settings"
    where = _where(key, config)
    why = str(fault["msg"]).removeprefix("Value error, ")
    if fault["type"] == "extra_forbidden":
        return f"{where}: there is no such setting; see config/haberdar.toml for those there are"
    found = "" if key in SECRETS else f" (found {fault['input']!r})"
    return f"{where}: {why[:1].lower()}{why[1:]}{found}"


def _where(key: str, config: Path | None) -> str:
    variable = f"{_PREFIX}{key.upper()}"
    if os.environ.get(f"{variable}_FILE"):
        return f"environment, {variable}_FILE"
    if os.environ.get(variable):
        return f"environment, {variable}"
    if _dotenv().keys() & {variable, f"{variable}_FILE"}:
        return f"{DOTENV}, {variable}"
    return f"{config or 'settings'}, {key}"
