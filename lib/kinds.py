"""Who or what wrote a mail: a person, a mailing list, a program, or a mail server that could not
deliver.

Told from header fields alone, so that nothing else of such mail has to be fetched. A mail may be
several of these; :mod:`.match` says which one counts.
"""

import re
from collections.abc import Iterable, Mapping
from enum import Enum

from .roles import is_no_reply

#: The header fields that tell, besides From and Sender.
KIND_FIELDS = (
    "Content-Type",
    "Return-Path",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "X-Autoreply",
    "X-Autorespond",
    "X-Failed-Recipients",
    "Precedence",
    "List-Id",
    "List-Post",
    "List-Unsubscribe",
    "Feedback-ID",
)

_LIST_ID = re.compile(r"<([^<>]*)>")
_REPORT_TYPE = re.compile(r"report-type\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)
_MAIL_SERVER = re.compile(
    r"(?:mail(?:er)?-daemon|mdaemon|mail\W?delivery\W?(?:sub)?system)@", re.IGNORECASE
)
_POSTMASTER = re.compile(r"postmaster@", re.IGNORECASE)
#: as Exchange, SMTP32, Domino and others name a report of theirs that has no form of its own
_NOT_DELIVERED = re.compile(
    r"undeliver|not be delivered|returned mail|(?:non-?|mail |message )delivery"
    r"|delivery\W+(?:status|failure|failed|report|error|warning|problem)|failed mail|failure notice",
    re.IGNORECASE,
)

#: unfolded, decoded fields by lower-case name
Fields = Mapping[bytes, str]


class Kind(Enum):
    """What a mail is. The codes are stored: never change one."""

    PERSON = "person"
    BULK = "bulk"
    AUTOMATED = "automated"
    BOUNCE = "bounce"


def list_id(fields: Fields) -> str:
    """Return the identifier of the mailing list (RFC 2919), lower case, '' if there is none."""
    value = fields.get(b"list-id", "")
    found = _LIST_ID.search(value)
    return (found.group(1) if found else value).strip().lower()


def is_bulk(fields: Fields) -> bool:
    """Whether a mailing list or newsletter says so of itself (RFC 2919, RFC 2369, Precedence,
    Feedback-ID).
    """
    return _precedence(fields) in ("bulk", "list", "junk") or any(
        name in fields for name in (b"list-id", b"list-unsubscribe", b"list-post", b"feedback-id")
    )


def is_automated(fields: Fields, senders: Iterable[str]) -> bool:
    """Whether a program wrote the mail (RFC 3834), or one that nobody reads answers to: notices,
    absence notices, receipts, reports of abuse (RFC 5965), bounces.

    :param senders: addresses
    """
    submitted = fields.get(b"auto-submitted", "no").partition(";")[0].strip().lower()
    return (
        submitted not in ("no", "")
        or _suppresses_answers(fields)
        or b"x-autoreply" in fields
        or b"x-autorespond" in fields
        or _precedence(fields) == "auto_reply"
        or _has_no_return_path(fields)
        or fields.get(b"content-type", "").lstrip().lower().startswith("multipart/report")
        or any(map(is_no_reply, senders))
    )


def is_bounce(fields: Fields, senders: Iterable[str], subject: str) -> bool:
    """Whether a mail server tells that it could not deliver, or not yet (RFC 3464).

    An empty Return-Path alone says nothing: absence notices have it too. Nor does a subject alone:
    people forward and ask about such mail.

    :param senders: addresses
    :param subject: decoded
    """
    senders = list(senders)
    return (
        b"x-failed-recipients" in fields
        or any(map(_MAIL_SERVER.match, senders))
        or _is_delivery_report(fields, senders)
        or _is_from_mail_server(fields, senders)
        and bool(_NOT_DELIVERED.search(subject))
    )


def _is_delivery_report(fields: Fields, senders: list[str]) -> bool:
    content_type = fields.get(b"content-type", "").lstrip()
    if not content_type.lower().startswith("multipart/report"):
        return False
    if report := _REPORT_TYPE.search(content_type):
        return report.group(1).lower() in ("delivery-status", "global-delivery-status")
    # RFC 6522 section 3 demands the type, yet some servers leave it out
    return _is_from_mail_server(fields, senders)


def _is_from_mail_server(fields: Fields, senders: list[str]) -> bool:
    """Whether a mail may come from a server: from who runs one, or with nobody to answer to."""
    return not senders or _has_no_return_path(fields) or any(map(_POSTMASTER.match, senders))


def _has_no_return_path(fields: Fields) -> bool:
    """Whether nobody wants to hear if it is not delivered (RFC 5321 section 4.5.5); some servers
    write down who they are instead.
    """
    path = fields.get(b"return-path", "").strip().lower()
    return path == "<>" or path.startswith("<mailer-daemon")


def _precedence(fields: Fields) -> str:
    return fields.get(b"precedence", "").strip().lower()


def _suppresses_answers(fields: Fields) -> bool:
    """Whether no program is to answer. OOF alone says less: people who write to many ask for that."""
    words = re.split(r"[\s,;]+", fields.get(b"x-auto-response-suppress", "").lower())
    return "all" in words or "autoreply" in words
