from dataclasses import asdict

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models import imap_removal
from ..models.imap_return import would_return

#: emails that are removed while the person waits; more are removed in the background
AT_ONCE = 500
#: seconds that servers are asked how many mails would come back
BUDGET = 10


class ImapExclusionPast(models.TransientModel):
    """What an entry of the list "Never sync" means for past mail: a preview, and the decision."""

    _name = "imap.exclusion.past"
    _description = "Never synced: past mail"

    exclusion_id = fields.Many2one("imap.exclusion", required=True, ondelete="cascade")
    name = fields.Char(related="exclusion_id.name", related_sudo=False)
    mode = fields.Selection([("apply", "Apply"), ("remove", "Remove")], required=True)
    emails = fields.Integer(readonly=True)
    contacts = fields.Integer(string="In the chatter of contacts", readonly=True)
    others = fields.Integer(string="In the chatter of other records", readonly=True)
    staying = fields.Integer(
        string="Emails that stay",
        readonly=True,
        help="They came through other mailboxes too, for which this entry does not hold.",
    )
    incomplete = fields.Boolean(readonly=True)
    bring = fields.Selection(
        [("past", "Past mail too"), ("new", "Only new mail, from now on")],
        string="What comes to Odoo",
        required=True,
        default="past",
    )

    @api.model
    def _open(self, exclusion, mode):
        exclusion.ensure_one()
        exclusion.check_access("write")
        preview = getattr(self, f"_preview_{mode}")(exclusion)
        wizard = self.create({"exclusion_id": exclusion.id, "mode": mode, **preview})
        titles = {
            "apply": self.env._("Apply to past mail"),
            "remove": self.env._("Take off the list"),
        }
        return {
            "type": "ir.actions.act_window",
            "name": titles[mode],
            "res_model": self._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
        }

    @api.model
    def _preview_apply(self, exclusion):
        """Return what would be removed, in numbers."""
        found = imap_removal.count(exclusion._mailboxes().sudo(), exclusion._past_emails())
        return asdict(found)

    @api.model
    def _preview_remove(self, exclusion):
        """Return what would come back, in numbers."""
        found = would_return(exclusion._mailboxes(), exclusion.value, BUDGET)
        return {
            "emails": found.emails,
            "contacts": found.contacts,
            "incomplete": not found.complete,
        }

    # ------------------------------------------------------------------
    # the decision
    # ------------------------------------------------------------------

    def action_apply(self):
        """Remove from Odoo what is there already."""
        self.ensure_one()
        self._check("apply")
        exclusion = self.exclusion_id
        if exclusion._remove_past(AT_ONCE):
            return self._notify(
                self.env._(
                    "Emails with %(name)s removed from Odoo: %(n)s.",
                    name=exclusion.name,
                    n=exclusion.past_removed,
                )
            )
        return self._notify(
            self.env._(
                "The emails are being removed in the background. You are told when it is done."
            ),
            "info",
        )

    def action_remove(self):
        """Take the entry off the list, and bring its past mail if that is wanted."""
        self.ensure_one()
        self._check("remove")
        exclusion = self.exclusion_id
        mailboxes = exclusion._mailboxes()
        name, bring = exclusion.name, self.bring == "past" and mailboxes
        exclusion.unlink()
        if not bring:
            return self._notify(self.env._("New mail with %(name)s is synced.", name=name))
        mailboxes._check_again()
        return self._notify(
            self.env._(
                "Past mail with %(name)s is being looked for in the background. You are told what was found.",
                name=name,
            ),
            "info",
        )

    def _check(self, mode):
        if self.mode != mode:
            raise UserError(self.env._("Open this from the list once more."))
        self.exclusion_id.check_access("write")

    @api.model
    def _notify(self, message, kind="success"):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": kind,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
