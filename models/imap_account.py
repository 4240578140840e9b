"""Which mailbox a connection is: nobody connects one twice, and another one is not mistaken for the one before."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..lib.same_mailbox import mailbox_key


class ImapAccountMixin(models.AbstractModel):
    """A connection to one mailbox on one server."""

    _name = "imap.account.mixin"
    _description = "Account of a mailbox"

    def _account_key(self):
        """Return what stays the same as long as it is the same mailbox."""
        self.ensure_one()
        return mailbox_key(self.host or "", self.login or "")

    # ------------------------------------------------------------------
    # twice the same
    # ------------------------------------------------------------------

    @api.constrains("user_id", "host", "login")
    def _check_connected_once(self):
        for connection in self:
            twin = self._connected_as(connection.user_id, connection.host, connection.login)
            if twin := twin - connection:
                raise ValidationError(twin[0]._connected_text())

    @api.model
    def _connected_as(self, user, host, login):
        """Return the connections of a user to the mailbox of this name on this server (sudo)."""
        key = mailbox_key(host or "", login or "")
        # sudo: imap.connection - a mailbox of another company counts as well
        theirs = self.env["imap.connection"].sudo().search([("user_id", "=", user.id)])
        return theirs.filtered(lambda c: c._account_key() == key)

    def _connected_text(self):
        if self.state == "disconnected":
            return self.env._(
                "This mailbox was connected before, as “%(name)s”. Sign in to that one again: it goes on where it "
                "stopped.",
                name=self.name,
            )
        return self.env._(
            "This mailbox is connected already, as “%(name)s”. Twice would be twice the work and bring nothing more.",
            name=self.name,
        )

    # ------------------------------------------------------------------
    # another mailbox
    # ------------------------------------------------------------------

    def write(self, vals):
        if not {"host", "login"} & vals.keys():
            return super().write(vals)
        before = {connection: connection._account_key() for connection in self}
        result = super().write(vals)
        moved = self.filtered(lambda c: c._account_key() != before[c])
        moved.sudo()._begin_anew()
        return result

    def _begin_anew(self):
        """Forget what is known of the mailbox's mail, because it is, or may be, another mailbox from now on.

        UIDs of one server mean other messages on another one, and may well have the same UIDVALIDITY. Mail in chatters
        stays, and is recognised when it is found again. Folders stay too, with what was chosen: those that the other
        server has not are left out, as deleted ones are.
        """
        self.folder_ids._forget_messages()
        self.write(
            {
                "last_success": False,
                "last_audit": False,
                "next_audit": False,
                "audit_running": False,
                "lookup_ids": False,
                "folders_listed": False,
            }
        )
        # what lies there already is past mail
        begun = self.filtered(lambda c: c.state != "draft")
        begun.write({"connected_since": fields.Datetime.now()})
