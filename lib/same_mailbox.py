"""Which host and login are one mailbox, however they are spelled."""

from .network import normal_host

#: names under which a provider offers the same mailboxes
_SAME_HOST = {
    "imap.googlemail.com": "imap.gmail.com",
    "imap-mail.outlook.com": "outlook.office365.com",
    "imap.outlook.com": "outlook.office365.com",
    "imap.office365.com": "outlook.office365.com",
}


def mailbox_key(host: str, login: str) -> tuple[str, str]:
    """Return what two accounts have in common if, and only if, they are known to be the same mailbox.

    :param host: name of the server as somebody typed it
    :param login: as somebody typed it; servers do not tell upper from lower case in it, or if they do, nobody has
        two mailboxes by that
    """
    name = _ascii(normal_host(host))
    return _SAME_HOST.get(name, name), login.strip().casefold()


def _ascii(name: str) -> str:
    try:
        return name.encode("idna").decode("ascii")
    except UnicodeError:
        # no name that DNS knows: only the same spelling is the same
        return name
