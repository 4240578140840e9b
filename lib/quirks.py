"""What single servers do differently, as named switches.

A server is recognised by what it offers, how it greets, and what it answers to ID, never by its host name: domains of
one's own live at large providers too. Everything else in the engine asks for a switch, not for a provider.

What needs no switch, because what is right for these servers is right for all:

* UIDNEXT missing (163, 126, older Courier): see :func:`.folders.examine`.
* Folders listed twice, ``INBOX`` and ``Inbox`` (Zoho): see :func:`.folders.list_folders`.
* ``INBOX.`` before all names and no SPECIAL-USE (Courier): roles by name, see :mod:`.folder_roles`.
* ``FETCH n (RFC822)`` without an answer (iCloud, https://github.com/modern-email/defects/issues/36): only ``BODY[]`` is
  ever asked for.
* ``1:*`` clipped at the UIDs that are there (Cyrus, in VANISHED): ranges end in 4294967295.
* ``BAD Request is throttled. Suggested Backoff Time: N`` (Microsoft 365): see :mod:`.server_answers`.
* ``VANISHED (EARLIER) 1:26183`` for an inbox that was there (seen of a Cyrus): what is said to have vanished is looked
  for before it is believed (``models/imap_known.py``), and the folder is opened again to count (:mod:`.uids`).
* Another UIDVALIDITY every second for a folder that nobody ever opened for writing (Courier): see :mod:`.fingerprint`.
* UIDs that begin anew (Proton Bridge, when it is upgraded): another UIDVALIDITY like any other.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Quirks:
    """Switches; without any, the server does what the standards say.

    :param names: the servers that were recognised, for logs
    :param labels: folders are labels: one message lies in "All Mail" and shows in any number of folders, and tells
        which with its header (``X-GM-MSGID``, ``X-GM-LABELS``)
    :param hidden: capabilities that are offered but do not work
    :param needs_id: opens no folder for clients that do not say who they are, offered or not
    :param partial_view: shows only part of a large folder: what is missing in a listing is not gone. Off once the
        server is asked by UID alone, which shows all of it (:mod:`.uid_only`)
    :param message_limit: most messages that one command may be about; 0: no limit
    :param unavailable_is_local: "Server Unavailable" means this message or this folder, not the server
    :param copies: folders whose raw names begin with one of these hold copies of what lies elsewhere
    """

    names: tuple[str, ...] = ()
    labels: bool = False
    hidden: frozenset[str] = frozenset()
    needs_id: bool = False
    partial_view: bool = False
    message_limit: int = 0
    unavailable_is_local: bool = False
    copies: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Hello:
    """How a server presents itself.

    :param greeting: the text of its greeting
    :param capabilities: upper-case
    :param identity: its answer to ID, upper-case names and values as they came
    """

    greeting: str
    capabilities: frozenset[str]
    identity: Mapping[str, str]

    def says(self, pattern: str) -> bool:
        """Whether greeting, or name or vendor in the answer to ID, match."""
        texts = (self.greeting, self.identity.get("NAME", ""), self.identity.get("VENDOR", ""))
        return any(re.search(pattern, text, re.IGNORECASE) for text in texts)

    def message_limit(self) -> int:
        """The number in MESSAGELIMIT (RFC 9738 section 3.1)."""
        for word in self.capabilities:
            name, _, value = word.partition("=")
            if name == "MESSAGELIMIT" and value.isdigit() and len(value) < 10:
                return int(value)
        return 0


def _gmail(hello: Hello) -> dict | None:
    # https://developers.google.com/gmail/imap/imap-extensions
    return {"labels": True} if "X-GM-EXT-1" in hello.capabilities else None


def _icloud(hello: Hello) -> dict | None:
    # ENABLE QRESYNC is answered without ENABLED, and mail vanishes: https://bugzilla.mozilla.org/show_bug.cgi?id=1747311,
    # https://github.com/Foundry376/Mailspring-Sync/pull/91, https://github.com/jstedfast/MailKit/issues/1871.
    # XAPPLEPUSHSERVICE alone is no sign of it: 163, Yahoo and Fastmail have it too.
    apple = any(word.startswith("X-APPLE-") for word in hello.capabilities)
    if apple or "AUTH=ATOKEN" in hello.capabilities:
        return {"hidden": frozenset({"QRESYNC"})}
    return None


def _yahoo(hello: Hello) -> dict | None:
    # A folder shows its newest 10,000 messages unless UIDONLY (RFC 9586) is enabled, and no command may touch more than
    # MESSAGELIMIT of them (RFC 9738): https://github.com/djc/imap-proto/pull/198,
    # https://github.com/rustmailer/bichon/issues/271. So counts by SEARCH are not those of the folder.
    limit = hello.message_limit()
    if limit or hello.says(r"\bimapgate\b|\byahoo\b"):
        return {"partial_view": True, "message_limit": limit, "hidden": frozenset({"ESEARCH"})}
    return None


def _netease(hello: Hello) -> dict | None:
    # "NO SELECT Unsafe Login" without ID, and IDLE is refused although some of its servers offer it:
    # https://github.com/OfflineIMAP/offlineimap3/issues/71, https://github.com/smiley22/S22.Imap/issues/167
    if "X-CM-EXT-1" in hello.capabilities or hello.says(r"\bcoremail\b"):
        return {"needs_id": True, "hidden": frozenset({"IDLE"})}
    return None


def _exchange(hello: Hello) -> dict | None:
    # "NO Server Unavailable. 15" for a folder or a message that it cannot convert, while all others can be had:
    # https://github.com/OfflineIMAP/offlineimap/issues/291, https://github.com/YetiForceCompany/YetiForceCRM/issues/1038
    return {"unavailable_is_local": True} if hello.says("Microsoft Exchange") else None


def _proton(hello: Hello) -> dict | None:
    # Labels are folders below Labels/, and All Mail has everything once more:
    # https://proton.me/support/labels-in-bridge
    if hello.says(r"\bproton ?mail bridge\b|\bgluon\b"):
        return {"copies": (b"Labels/", b"All Mail")}
    return None


def _cyrus(hello: Hello) -> dict | None:
    # 3.6.1, which Debian 12 has, answers for MAILBOXID with memory that it has freed: other bytes at each look, and now
    # and then a line break, which loses the folder (tests/lib/test_small_servers.py).
    return {"hidden": frozenset({"OBJECTID"})} if hello.says(r"\bCyrus IMAP") else None


_RULES: tuple[tuple[str, Callable[[Hello], dict | None]], ...] = (
    ("gmail", _gmail),
    ("icloud", _icloud),
    ("yahoo", _yahoo),
    ("netease", _netease),
    ("exchange", _exchange),
    ("proton", _proton),
    ("cyrus", _cyrus),
)


def quirks_of(hello: Hello) -> Quirks:
    """The switches for a server; those of several add up (Yahoo behind a proxy that greets as Coremail)."""
    found = Quirks()
    for name, rule in _RULES:
        switches = rule(hello)
        if switches is not None:
            hidden = found.hidden | switches.get("hidden", frozenset())
            found = replace(found, **(switches | {"names": (*found.names, name), "hidden": hidden}))
    return found
