from odoo import api, fields, models
from odoo.tools import hmac


class ImapNewcomer(models.Model):
    """An address that a mailbox made a contact of.

    It stays when the contact is deleted, so that the next mail does not make it once more. Then nothing of the address
    is left but a digest that means nothing without this database's secret.
    """

    _name = "imap.newcomer"
    _description = "Contact that was made of an email"
    _log_access = False

    key = fields.Char(required=True, readonly=True)
    partner_id = fields.Many2one(
        "res.partner", readonly=True, ondelete="set null", index="btree_not_null"
    )
    connection_id = fields.Many2one(
        "imap.connection", readonly=True, ondelete="set null", index="btree_not_null"
    )

    # also what keeps two workers that meet somebody at the same moment from making two contacts
    _key_unique = models.UniqueIndex("(key)")

    @api.model
    def _keys(self, emails, company):
        """Return key -> address.

        :param company: of which the contacts are; empty: everybody's
        """
        return {
            hmac(self.env(su=True), "mail_imap_sync.newcomer", (email, company.id or 0)): email
            for email in emails
        }

    @api.model
    def _known(self, emails, company):
        """Return which of some addresses were made contacts before."""
        keys = self._keys(emails, company)
        return {keys[one.key] for one in self.search_fetch([("key", "in", list(keys))], ["key"])}

    @api.model
    def _remember(self, made, company, connection):
        """Note the contacts that were made.

        :param dict made: address -> id of the contact
        """
        keys = self._keys(made, company)
        known = {one.key: one for one in self.search([("key", "in", list(keys))])}
        for key, newcomer in known.items():
            newcomer.write({"partner_id": made[keys[key]], "connection_id": connection.id})
        # in one order, so that two workers cannot wait for each other
        self.create(
            [
                {"key": key, "partner_id": made[keys[key]], "connection_id": connection.id}
                for key in sorted(keys.keys() - known.keys())
            ]
        )
