"""What changes touchpoints: entries of emails that come, go or move, and what is written in Odoo itself."""

from odoo import api, models
from odoo.tools import SQL

from .imap_touched import MODELS, places_of, places_of_synced, touch, written_between


class MailMessage(models.Model):
    _name = "mail.message"
    _inherit = ["mail.message"]

    @api.model_create_multi
    def create(self, vals_list):
        messages = super().create(vals_list)
        touch(self.env, places_of_synced(messages))
        return messages

    def write(self, vals):
        if "model" not in vals and "res_id" not in vals:
            return super().write(vals)
        left = places_of(self)
        result = super().write(vals)
        touch(self.env, left | places_of(self.exists()))
        return result

    def unlink(self):
        left = places_of_synced(self)
        result = super().unlink()
        touch(self.env, left)
        return result


class ImapEmail(models.Model):
    _name = "imap.email"
    _inherit = ["imap.email"]

    def unlink(self):
        # the entries go by themselves, by their foreign key
        left = self._imap_touched_places()
        result = super().unlink()
        touch(self.env, left)
        return result

    def _update_stubs(self):
        """Follow what owners share: mail that they keep private does not count."""
        result = super()._update_stubs()
        touch(self.env, self._imap_touched_places())
        return result

    def _imap_touched_places(self):
        entries = self.env["mail.message"].sudo()
        domain = [("imap_email_id", "in", self.ids), ("model", "in", MODELS)]
        return places_of(entries.search_fetch(domain, ["imap_email_id", "model", "res_id"]))


class ImapSharingMixin(models.AbstractModel):
    _name = "imap.sharing.mixin"
    _inherit = ["imap.sharing.mixin"]

    def _share_again(self):
        """Let what becomes private count no longer at once; whatever else changes may follow with the entries."""
        result = super()._share_again()
        private = self.filtered(lambda connection: connection.visibility == "private")
        if private:
            touch(self.env, private._imap_touched_places())
        return result

    def _imap_touched_places(self):
        return set(
            self.env.execute_query(
                SQL(
                    """
                    SELECT DISTINCT entry.model, entry.res_id
                      FROM imap_share AS share
                      JOIN mail_message AS entry ON entry.imap_email_id = share.email_id
                     WHERE share.connection_id IN %s AND entry.model IN %s
                    """,
                    tuple(self.ids),
                    MODELS,
                )
            )
        )


class MailThread(models.AbstractModel):
    _name = "mail.thread"
    _inherit = ["mail.thread"]

    def _notify_thread(self, message, msg_vals=False, **kwargs):
        recipients = super()._notify_thread(message, msg_vals=msg_vals, **kwargs)
        touch(self.env, written_between(message, recipients))
        return recipients
