from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..models import imap_removal


class ImapDelete(models.TransientModel):
    """Delete emails in Odoo, so that they stay deleted: what that means, and the decision."""

    _name = "imap.delete"
    _description = "Delete emails in Odoo"

    email_ids = fields.Many2many("imap.email", string="Emails", readonly=True)
    emails = fields.Integer(string="Emails that leave Odoo", readonly=True)
    contacts = fields.Integer(string="In the chatter of contacts", readonly=True)
    others = fields.Integer(string="In the chatter of other records", readonly=True)
    elsewhere = fields.Integer(
        string="Also in colleagues' mailboxes",
        readonly=True,
        help="They leave Odoo for these colleagues too.",
    )
    staying = fields.Integer(
        string="Emails that stay",
        readonly=True,
        help="They did not come through your mailbox, so that you cannot delete them.",
    )

    @api.model
    def _open(self, emails):
        """Return the dialog that asks whether to delete some emails.

        :raise AccessError: the person may not read them
        :raise UserError: they may delete none of them
        """
        emails.check_access("read")
        leaving = emails._deletable()
        if not leaving:
            raise UserError(
                self.env._(
                    "These emails came through colleagues' mailboxes. You can delete the emails of your own mailbox; "
                    "“Remove from here” takes an email off a record."
                )
            )
        wizard = self.create({"email_ids": leaving.ids, **self._preview(emails, leaving)})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Delete in Odoo"),
            "res_model": self._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "medium"},
        }

    @api.model
    def _preview(self, emails, leaving):
        # sudo: mail.message, imap.share - only numbers
        contacts, others = imap_removal.records_of(leaving.sudo())
        elsewhere = (
            self.env["imap.share"]
            .sudo()
            .search_fetch(
                Domain("email_id", "in", leaving.ids) & Domain("user_id", "!=", self.env.uid),
                ["email_id"],
            )
        )
        return {
            "emails": len(leaving),
            "contacts": contacts,
            "others": others,
            "elsewhere": len(elsewhere.email_id),
            "staying": len(emails - leaving),
        }

    def action_delete(self):
        """Delete them."""
        self.ensure_one()
        number = len(self.email_ids)
        self.email_ids._delete()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": self.env._(
                    "Deleted in Odoo: %(n)s. In the mailbox nothing changed.", n=number
                ),
                "type": "success",
                "next": {"type": "ir.actions.act_window_close", "infos": {"deleted": True}},
            },
        }
