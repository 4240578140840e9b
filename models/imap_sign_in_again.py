"""Who has to sign in again is told so: by an activity and a notice, once, and then once a week at most."""

from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models

ACTIVITY = "mail_imap_sync.mail_activity_sign_in"
REMIND_AFTER = timedelta(days=7)


class ImapSignInAgainMixin(models.AbstractModel):
    """A mailbox that stands still until its owner signs in."""

    _name = "imap.sign.in.again.mixin"
    _description = "Mailbox that tells its owner"

    # without a document: those of a document make people follow it, which a mailbox is not for
    activity_id = fields.Many2one(
        "mail.activity", readonly=True, copy=False, ondelete="set null", groups=fields.NO_ACCESS
    )
    owner_told = fields.Datetime(readonly=True, copy=False, help="When its owner was told last")

    def write(self, vals):
        result = super().write(vals)
        if "state" in vals or "next_sync" in vals:
            waiting = self.sudo().filtered(lambda c: c.state == "error" and not c.next_sync)
            waiting._tell_owner()
            (self.sudo() - waiting)._nothing_to_tell()
        return result

    def _tell_owner(self):
        """Tell the owners of these mailboxes, unless they were told in the last days."""
        latest = fields.Datetime.now() - REMIND_AFTER
        for connection in self:
            if connection.user_id.active and not (
                connection.owner_told and connection.owner_told > latest
            ):
                connection.owner_told = fields.Datetime.now()
                localized = connection.with_context(lang=connection.user_id.lang)
                subject = localized.env._("Sign in to %(email)s again", email=connection.email)
                body = localized._notice_body()
                localized._keep_activity(subject, body)
                localized._send_notice(subject, body)

    def _notice_body(self):
        return Markup('<p>%s</p><p>%s</p><p><a href="%s">%s</a></p>') % (
            self.env._("Odoo cannot read the mailbox %(email)s any more.", email=self.email),
            self.error_message or "",
            f"{self.get_base_url()}/odoo/sign-in-again",
            self.env._("Sign in again"),
        )

    def _keep_activity(self, subject, body):
        """Let there be one activity, for today."""
        self.activity_id.unlink()
        # without the mail that says who assigned it: the notice says more
        activities = self.env["mail.activity"].with_context(mail_activity_quick_update=True)
        self.activity_id = activities.create(
            {
                "activity_type_id": self.env.ref(ACTIVITY).id,
                "user_id": self.user_id.id,
                "summary": subject,
                "note": body,
                "automated": True,
            }
        )

    def _send_notice(self, subject, body):
        self.env["mail.thread"].message_notify(
            partner_ids=self.user_id.partner_id.ids,
            author_id=self.env.ref("base.partner_root").id,
            subject=subject,
            body=body,
        )

    def _nothing_to_tell(self):
        told = self.filtered("owner_told")
        told.owner_told = False
        told.activity_id.unlink()

    @api.model
    def _cron_remind_owners(self):
        """Tell those once more who did nothing for a week."""
        latest = fields.Datetime.now() - REMIND_AFTER
        self.search(
            [("state", "=", "error"), ("next_sync", "=", False), ("owner_told", "<=", latest)]
        )._tell_owner()
