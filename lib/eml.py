"""Writes a mail as a file that every mail program opens."""

import re
from dataclasses import dataclass
from email import policy
from email.encoders import encode_base64
from email.header import Header
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import formataddr

from .addresses import read_addresses

#: header fields that hold addresses
ADDRESS_FIELDS = ("From", "To", "Cc", "Reply-To")
#: types whose content is not to be taken for parts of the mail itself
_STRUCTURED = ("message", "multipart")
_WIRE = policy.compat32.clone(linesep="\r\n")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file in a mail.

    :param content_id: by which the text shows it as an image; empty for others
    """

    name: str
    mimetype: str
    content: bytes
    content_id: str = ""


def as_eml(fields, html, attachments=()):
    """Return a mail in the format of RFC 5322.

    Whatever is in the values, nothing becomes a header field of its own, and nothing raises.

    :param dict fields: header fields by their names; empty values are left out
    :param str html: the text
    :param attachments: iterable of :class:`Attachment`
    :rtype: bytes
    """
    mail = MIMEMultipart("related" if any(one.content_id for one in attachments) else "mixed")
    for name, value in fields.items():
        value = _one_line(value)
        if value:
            mail[name] = _addresses(value) if name in ADDRESS_FIELDS else _text(value)
    mail.attach(MIMEText(_encodable(html), "html", "utf-8"))
    for attachment in attachments:
        mail.attach(_part(attachment))
    return mail.as_bytes(policy=_WIRE)


def file_name(date, subject, number):
    """Return a name for the file of a mail that every system accepts.

    :param date: a datetime
    :param int number: tells apart two mails of the same moment
    """
    subject = re.sub(r"[^\w .,()@+-]+", "_", _one_line(subject or ""))[:60].strip(" ._")
    return " ".join(filter(None, [f"{date:%Y-%m-%d %H%M}", subject, f"({number}).eml"]))


def _part(attachment):
    maintype, _slash, subtype = attachment.mimetype.partition("/")
    if (
        not re.fullmatch(r"[\w.+-]+/[\w.+-]+", attachment.mimetype, re.ASCII)
        or maintype in _STRUCTURED
    ):
        maintype, subtype = "application", "octet-stream"
    part = MIMEBase(maintype, subtype)
    part.set_payload(attachment.content)
    encode_base64(part)
    name = _one_line(attachment.name)
    filename = name if name.isascii() else ("utf-8", "", name)
    part.add_header(
        "Content-Disposition",
        "inline" if attachment.content_id else "attachment",
        filename=filename,
    )
    if attachment.content_id:
        part["Content-ID"] = f"<{_one_line(attachment.content_id)}>"
    return part


def _addresses(value):
    people = []
    for one in read_addresses(value):
        try:
            people.append(formataddr((one.name, one.email), "utf-8"))
        except UnicodeError:
            people.append(_text(f"{one.name} <{one.email}>"))
    return ", ".join(filter(None, people)) or _text(value)


def _text(value):
    return value if value.isascii() else Header(value, "utf-8").encode()


def _one_line(value):
    return " ".join(_encodable(value).split())


def _encodable(value):
    """Return a text without the halves of characters, which no file can hold."""
    return str(value or "").encode("utf-8", "replace").decode("utf-8")
