"""Reading one email in its form, and what leads to it."""

from markupsafe import Markup

from odoo import api, models

from odoo.addons.mail.tools.discuss import Store


class ImapEmailReadingMixin(models.AbstractModel):
    _name = "imap.email.reading.mixin"
    _description = "Reading an email"

    @api.depends("subject")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for email in self:
            email.display_name = email.subject or self.env._("No subject")

    @api.readonly
    def reading_data(self):
        """Return what the client shows of an email: a chatter entry of it, and the records that it stands on.

        :return: the id of the entry, or False; its data for the client's store; model, id, name and kind of records
        :rtype: dict
        """
        self.ensure_one()
        self.check_access("read")
        entries = self._entries(["model", "res_id"])[self].sudo(False)._filtered_access("read")
        opened_from = (self.env.context.get("imap_model"), self.env.context.get("imap_res_id"))
        entry = entries.filtered(lambda e: (e.model, e.res_id) == opened_from)[:1] or entries[:1]
        return {
            "message": entry.id,
            "store": Store().add(entry).get_result(),
            "records": [self._record_data(e.model, e.res_id) for e in entries],
        }

    def _record_data(self, model, res_id):
        record = self.env[model].browse(res_id)
        kind = self.env["ir.model"]._get(model).name
        return {"model": model, "id": res_id, "name": record.display_name, "kind": kind}

    def action_open_conversation(self):
        """List the emails of the same conversation."""
        self.ensure_one()
        return {
            **self._action_list(),
            "display_name": self.display_name,
            "domain": [("conversation_ids", "in", self.ids)],
        }

    @api.model
    def _action_list(self):
        return self.env["ir.actions.act_window"]._for_xml_id("mail_imap_sync.imap_email_action")

    @api.model
    def get_empty_list_help(self, help_message):
        """Say what would be here, and what to do for it."""
        user = self.env.user
        step = Markup()
        if not user.has_group("mail_imap_sync.group_user"):
            text = self.env._(
                "Emails with contacts are here as soon as somebody connects a mailbox. "
                "An administrator can permit you to connect yours."
            )
        elif user.imap_connection_ids:
            text = self.env._(
                "Emails that you and your colleagues exchange with contacts come here by themselves."
            )
        else:
            text = self.env._(
                "Connect your mailbox, and emails that you exchange with contacts come here by themselves."
            )
            step = Markup('<a class="btn btn-primary" href="/odoo/connect-mailbox">%s</a>') % (
                self.env._("Connect your mailbox")
            )
        title = self.env._("No emails here")
        return Markup('<p class="o_view_nocontent_smiling_face">%s</p><p>%s</p>%s') % (
            title,
            text,
            step,
        )
