"""When two messages on servers are the same email."""

import hashlib
import re

_TAG = re.compile(r"<[^>]*>")
_SPACE = re.compile(r"\s+")


def identity(facts, mail) -> str:
    """Return the digest that all copies of one email share, over folders and mailboxes.

    The Message-ID alone is not enough: broken programs repeat one for different mails, and whoever knows one
    could hide a mail behind it. Copies differ in their transport headers and in their encoding, never in what
    a reader reads: Message-ID (without one: the header's digest), text, and attachments.

    :param HeaderFacts facts: the header
    :param ParsedMail mail: the parsed body, or None when it was too large to be fetched
    :return: SHA-256, hexadecimal
    """
    digest = _begin(facts.message_id or facts.digest)
    if mail is not None:
        text = mail.body_text or _TAG.sub(" ", mail.body_html)
        digest.update(b"\0" + _SPACE.sub("", text).encode())
        for attachment in mail.attachments:
            digest.update(b"\0" + hashlib.sha256(attachment.content).digest())
    return digest.hexdigest()


def brief_identity(message_id: str) -> str:
    """Return the digest that a mail with this Message-ID has if its text is not copied: that of :func:`identity`
    without a body. SHA-256, hexadecimal."""
    return _begin(message_id).hexdigest()


def _begin(text):
    return hashlib.sha256(text.encode())
