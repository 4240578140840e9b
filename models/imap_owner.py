"""What follows from who owns a mailbox: it is given to somebody else, or its owner leaves and comes back."""

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..lib.errors import OwnerArchived, OwnerChanged
from .imap_schedule import ACTIVE_STATES


class ImapOwnerMixin(models.AbstractModel):
    """A mailbox that belongs to a user."""

    _name = "imap.owner.mixin"
    _description = "Mailbox of a user"

    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        required=True,
        index=True,
        default=lambda self: self.env.user,
        ondelete="cascade",
        domain=[("share", "=", False)],
        help="Another owner has to sign in, and the mailbox is looked at anew for them.",
    )
    is_own = fields.Boolean(compute="_compute_is_own", help="It is a mailbox of this user")

    @api.depends("user_id")
    @api.depends_context("uid")
    def _compute_is_own(self):
        for connection in self:
            connection.is_own = connection.user_id == self.env.user

    def write(self, vals):
        given = self.filtered(lambda c: vals.get("user_id", c.user_id.id) != c.user_id.id)
        if given and not self.env.su:
            self._check_may_give()
        result = super().write(vals)
        if given:
            given.sudo()._begin_with_new_owner(signed_in=bool(vals.get("password")))
        return result

    def _check_may_give(self):
        """Let only managers change an owner: the mailbox links with its owner's rights.

        The record rule does not see it, as it looks at the owner of before.
        """
        if not self.env.user.has_group("mail_imap_sync.group_manager"):
            raise AccessError(self.env._("Only an administrator gives a mailbox to another owner."))

    def _begin_with_new_owner(self, signed_in):
        """Forget what was the owner's of before: the password, and what is known of the mailbox's mail.

        Else whoever may change an owner could make a mailbox their own, and read what is theirs to read then:
        messages in quarantine, or any mail by searching for it. Mail in chatters stays, and is recognised when
        the new owner's runs find it.

        :param bool signed_in: the new owner's password came with the change
        """
        if not signed_in:
            self.secret = False
        self.folder_ids._forget_messages()
        self.write(
            {"last_success": False, "last_audit": False, "next_audit": False, "lookup_ids": False}
        )
        begun = self.filtered(lambda c: c.state != "draft")
        # what came before is past mail to the new owner
        begun.write({"connected_since": fields.Datetime.now(), "audit_running": False})
        if signed_in:
            begun._schedule()
        else:
            begun._stop("error", OwnerChanged())

    def _decrypted_secret(self):
        """Refuse for an owner who left, whoever asks and whatever state the mailbox is in."""
        if not self.user_id.active:
            raise OwnerArchived()
        return super()._decrypted_secret()

    def _owner_left(self):
        self.filtered(lambda c: c.state in ACTIVE_STATES)._stop("paused", OwnerArchived())

    def _owner_came_back(self):
        """Go on, except where the owner had stopped it before they left."""
        self.filtered(lambda c: c.error_code == OwnerArchived.code)._schedule()
