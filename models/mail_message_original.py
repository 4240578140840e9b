from odoo import models
from odoo.exceptions import AccessError, UserError

from ..lib.headers import header_text

#: copies that are tried, each over a connection of its own
_MOST_TRIES = 3


class MailMessage(models.Model):
    """The original of a synced mail, for the owner of a mailbox that it lies in, straight from the server."""

    _inherit = "mail.message"

    def imap_original(self):
        """Return what the server has of this mail.

        :return: its header as text, and the address to download all of it from
        :raise UserError: when it cannot be had, with the reason
        """
        self.ensure_one()
        self.check_access("read")
        copies = self._imap_own_copies()
        there = copies.filtered(lambda copy: copy.state in ("linked", "missing"))
        reason = None
        for copy in there[:_MOST_TRIES]:
            try:
                raw = copy._original()
            except UserError as error:
                reason = reason or error
            else:
                return {"header": header_text(raw), "url": copy.action_download()["url"]}
        if reason:
            raise reason
        if copies:
            raise UserError(self.env._("This message is not on the server any more."))
        raise UserError(
            self.env._("The mailbox of this email was removed, so its original cannot be fetched.")
        )

    def _imap_own_copies(self):
        """Return the copies in mailboxes of the user, those first that are most likely to be found."""
        # sudo: imap.email - of an accessible message
        email = self.sudo().imap_email_id
        shares = self.env["imap.share"].sudo()
        if not shares.search_count([("email_id", "=", email.id), ("user_id", "=", self.env.uid)]):
            raise AccessError(self.env._("Only the owner of the mailbox reads its messages."))
        copies = self.env["imap.placement"].search(
            [("email_id", "=", email.id), ("connection_id.user_id", "=", self.env.uid)]
        )
        # sudo: imap.connection - whether the user's own mailbox is connected
        return copies.sorted(
            lambda c: (not c.sudo().connection_id._may_sync(), c.state != "linked")
        )
