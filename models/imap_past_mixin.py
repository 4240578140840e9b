from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from . import imap_removal

#: emails that are removed together, in one transaction
BATCH = 200


class ImapPastMixin(models.AbstractModel):
    """An entry of the list "Never sync" that can be applied to the mail that is in Odoo already."""

    _name = "imap.past.mixin"
    _description = "Exclusion that is applied to past mail"

    past_state = fields.Selection(
        [("waiting", "Being removed"), ("done", "Removed")], readonly=True, copy=False
    )
    past_removed = fields.Integer(readonly=True, copy=False)
    past_date = fields.Datetime(readonly=True, copy=False)
    past_by_id = fields.Many2one("res.users", readonly=True, copy=False, ondelete="cascade")
    past_note = fields.Char(string="Past mail", compute="_compute_past_note")
    can_change = fields.Boolean(compute="_compute_can_change")

    @api.depends("past_state", "past_removed", "past_date")
    @api.depends_context("lang", "tz")
    def _compute_past_note(self):
        for exclusion in self:
            number = exclusion.past_removed
            if exclusion.past_state == "waiting":
                note = self.env._("Being removed from Odoo; so far: %(n)s", n=number)
            elif exclusion.past_state == "done":
                local = fields.Datetime.context_timestamp(exclusion, exclusion.past_date)
                day = format_date(self.env, local.date())
                note = self.env._("Removed from Odoo on %(day)s: %(n)s", day=day, n=number)
            else:
                note = False
            exclusion.past_note = note

    @api.depends("user_id", "company_id")
    @api.depends_context("uid")
    def _compute_can_change(self):
        changeable = self._filtered_access("write")
        for exclusion in self:
            exclusion.can_change = exclusion in changeable

    def write(self, vals):
        if "name" in vals:
            vals = {**vals, "past_state": False, "past_removed": 0}
        return super().write(vals)

    def action_apply(self):
        """Ask whether to remove what is in Odoo already."""
        return self.env["imap.exclusion.past"]._open(self, "apply")

    def action_remove(self):
        """Ask whether past mail is to come back, and remove the entry."""
        return self.env["imap.exclusion.past"]._open(self, "remove")

    def _past_emails(self, limit=None):
        """Return the emails in Odoo that this entry would have kept out, as far as the user manages their mailboxes."""
        return imap_removal.emails_with(self._mailboxes(), self.value, limit)

    def _remove_past(self, at_once):
        """Remove what is in Odoo already, in the background if it is much.

        :param int at_once: so many emails are removed while the person waits
        :return: whether all of it is removed
        """
        self.ensure_one()
        self.check_access("write")
        # sudo: imap.exclusion - how far it came is written by this alone
        self.sudo().write({"past_state": "waiting", "past_removed": 0, "past_by_id": self.env.uid})
        if len(self._past_emails(at_once + 1)) > at_once:
            self.env.ref("mail_imap_sync.ir_cron_past").sudo()._trigger()
            return False
        while self._remove_some():
            pass
        return True

    def _remove_some(self):
        """Remove some more emails, with the rights of the environment; return whether there may be further ones."""
        emails = self._past_emails(BATCH)
        before = len(emails)
        mailboxes = self._mailboxes().sudo()
        imap_removal.remove(mailboxes, emails)
        exclusion = self.sudo()
        exclusion.past_removed += before - len(emails.exists())
        if before < BATCH:
            exclusion.write({"past_state": "done", "past_date": fields.Datetime.now()})
        return before == BATCH

    @api.model
    def _cron_past(self):
        """Go on with what people asked for."""
        ir_cron = self.env["ir.cron"]
        waiting = self.search(Domain("past_state", "=", "waiting"))
        ir_cron._commit_progress(remaining=len(waiting))
        for exclusion in waiting:
            as_person = exclusion.with_user(exclusion.past_by_id)
            if as_person.has_access("write"):
                while as_person._remove_some():
                    ir_cron._commit_progress()
                exclusion._tell_past()
            else:
                # whoever asked for it may not do this any more
                exclusion.past_state = False
            if not ir_cron._commit_progress(1):
                break

    def _tell_past(self):
        told = self.past_by_id
        message = self.with_context(lang=told.lang).env._(
            "Emails with %(name)s removed from Odoo: %(n)s.", name=self.name, n=self.past_removed
        )
        told._bus_send(
            "simple_notification", {"type": "success", "message": message, "sticky": True}
        )
