"""Takes mail out of Odoo that is already there: what it would be, and doing it. On servers nothing changes."""

from dataclasses import dataclass

from odoo.tools import SQL

from ..lib.addresses import spellings


@dataclass(frozen=True, slots=True)
class Removal:
    """What is to be removed, in numbers.

    :param emails: emails that leave Odoo
    :param contacts: contacts in whose chatter they stand
    :param others: other records in whose chatter they stand
    :param staying: emails that stay, because another mailbox has brought them too
    """

    emails: int
    contacts: int
    others: int
    staying: int


def emails_with(connections, value, limit=None):
    """Return the emails of some mailboxes in which an address, or somebody of a domain, takes part (sudo).

    :param connections: ``imap.connection``
    :param str value: a normalised address or domain; a domain includes what is below it
    """
    emails = connections.env["imap.email"].sudo()
    emails.flush_model(["addresses"])
    rows = connections.env.execute_query(
        SQL(
            """
            SELECT id FROM imap_email
             WHERE %s AND EXISTS (SELECT FROM imap_placement
                                   WHERE email_id = imap_email.id AND connection_id IN %s)
             ORDER BY id LIMIT %s
            """,
            _takes_part(value),
            tuple(connections.ids) or (None,),
            limit,
        )
    )
    return emails.browse(id_ for (id_,) in rows)


def _takes_part(value):
    """Return the condition that an address of an email is covered by ``value``."""
    if "@" in value:
        return SQL("imap_email.addresses ?| %s", list(spellings(value)))
    # a domain has the same two spellings as an address in it
    domains = [form.rpartition("@")[2] for form in spellings(f"x@{value}")]
    return SQL(
        "EXISTS (SELECT FROM jsonb_array_elements_text(imap_email.addresses) AS address WHERE %s)",
        SQL(" OR ").join(
            SQL("right(address, %s) = %s", len(end), end)
            for domain in domains
            for end in (f"@{domain}", f".{domain}")
        ),
    )


def count(connections, emails):
    """Return what :func:`remove` would remove, as a :class:`Removal`."""
    leaving = _of_no_other(connections, emails)
    return Removal(len(leaving), *records_of(leaving), len(emails - leaving))


def records_of(emails):
    """Return in the chatter of how many contacts some emails stand, and of how many other records (sudo)."""
    entries = emails.env["mail.message"]._read_group(
        [("imap_email_id", "in", emails.ids), ("model", "!=", False)],
        ["model", "res_id"],
    )
    contacts = sum(model == "res.partner" for model, _record in entries)
    return contacts, len(entries) - contacts


def remove(connections, emails):
    """Forget that emails came through some mailboxes, and remove those that came through no other."""
    placements = emails.env["imap.placement"].search(
        [("email_id", "in", emails.ids), ("connection_id", "in", connections.ids)]
    )
    leaving = _of_no_other(connections, emails)
    emails.env["imap.kept.choice"]._keep(
        emails.share_ids.filtered(lambda share: share.connection_id in connections)
    )
    for folder, copies in placements.grouped("folder_id").items():
        folder._count_as_skipped(copies, "excluded")
    placements.unlink()
    leaving.entry_ids.unlink()
    leaving._leave_with_mailbox()
    staying = emails - leaving
    staying.env["imap.share"].search(
        [("email_id", "in", staying.ids), ("connection_id", "in", connections.ids)]
    ).unlink()
    # these mailboxes may have shared more than the others
    staying._update_stubs()


def forget(emails, rule):
    """Remove emails altogether (sudo); if a later sync finds them again, it decides about them anew.

    :param str rule: code of the rule that passes over them from now on
    """
    for folder, copies in emails.placement_ids.grouped("folder_id").items():
        folder._count_as_skipped(copies, rule)
    emails.entry_ids.unlink()
    emails.env["imap.kept.choice"]._keep(emails.share_ids)
    emails.unlink()


def _of_no_other(connections, emails):
    """Return those of some emails that no other mailbox has brought."""
    # not by copies: mail of a mailbox that was removed stays
    others = emails.env["imap.share"].search_fetch(
        [("email_id", "in", emails.ids), ("connection_id", "not in", connections.ids)],
        ["email_id"],
    )
    return emails - others.email_id
