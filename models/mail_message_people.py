from functools import lru_cache

from odoo import models
from odoo.tools.mail import email_normalize, email_split_tuples

#: people of one header field whose contacts are looked for; mailing lists of hundreds are not read one by one
_MOST_PEOPLE = 100


@lru_cache(maxsize=1024)
def _people(text):
    """Return the (name, address) of a header field: a page has the same few people again and again."""
    return tuple(email_split_tuples(text))


@lru_cache(maxsize=1024)
def _addresses(text):
    """Return the normalised addresses of a header field, of so many as are looked for."""
    people = _people(text)[:_MOST_PEOPLE]
    return frozenset(filter(None, (email_normalize(email) for _name, email in people)))


class MailMessage(models.Model):
    """Who of a synced mail's header is a contact, for links to them."""

    _inherit = "mail.message"

    def _imap_store_values(self):
        values = super()._imap_store_values()
        entries = self.browse(values)
        people = {entry.id: entry._imap_people() for entry in entries}
        contacts = self._imap_contacts({address for found in people.values() for address in found})
        for entry in entries:
            values[entry.id]["imap_from"] = _people(entry.email_from or "")
            values[entry.id]["imap_contacts"] = {
                address: contacts[address] for address in people[entry.id] if address in contacts
            }
        return values

    def _imap_from_people(self):
        """Return those of these entries that a person wrote, and nobody in the name of somebody else."""
        return self.filtered(
            lambda m: (
                m.sudo().imap_email_id.kind == "person"
                and m.sudo().imap_email_id.authentication != "fail"
            )
        )

    def _imap_people(self):
        """Return the addresses in the header of this mail."""
        fields = (self.email_from, self.incoming_email_to, self.incoming_email_cc)
        return frozenset().union(*(_addresses(text) for text in fields if text))

    def _imap_contacts(self, addresses):
        """Return address -> id of the contact who has it, of those that the user may read; people before companies."""
        if not addresses:
            return {}
        partners = self.env["res.partner"].search_fetch(
            [("email_normalized", "in", list(addresses))],
            ["email_normalized"],
            order="is_company, id",
        )
        contacts = {}
        for partner in partners:
            contacts.setdefault(partner.email_normalized, partner.id)
        return contacts
