"""Names of hosts, before anything is done with them: they come from what somebody typed, and from strangers."""

import re

_LONGEST = 253
_NAME = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?!\d+\Z)[a-z0-9][a-z0-9-]{0,61}[a-z0-9]\Z"
)


def host_name(text: str) -> str | None:
    """The name in the form that DNS knows (lower case, ASCII); None for addresses, single words and nonsense."""
    name = text.strip().rstrip(".").lower()
    if len(name) > _LONGEST:
        return None
    if not name.isascii():
        try:
            name = name.encode("idna").decode("ascii")
        except UnicodeError:
            return None
    return name if len(name) <= _LONGEST and _NAME.match(name) else None


def domain_of(email: str) -> str | None:
    """The domain of an address; None if it has none that a mail server could be found for."""
    local, _at, domain = email.rpartition("@")
    return host_name(domain) if local else None


def is_within(host: str, domain: str) -> bool:
    """Whether a host belongs to a domain."""
    return host == domain or host.endswith(f".{domain}")
