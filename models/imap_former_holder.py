"""Mail of an address that another contact has by now leaves the contact who had it before.

As long as nobody else has the address, it stays: whoever changes employer keeps their history.
"""

from ..lib.addresses import spellings


def leave_former_holders(env, addresses):
    """Take emails off contacts to whom they do not belong any more, where they stand on the right one already.

    An email stands on a contact because of an address, or because somebody put it there by hand; the latter stays.

    :param env: with all rights
    :param addresses: normalised addresses that contacts have now
    """
    for address in addresses:
        holders = env["res.partner"].search([("email_normalized", "=", address)])
        emails = _entries(env, [("res_id", "in", holders.ids)]).imap_email_id
        emails = emails.filtered(lambda email, address=address: _takes_part(email, address))
        elsewhere = _entries(
            env, [("res_id", "not in", holders.ids), ("imap_email_id", "in", emails.ids)]
        )
        by_hand = _put_by_hand(env, emails)
        elsewhere.filtered(
            lambda entry, by_hand=by_hand: (
                (entry.imap_email_id.id, entry.res_id) not in by_hand and not _belongs(entry)
            )
        ).unlink()


def _entries(env, domain):
    """Return chatter entries of emails on contacts."""
    return env["mail.message"].search(
        [
            ("model", "=", "res.partner"),
            ("imap_email_id", "!=", False),
            ("imap_stub", "=", False),
            *domain,
        ]
    )


def _put_by_hand(env, emails):
    """Return the (email id, contact id) that people decided about."""
    links = env["imap.link"].search([("email_id", "in", emails.ids), ("model", "=", "res.partner")])
    return {(link.email_id.id, link.res_id) for link in links}


def _belongs(entry):
    """Say whether the contact of an entry takes part in its email."""
    contact = entry.env["res.partner"].browse(entry.res_id)
    return bool(contact.email_normalized) and _takes_part(
        entry.imap_email_id, contact.email_normalized
    )


def _takes_part(email, address):
    return not set(spellings(address)).isdisjoint(email.addresses or ())
