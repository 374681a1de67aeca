"""What is sealed (chat keys, requests, contents of deliveries), and the only place where secrets are made.

A stolen database file does not tell who is warned of whom: chats are found by a keyed hash, and what names them is
sealed. Names and articles themselves are not sealed: they need an encrypted disk.
"""

import hashlib
import hmac
import os
import secrets
from base64 import urlsafe_b64encode
from contextlib import suppress
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from digests.errors import StoreError

KEY_FILE = "secret.key"

# Letters and digits that are not mistaken for each other on paper; 16 of these are 79 bits.
_CODE_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_CODE_LENGTH = 16
_LEAST_KEY = 16


class Vault:
    """Seals and hashes with keys derived from one secret."""

    def __init__(self, key: str) -> None:
        self._fernet = Fernet(urlsafe_b64encode(_derive(key, b"haberdar seal")))
        self._hash_key = _derive(key, b"haberdar hash")

    def seal(self, text: str) -> str:
        """Return the text encrypted and signed; the same text gives another result each time."""
        return self._fernet.encrypt(text.encode()).decode()

    def unseal(self, sealed: str) -> str:
        """Return what was sealed; `StoreError` when another key sealed it."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise StoreError(WRONG_KEY) from None

    def keyed_hash(self, text: str) -> str:
        """Return 64 hexadecimal digits by which a sealed text is found, and which nobody without the key can make."""
        return hmac.new(self._hash_key, text.encode(), hashlib.sha256).hexdigest()

    def make_code(self) -> str:
        """Return a new invitation code: 16 letters and digits, fit for a link, never made twice."""
        return "".join(secrets.choice(_CODE_LETTERS) for _ in range(_CODE_LENGTH))


WRONG_KEY = (
    "the database was sealed with another key; "
    f"give back the {KEY_FILE} of its data folder, or set HABERDAR_SECRET_KEY as it was"
)


def load_vault(data_dir: Path, key: str | None) -> Vault:
    """Return the vault of a data folder: of the key given, else of its key file, which is made at the first use.

    The file is readable by its owner alone. Whoever loses it loses the chats: it belongs into the backup.
    """
    if key is not None:
        if len(key) < _LEAST_KEY:
            raise StoreError(
                f"HABERDAR_SECRET_KEY is too short; give at least {_LEAST_KEY} characters nobody can guess"
            )
        return Vault(key)
    path = data_dir / KEY_FILE
    try:
        kept = _read_or_make(path)
    except OSError as error:
        raise StoreError(f"{path}: the key cannot be kept ({error.strerror}); make the folder writable") from error
    if len(kept) < _LEAST_KEY:
        raise StoreError(f"{path}: this is no key; give back the one from the backup, or remove data and key together")
    return Vault(kept)


def _derive(key: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(key.encode())


def _read_or_make(path: Path) -> str:
    with suppress(FileNotFoundError):
        return path.read_text(encoding="ascii").strip()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write_once(path, secrets.token_urlsafe(32))
    return path.read_text(encoding="ascii").strip()


def _write_once(path: Path, text: str) -> None:
    """Write a file whole or not at all; one that is there already stays (another process was first)."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
