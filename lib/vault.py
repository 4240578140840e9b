"""Secrets at rest: Fernet tokens (AES-128-CBC with HMAC-SHA256), several keys for rotation."""

from collections.abc import Sequence

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

    def is_current(self, token: str) -> bool:
        """Return whether a token was made with the first key, so that the others are not needed for it."""
        try:
            self._current.decrypt(token.encode())
        except InvalidToken:
            return False
        return True

    def decrypt(self, token: str) -> str:
        """Return the secret.

        :raise SecretUnreadable: the token is damaged or was made with a key that is not known any more
        """
        try:
            return self._fernet.decrypt(token.encode()).decode()
        except InvalidToken:
            raise SecretUnreadable("made with another encryption key") from None
