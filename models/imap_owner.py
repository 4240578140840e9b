"""What follows from who owns a mailbox: it is given to somebody else, or its owner leaves and comes back."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ..lib.errors import OwnerArchived, OwnerChanged, OwnerNotPermitted, PasswordMissing
from .imap_numbers import SECRET_DAYS
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
    owner_left = fields.Datetime(readonly=True, copy=False, help="Since when the owner is archived")
    is_own = fields.Boolean(compute="_compute_is_own", help="It is a mailbox of this user")

    @api.depends("user_id")
    @api.depends_context("uid")
    def _compute_is_own(self):
        for connection in self:
            connection.is_own = connection.user_id == self.env.user

    @api.constrains("user_id")
    def _check_owner_may_connect(self):
        for connection in self.sudo():
            if connection.user_id.share:
                raise ValidationError(self.env._("Only internal users have mailboxes."))
            if not connection._owner_may_connect():
                raise ValidationError(
                    self.env._(
                        "%(user)s has no permission to connect a mailbox. It is given in the access rights of "
                        "the user.",
                        user=connection.user_id.name,
                    )
                )

    def _owner_may_connect(self):
        """Say whether the owner still has the permission; without it they would not even see their mailbox."""
        return self.user_id.has_group("mail_imap_sync.group_user")

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
        self._begin_anew()
        self._share_as_new()
        # what was told was told to the owner before
        self._nothing_to_tell()
        begun = self.filtered(lambda c: c.state != "draft")
        if signed_in:
            begun._schedule()
        else:
            begun._stop("error", OwnerChanged())

    def _decrypted_secret(self):
        """Refuse for an owner who left, whoever asks and whatever state the mailbox is in."""
        if not self.user_id.active:
            raise OwnerArchived()
        return super()._decrypted_secret()

    # ------------------------------------------------------------------
    # an owner who is archived
    # ------------------------------------------------------------------

    def _stop_without_permission(self):
        """Stop a mailbox whose owner has lost the permission; resuming is for when they have it again."""
        if self.state in ACTIVE_STATES and self.user_id.active and not self._owner_may_connect():
            self._stop("paused", OwnerNotPermitted())

    def _owner_left(self):
        self.filtered(lambda c: not c.owner_left).owner_left = fields.Datetime.now()
        self.filtered(lambda c: c.state in ACTIVE_STATES)._stop("paused", OwnerArchived())
        self._erase_secrets()

    def _owner_came_back(self):
        """Go on, except where the owner had stopped it before they left."""
        self.owner_left = False
        waiting = self.filtered(lambda c: c.error_code == OwnerArchived.code)
        known = waiting.filtered("secret")
        known._schedule()
        (waiting - known)._stop("error", PasswordMissing("erased while the owner was archived"))

    @api.autovacuum
    def _gc_secrets(self):
        """Erase the passwords of owners who left and did not come back."""
        theirs = self.search([("user_id.active", "=", False)])
        # archived past Odoo, or before this was noted
        theirs.filtered(lambda c: not c.owner_left).owner_left = fields.Datetime.now()
        theirs._erase_secrets()

    def _erase_secrets(self):
        """Erase the passwords of those of these mailboxes whose owner left long enough ago."""
        latest = fields.Datetime.now() - timedelta(days=SECRET_DAYS.value(self.env))
        self.filtered(lambda c: c.owner_left and c.owner_left <= latest).secret = False
