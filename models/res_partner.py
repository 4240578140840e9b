from odoo import api, fields, models
from odoo.fields import Domain


class ResPartner(models.Model):
    _inherit = "res.partner"

    imap_email_ids = fields.Many2many(
        "imap.email",
        string="Synced emails",
        compute="_compute_imap_email_ids",
        compute_sudo=False,
        help="The emails in this contact's chatter that the current user may read",
    )

    @api.depends_context("uid")
    def _compute_imap_email_ids(self):
        entry_domain = (
            Domain("model", "=", self._name)
            & Domain("res_id", "in", self._origin.ids)
            & Domain("imap_email_id", "!=", False)
        )
        # search applies the rule on imap.email: only what this user may read
        emails = self.env["imap.email"].search(Domain("entry_ids", "any!", entry_domain))
        # sudo: mail.message - on which of these contacts a readable email stands
        entries = (
            self.env["mail.message"]
            .sudo()
            .search_fetch(
                entry_domain & Domain("imap_email_id", "in", emails.ids),
                ["imap_email_id", "res_id"],
            )
        )
        by_partner = entries.grouped("res_id")
        for partner in self:
            found = by_partner.get(partner._origin.id, entries.browse()).imap_email_id
            partner.imap_email_ids = emails.browse(found.ids)
