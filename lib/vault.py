"""Secrets at rest: Fernet tokens (AES-128-CBC with HMAC-SHA256), several keys for rotation."""

from collections.abc import Sequence
from contextlib import suppress

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from .errors import SecretUnreadable


def new_key() -> str:
    """Return a new random key, in the form in which :class:`Vault` takes it."""
    return Fernet.generate_key().decode()


class Vault:
    """Encrypts with the first key, decrypts with any of them.

    :param keys: url-safe base64 of 32 bytes each, the current one first
    :raise ValueError: when a key is malformed; the text does not contain it
    """

    def __init__(self, keys: Sequence[str]):
        try:
            fernets = [Fernet(key) for key in keys]
            self._current, self._fernet = fernets[0], MultiFernet(fernets)
        except ValueError:
            # the cause would carry the key into a traceback
            raise ValueError("The encryption key is not 32 url-safe base64-encoded bytes") from None

    def encrypt(self, secret: str) -> str:
        """Return a printable token that only a holder of the key can read."""
        return self._fernet.encrypt(secret.encode()).decode()

    def age(self, token: str) -> str:
        """Return which key a token was made with: the ``current`` one, an ``old`` one, or one that is ``lost``."""
        for age, fernet in (("current", self._current), ("old", self._fernet)):
            with suppress(InvalidToken):
                fernet.decrypt(token.encode())
                return age
        return "lost"

    def decrypt(self, token: str) -> str:
        """Return the secret.

        :raise SecretUnreadable: the token is damaged or was made with a key that is not known any more
        """
        try:
            return self._fernet.decrypt(token.encode()).decode()
        except InvalidToken:
            raise SecretUnreadable("made with another encryption key") from None
