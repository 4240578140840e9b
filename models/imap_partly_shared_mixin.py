"""The emails of a record of which the user sees only a part, beside the list of those that they read.

An email of which somebody may know the subject only is no row of ``imap.email`` for them: that would open its people,
text, files and whatever else is searched by there. They see its stub, a message, and that is what is listed here.
"""

from odoo import api, fields, models
from odoo.fields import Domain


class ImapEmailsMixin(models.AbstractModel):
    _name = "imap.emails.mixin"
    _inherit = ["imap.emails.mixin"]

    imap_partly_shared_count = fields.Integer(
        string="Partly shared",
        compute="_compute_imap_partly_shared_count",
        groups="base.group_user",
        help="Emails of which you see the subject only, or only that they happened",
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_imap_partly_shared_count(self):
        # sudo: mail.message - by the rule itself, on records that the user reads; core would fetch all of them
        stubs = self.env["mail.message"].sudo()
        shown = Domain("imap_is_visible", "=", True)
        for record in self:
            domain = record._imap_stubs_domain() if record.id else Domain.FALSE
            record.imap_partly_shared_count = stubs.search_count(domain & shown)

    def _imap_stubs_domain(self):
        """Return the domain of the stubs on this record, and on others whose mail it includes."""
        return (
            Domain("imap_email_id", "!=", False)
            & Domain("imap_stub", "!=", False)
            & Domain("model", "=", self._name)
            & Domain("res_id", "in", self._imap_with_mail().ids)
        )

    def _imap_with_mail(self):
        """Return the records whose mail the button *Emails* of this one lists."""
        return self

    def action_open_imap_partly_shared(self):
        """List what the user sees of emails of which they see only a part."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "mail_imap_sync.imap_partly_shared_action"
        )
        return {
            **action,
            "display_name": self.env._("Partly shared emails of %(name)s", name=self.display_name),
            "domain": list(self._imap_stubs_domain()),
        }


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _imap_with_mail(self):
        people = Domain("id", "in", self.ids) | Domain("commercial_partner_id", "in", self.ids)
        return self.with_context(active_test=False).search(people)


class MailMessage(models.Model):
    _inherit = "mail.message"

    imap_direction = fields.Selection(related="imap_email_id.direction", string="Received or sent")
