"""Texts without what their readers are not meant to see: logs without secrets, diagnostics without people."""

import re
from collections.abc import Iterable, Mapping

MASK = "***"
ADDRESS = "<address>"
NAME = "<name>"
#: what passwords and tokens are called in the arguments of a call
_SECRET_NAMES = frozenset(
    {"access_token", "client_secret", "id_token", "password", "refresh_token", "secret"}
)
#: the same in the query of a URL; a code is exchanged for tokens
_IN_URL = re.compile(rf"\b({'|'.join(sorted(_SECRET_NAMES))}|code)=[^&\s\"'#]+", re.IGNORECASE)
#: arguments of a call are hardly nested deeper; a log is no place for the rest
_DEEPEST = 12
#: whatever could be an address: in doubt it is taken for one
_ADDRESS = re.compile(r"[^\s<>\"'(),;:\[\]{}=]+@[^\s<>\"'(),;:\[\]{}=]+")
#: shorter names are parts of ordinary words
_SHORTEST_NAME = 3


def _is_secret(name) -> bool:
    """Whether an argument is called like a secret, or like the default of one in a context."""
    return str(name).removeprefix("default_") in _SECRET_NAMES


def without_secrets(value, _depth: int = 0):
    """A copy of the arguments of a call in which values that are named like a secret are masked.

    :param value: of any kind; mappings, lists and tuples are looked into
    """
    if _depth > _DEEPEST:
        return MASK
    if isinstance(value, Mapping):
        return {
            key: MASK if _is_secret(key) and inner else without_secrets(inner, _depth + 1)
            for key, inner in value.items()
        }
    if isinstance(value, (list, tuple)):
        masked = [without_secrets(inner, _depth + 1) for inner in value]
        return masked if isinstance(value, list) else tuple(masked)
    return value


def without_secrets_in_url(text: str) -> str:
    """A text in which the values of secrets in queries of URLs are masked."""
    return _IN_URL.sub(rf"\1={MASK}", text)


def without_people(text: str, names: Iterable[str] = ()) -> str:
    """A text that may be passed on: without addresses, and without names that are known.

    :param names: of people, logins, folders, ...: wherever one of them stands as a word, in any case
    """
    text = _ADDRESS.sub(ADDRESS, text)
    wanted = {name.strip() for name in names if name and len(name.strip()) >= _SHORTEST_NAME}
    for name in sorted(wanted, key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", NAME, text, flags=re.IGNORECASE)
    return text
