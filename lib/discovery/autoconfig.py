"""The settings that domains publish for mail programs, in the format that Thunderbird made common
(https://benbucksch.github.io/autoconfig-spec/draft-ietf-mailmaint-autoconfig.html).

Asked is the domain itself. There is a public collection for all others as well, which would learn who uses Odoo with
which provider: it is left alone.
"""

import re
from urllib.parse import quote
from xml.etree import ElementTree

from ..account import NetworkPolicy, Security
from ..network import Deadline
from .found import Found, Source
from .host_names import host_name
from .https import fetch

#: what is never offered: a password without encryption
_SECURITY = {"SSL": Security.SSL, "STARTTLS": Security.STARTTLS}
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_LONGEST_LOGIN = 320


def addresses(email: str, domain: str) -> tuple[str, ...]:
    """Where a domain may keep its settings, the better place first."""
    return (
        f"https://autoconfig.{domain}/mail/config-v1.1.xml?emailaddress={quote(email)}",
        f"https://{domain}/.well-known/autoconfig/mail/config-v1.1.xml",
    )


def look_at(
    url: str, email: str, domain: str, policy: NetworkPolicy, deadline: Deadline
) -> Found | None:
    """The server that the settings at an address name, if there are any."""
    data = fetch(url, policy, deadline, private=(email, domain))
    return read(data, email) if data else None


def read(data: bytes, email: str) -> Found | None:
    """The first server in the settings that can be used; None for anything that is not such a file."""
    try:
        root = ElementTree.fromstring(data, ElementTree.XMLParser(target=_Builder()))
    except (ElementTree.ParseError, ValueError, LookupError):
        return None
    servers = root.iterfind(".//{*}incomingServer[@type='imap']")
    return next(filter(None, (_server(element, email) for element in servers)), None)


def _server(element: ElementTree.Element, email: str) -> Found | None:
    host = host_name(_value(element, "hostname", email))
    security = _SECURITY.get(_value(element, "socketType", email).upper())
    port = _value(element, "port", email)
    if not host or not security or not (port.isascii() and port.isdigit() and len(port) <= 5):
        return None
    if not 0 < int(port) < 65536:
        return None
    login = _value(element, "username", email)
    if not login or len(login) > _LONGEST_LOGIN or _CONTROL.search(login):
        login = email
    return Found(Source.SETTINGS, host, int(port), security, login)


def _value(element: ElementTree.Element, name: str, email: str) -> str:
    text = (element.findtext(f"{{*}}{name}") or "").strip()
    local, _at, domain = email.rpartition("@")
    for placeholder, value in (
        ("%EMAILADDRESS%", email),
        ("%EMAILLOCALPART%", local),
        ("%EMAILDOMAIN%", domain),
    ):
        text = text.replace(placeholder, value)
    return text


class _Builder(ElementTree.TreeBuilder):
    """Without document types there are no entities, which make a few bytes gigabytes or fetch other files."""

    def doctype(self, *_args) -> None:
        raise ValueError("a document type")
