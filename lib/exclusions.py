"""Entries of the lists of addresses and domains that people type: what is never synced, and which
domains are the company's own.
"""

import re
from collections.abc import Collection

from email_validator import EmailNotValidError, validate_email

from .addresses import domain_of, read_addresses, spellings

_AROUND_DOMAIN = re.compile(r"^(?:[a-z]+://)?[*@.]*|/.*$")


class NoEntry(ValueError):
    """The text is neither an address nor a domain."""


class TooWide(ValueError):
    """It is the end of a domain, such as ``com``: half of the world's mail."""


def read_entry(text: str) -> str:
    """Return the address or domain that somebody typed, as addresses are compared.

    An address may have a name; a domain may be written ``example.com``, ``@example.com``,
    ``*@*.example.com`` or as a link.

    :raise NoEntry: it is neither
    :raise TooWide: it is a domain of one word
    """
    text = text.strip().lower()
    found = read_addresses(text)
    if found and not text.startswith(("*", "@")):
        if len(found) > 1:
            raise NoEntry(text)
        return _checked(found[0].email)
    return read_domain(text)


def read_domain(text: str) -> str:
    """Return the domain that somebody typed.

    :raise NoEntry: it is none
    :raise TooWide: it has one word only
    """
    domain = _AROUND_DOMAIN.sub("", text.strip().lower())
    _checked(f"x@{domain}")
    if "." not in domain:
        raise TooWide(domain)
    return domain


def _checked(address: str) -> str:
    try:
        # syntax only: the end lets internal names pass, such as server.local
        validate_email(f"{address}.com", check_deliverability=False)
    except EmailNotValidError as error:
        raise NoEntry(address) from error
    return address


def covering(email: str, addresses: Collection[str], domains: Collection[str]) -> str:
    """Return the entry that covers an address: itself, its domain or a parent of that; else ''.

    :param addresses: entries that are addresses
    :param domains: entries that are domains; each holds for what is below it
    """
    for form in spellings(email):
        if form in addresses:
            return form
        if domains:
            domain = domain_of(form)
            while domain:
                if domain in domains:
                    return domain
                domain = domain.partition(".")[2]
    return ""
