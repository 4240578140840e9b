"""Recognises an email that was stored when another size was the largest that is copied.

Where the text of a mail is not copied, its digest is that of its Message-ID alone (``lib/identity.py``). So the same
mail has another digest once the limit is another one, and would be stored twice, or come back although somebody deleted
it. Of what is not in Odoo any more the Message-ID is not kept, but its digest.
"""

from odoo.fields import Domain

from ..lib.identity import brief_identity, identity

#: bytes by which copies of one email differ: headers that servers put on top of them
SLACK = 20_000


def known_at_another_limit(emails, mails):
    """Return digest -> email of those mails whose text is copied now and was not when they were stored, or the reverse.

    It takes about the same size besides, else a mail could hide behind a huge one with the same Message-ID.

    :param emails: ``imap.email``, with the context to search in
    :param mails: list of :class:`~.imap_linked_mail.LinkedMail` of which no email has the digest
    """
    wanted = {}
    for mail in mails:
        if mail.mail and mail.facts.message_id:
            wanted.setdefault(identity(mail.facts, None), []).append(mail)
    brief = {}
    for mail in mails:
        if not mail.mail and mail.facts.message_id:
            brief.setdefault(mail.digest, []).append(mail)
    found = {}
    if wanted:
        for email in emails.search_fetch([("digest", "in", list(wanted))], ["digest", "size"]):
            found.update(_of_this_size(email, wanted[email.digest]))
    if brief:
        message_ids = {mail.facts.message_id for same in brief.values() for mail in same}
        domain = Domain("message_id", "in", list(message_ids)) | Domain(
            "brief_digest", "in", list(brief)
        )
        for email in emails.search_fetch(domain, ["message_id", "brief_digest", "size"]):
            digest = email.brief_digest or brief_digest(email)
            found.update(_of_this_size(email, brief[digest]))
    return found


def brief_digest(email):
    """Return the digest that an ``imap.email`` has where its text is not copied; False if it has no Message-ID."""
    return bool(email.message_id) and brief_identity(email.message_id)


def _of_this_size(email, mails):
    return {mail.digest: email for mail in mails if abs(mail.raw.size - email.size) <= SLACK}
