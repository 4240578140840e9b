"""The button on contacts and opportunities that counts and lists their synced emails."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class ImapEmailsMixin(models.AbstractModel):
    """A record with a button that shows how many synced emails the user may read there, and lists them."""

    _name = "imap.emails.mixin"
    _description = "Record with synced emails"

    imap_email_count = fields.Integer(
        string="Emails", compute="_compute_imap_email_count", groups="base.group_user"
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_imap_email_count(self):
        emails = self.env["imap.email"]
        for record in self:
            domain = record._imap_emails_domain() if record.id else Domain.FALSE
            record.imap_email_count = emails.search_count(domain)

    def _imap_emails_domain(self):
        """Return the domain of the emails that the button of this record counts and lists."""
        raise NotImplementedError

    def action_open_imap_emails(self):
        """List the emails of this record."""
        self.ensure_one()
        return {
            **self.env["imap.email"]._action_list(),
            "display_name": self.env._("Emails of %(name)s", name=self.display_name),
            "domain": list(self._imap_emails_domain()),
            "context": {"imap_model": self._name, "imap_res_id": self.id},
        }


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "imap.emails.mixin"]

    def action_export_imap_emails(self):
        """Let the user have the emails of this contact that they may read, as files."""
        self.ensure_one()
        if not self.imap_email_count:
            raise UserError(self.env._("There are no emails here that you may read."))
        return {
            "type": "ir.actions.act_url",
            "url": f"/mail_imap_sync/export/{self.id}",
            "target": "download",
        }

    def _imap_emails_domain(self):
        """Include the mail of a company's people."""
        people = Domain("partner_ids.commercial_partner_id", "in", self.ids)
        return Domain("partner_ids", "in", self.ids) | people


class CrmLead(models.Model):
    _name = "crm.lead"
    _inherit = ["crm.lead", "imap.emails.mixin"]

    def _imap_emails_domain(self):
        return Domain("lead_ids", "in", self.ids)
