"""Administrators are told of silent mailboxes: one activity for all of them, and a notice of each, once."""

from markupsafe import Markup

from odoo import api, models

ACTIVITY = "mail_imap_sync.mail_activity_silent"
#: the list of the mailboxes that need attention
LIST = "/odoo/mailboxes-attention"


class ImapSilence(models.AbstractModel):
    _name = "imap.silence"
    _description = "What administrators are told of silent mailboxes"

    @api.model
    def _tell_managers(self):
        """Tell those who manage mailboxes of what is new; what is over leaves their activity, which ends with the last.

        Who has marked the activity as done hears only of what comes after.
        """
        silent = self.env["imap.connection"].sudo().search([("silent_since", "!=", False)])
        new = silent.filtered(lambda c: not c.silence_told)
        kind = self.env.ref(ACTIVITY)
        activities = self.env["mail.activity"].sudo().search([("activity_type_id", "=", kind.id)])
        if not (new or activities):
            return
        standing = activities.grouped("user_id")
        managers = self.env.ref("mail_imap_sync.group_manager").sudo().all_user_ids
        for manager in managers.filtered("active"):
            companies = manager.company_ids.ids
            seen = silent.with_user(manager).with_context(allowed_company_ids=companies)
            seen = seen._filtered_access("read").sudo()
            activity = standing.pop(manager, activities.browse())
            localized = self.with_context(lang=manager.lang)
            localized._keep_activity(manager, seen, activity, wanted=bool(seen & new))
            if seen & new:
                localized._send_notice(manager, seen & new)
        for activity in standing.values():
            # of somebody who manages mailboxes no longer
            activity.unlink()
        new.silence_told = True

    @api.model
    def _keep_activity(self, manager, silent, activity, wanted):
        """Let the activity of a manager name the mailboxes that are silent.

        :param bool wanted: there is to be one, if there was none
        """
        if not silent:
            activity.unlink()
        elif activity or wanted:
            values = {"summary": self._subject(silent), "note": self._text(silent)}
            if activity:
                activity.write(values)
                return
            # without the mail that says who assigned it: the notice says more
            self.env["mail.activity"].sudo().with_context(mail_activity_quick_update=True).create(
                {
                    "activity_type_id": self.env.ref(ACTIVITY).id,
                    "user_id": manager.id,
                    "automated": True,
                    **values,
                }
            )

    @api.model
    def _send_notice(self, manager, silent):
        self.env["mail.thread"].sudo().message_notify(
            partner_ids=manager.partner_id.ids,
            author_id=self.env.ref("base.partner_root").id,
            subject=self._subject(silent),
            body=self._text(silent),
        )

    @api.model
    def _subject(self, silent):
        return self.env._("Mailboxes whose new mail does not reach Odoo: %(n)s", n=len(silent))

    @api.model
    def _text(self, silent):
        lines = Markup().join(
            Markup("<li>%s: %s</li>")
            % (connection.name, ", ".join(connection._folders_left_unread().mapped("path")))
            for connection in silent
        )
        return Markup('<p>%s</p><ul>%s</ul><p><a href="%s">%s</a></p>') % (
            self.env._("Their servers have new mail in these folders that Odoo does not read:"),
            lines,
            f"{self.env['imap.connection'].get_base_url()}{LIST}",
            self.env._("Show the mailboxes that need attention"),
        )
