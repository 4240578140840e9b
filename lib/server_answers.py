"""What servers say, and what they mean by it: refusals by response code (RFC 5530) and by
well-known texts.

Servers agree on few codes, and the largest providers put the decisive word into the text. So texts
are looked at first, in the order of the table; each row names who says it.
"""

import re

from .answers import Status
from .errors import (
    AppPasswordNeeded,
    CommandRefused,
    FolderGone,
    ImapDisabled,
    LoginRefused,
    ServerUnavailable,
    SyncError,
    Throttled,
    TlsFailed,
    TooManyConnections,
)

_LONGEST_TEXT = 300

#: (pattern on the whole text, what it means); the first that matches wins
_TEXTS: tuple[tuple[str, type[SyncError]], ...] = (
    # Gmail, Yahoo, mail.ru, iCloud; 163, 126 and QQ call theirs "authorization code"
    (r"appli?cation[- ]?(specific )?password|app[- ](specific )?password", AppPasswordNeeded),
    (r"author?i[sz](ed|ation) code|reqcode", AppPasswordNeeded),
    # 163 and 126, before SELECT, for clients that it does not trust
    (r"unsafe login", AppPasswordNeeded),
    # Gmail; Outlook and Microsoft 365 where only OAuth is left
    (r"web login required|log ?in (via|with|through) your (web )?browser", AppPasswordNeeded),
    (r"basic ?auth(entication)? ?(is )?(blocked|disabled)", AppPasswordNeeded),
    # Yandex does not tell which of the two it is
    (r"invalid credentials or imap is disabled", LoginRefused),
    # Zoho, Gmail ("not enabled for IMAP use"), GMX and web.de, Exchange, Yandex
    (
        (
            r"(imap|pop3?/imap)\b.{0,60}\b"
            r"(disabled|deactivated|not (been )?(enabled|activated|allowed))"
        ),
        ImapDisabled,
    ),
    (
        r"(not|yet to|please) (be )?(enabled?|activated?) (for )?(the )?imap|enable imap",
        ImapDisabled,
    ),
    # Gmail, Dovecot (mail_max_userip_connections), Courier, Zoho, Exchange
    (
        r"too many (simultaneous |concurrent |open )?(imap )?(connections|sessions)",
        TooManyConnections,
    ),
    (
        r"(maximum|max\.?) (number of |allowed )?(simultaneous )?(connections|sessions)",
        TooManyConnections,
    ),
    (r"connection (count|limit|rate).{0,30}(exceeded|reached)", TooManyConnections),
    # Exchange Online: "BAD Request is throttled. Suggested Backoff Time: 5000 milliseconds";
    # Gmail; Yahoo
    (
        r"throttl|suggested backoff|rate.?limit|bandwidth limit|(login )?frequency limited",
        Throttled,
    ),
    (
        r"too many (bad |failed |invalid )?(login|auth\w*|requests|commands|attempts|failures)",
        Throttled,
    ),
    # Exchange: the token, the licence or the number of connections; comes and goes
    (r"authenticated but not connected", ServerUnavailable),
    (
        r"server (is )?(temporarily )?(unavailable|busy|not available)|service (is )?unavailable",
        ServerUnavailable,
    ),
    (r"temporar(y|ily)|try again|internal (server )?error|backend error", ServerUnavailable),
    # Gmail, Yahoo, QQ, 163 and others, also where the code is only ALERT
    (
        r"invalid (credentials|login|user ?name|password)|(log ?in|password) (error|fail)",
        LoginRefused,
    ),
    # Exchange, Cyrus and Courier, when an examined folder is not there
    (
        (
            r"(mailbox|folder) (does not exist|doesn't exist|not found)|"
            r"(unknown|no such) (mailbox|folder)"
        ),
        FolderGone,
    ),
)
_COMPILED_TEXTS = tuple((re.compile(pattern, re.IGNORECASE), kind) for pattern, kind in _TEXTS)

#: RFC 5530 unless another source is named
_CODES: dict[bytes, type[SyncError]] = {
    b"UNAVAILABLE": ServerUnavailable,
    b"SERVERBUG": ServerUnavailable,
    b"INUSE": ServerUnavailable,
    b"AUTHENTICATIONFAILED": LoginRefused,
    b"AUTHORIZATIONFAILED": LoginRefused,
    b"EXPIRED": LoginRefused,
    b"PRIVACYREQUIRED": TlsFailed,
    b"LIMIT": Throttled,
    b"NONEXISTENT": FolderGone,
    b"WEBALERT": AppPasswordNeeded,  # Gmail: a page where the owner has to act
    b"THROTTLED": Throttled,  # Gmail
    # Gmail: too many bytes or commands; what only reads cannot fill the mailbox itself
    b"OVERQUOTA": Throttled,
}

#: (pattern with the number, seconds per unit)
_DELAYS = (
    (re.compile(r"backoff time: *(\d{1,9}) *(?:ms|milliseconds)", re.IGNORECASE), 0.001),
    (re.compile(r"(?:again|retry)(?: after| in)? *:?(\d{1,9}) *s", re.IGNORECASE), 1.0),
    (re.compile(r"(?:again|retry)(?: after| in)? *:?(\d{1,9}) *min", re.IGNORECASE), 60.0),
)
_LONGEST_DELAY = 24 * 3600.0


def classify(
    status: Status, *, otherwise: type[SyncError] = CommandRefused, signed_in: bool = False
) -> SyncError:
    """The typed failure that a NO, BAD or BYE stands for.

    :param otherwise: what it is when neither text nor code is known
    :param signed_in: the password was accepted before: what expired is the session (Gmail ends it
        after an hour), and what is not authorised is a folder
    :returns: not raised, so that the caller's own line shows in a traceback
    """
    known = (kind for pattern, kind in _COMPILED_TEXTS if pattern.search(status.text))
    kind = next(known, None) or _CODES.get(status.code, otherwise)
    if signed_in and kind is LoginRefused:
        kind = otherwise
    return kind(status.text, retry_after=_delay(status.text))


def _delay(text: str) -> float | None:
    """Seconds that the server asks to wait, if it names them."""
    for pattern, unit in _DELAYS:
        found = pattern.search(text)
        if found:
            return min(int(found[1]) * unit, _LONGEST_DELAY)
    return None


def readable(text: bytes, secrets: tuple[str, ...] = ()) -> str:
    """What a server said, fit for an error: one line, no control characters, no secrets, not too
    long.
    """
    result = text.decode("utf-8", "replace")
    for secret in secrets:
        result = result.replace(secret, "***")
    result = "".join(character if character.isprintable() else " " for character in result)
    return result.strip()[:_LONGEST_TEXT]
