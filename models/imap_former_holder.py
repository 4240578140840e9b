"""Mail of an address that another contact has by now leaves the contact who had it before.

As long as nobody else has the address, it stays: whoever changes employer keeps their history.
"""

from odoo.tools import email_normalize

from ..lib.addresses import spellings


def leave_former_holders(env, addresses):
    """Take emails off contacts to whom they do not belong any more, where they stand on the right one already.

    An email stands on a contact because of an address, or because somebody put it there by hand; the latter stays.

    :param env: with all rights
    :param addresses: normalised addresses that contacts have now
    """
    holders = env["res.partner"].search([("email_normalized", "in", list(addresses))])
    rightly = _entries(env, [("res_id", "in", holders.ids)]).filtered(_belongs)
    elsewhere = _entries(env, [("imap_email_id", "in", rightly.imap_email_id.ids)]) - rightly
    elsewhere = elsewhere.filtered(lambda entry: not _belongs(entry))
    emails = elsewhere.imap_email_id
    by_hand, free = _put_by_hand(env, emails), _with_free_addresses(env, emails)
    elsewhere.filtered(
        lambda entry: (
            entry.imap_email_id not in free
            and (entry.imap_email_id.id, entry.res_id) not in by_hand
        )
    ).unlink()


def _entries(env, domain):
    """Return chatter entries of emails on contacts."""
    return env["mail.message"].search_fetch(
        [
            ("model", "=", "res.partner"),
            ("imap_email_id", "!=", False),
            ("imap_stub", "=", False),
            *domain,
        ],
        ["imap_email_id", "res_id"],
    )


def _put_by_hand(env, emails):
    """Return the (email id, contact id) that people decided about."""
    links = env["imap.link"].search([("email_id", "in", emails.ids), ("model", "=", "res.partner")])
    return {(link.email_id.id, link.res_id) for link in links}


def _with_free_addresses(env, emails):
    """Return those of some emails in which an address of nobody's takes part: it may be why a contact has the email."""
    addresses = {
        form for email in emails for one in email.addresses or () for form in spellings(one)
    }
    contacts = env["res.partner"].search_fetch(
        [("email_normalized", "in", list(addresses))], ["email_normalized"]
    )
    mailboxes = env["imap.connection"].search_fetch([], ["email"])
    known = {*contacts.mapped("email_normalized"), *map(email_normalize, mailboxes.mapped("email"))}
    return emails.filtered(
        lambda email: any(known.isdisjoint(spellings(one)) for one in email.addresses or ())
    )


def _belongs(entry):
    """Say whether the contact of an entry takes part in its email."""
    contact = entry.env["res.partner"].browse(entry.res_id)
    address = contact.email_normalized
    return bool(address) and not set(spellings(address)).isdisjoint(
        entry.imap_email_id.addresses or ()
    )
