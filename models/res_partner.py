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

    imap_is_looked_for = fields.Boolean(
        compute="_compute_imap_is_looked_for",
        compute_sudo=True,
        groups="base.group_user",
        help="Past mail of this contact is being looked for in the mailboxes",
    )

    @api.depends("email_normalized")
    def _compute_imap_is_looked_for(self):
        emails = self.env["imap.lookup"]._looked_for(set(self.mapped("email_normalized")))
        for partner in self:
            partner.imap_is_looked_for = partner.email_normalized in emails

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        # sudo: imap.lookup - the mailboxes of others look for this contact's mail as well
        self.env["imap.lookup"].sudo()._expect(partners.mapped("email_normalized"))
        return partners

    def write(self, vals):
        if "email" not in vals:
            return super().write(vals)
        before = {partner.id: partner.email_normalized for partner in self}
        result = super().write(vals)
        changed = self.filtered(lambda p: p.email_normalized != before[p.id])
        left = [before[partner.id] for partner in changed if before[partner.id]]
        # sudo: as in create; an address that others have too may be the contact's no more
        others = self.sudo().search([("email_normalized", "in", left)])
        self.env["imap.lookup"].sudo()._expect((changed | others).mapped("email_normalized"))
        return result

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
