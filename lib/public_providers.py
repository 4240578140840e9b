"""Mail providers that anybody can have an address with: such a domain is no company's."""

import re
from functools import lru_cache
from pathlib import Path

from .providers import by_domain

_FILE = Path(__file__).with_suffix(".txt")
#: what follows a brand: .de, .co.uk, .com.br
_COUNTRY = re.compile(r"\.(?:[a-z]{2,3}\.)?[a-z]{2,3}$")


@lru_cache(maxsize=1)
def _providers() -> frozenset[str]:
    lines = (line.partition("#")[0].strip() for line in _FILE.read_text("utf-8").splitlines())
    return frozenset(filter(None, lines))


def is_public_provider(domain: str) -> bool:
    """Whether a domain (lower case) is that of a public mail provider, as listed in
    ``public_providers.txt``, or one of the largest that :mod:`.providers` knows.
    """
    listed = domain in _providers() or _COUNTRY.sub(".*", domain) in _providers()
    return listed or by_domain(domain) is not None
