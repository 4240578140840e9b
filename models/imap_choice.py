from odoo import api, models
from odoo.exceptions import AccessError, ValidationError

from .imap_share import LEVELS, most


class ImapShare(models.Model):
    """What an owner chooses for a single email or a conversation, and how that is taken back."""

    _inherit = "imap.share"

    @api.model
    def _owned(self, email):
        """Return the user's own shares of an email.

        :raise AccessError: it came through no mailbox of theirs
        """
        shares = self.sudo().search([("email_id", "=", email.id), ("user_id", "=", self.env.uid)])
        if not shares:
            raise AccessError(
                self.env._(
                    "Only who received or sent this email decides what colleagues see of it."
                )
            )
        return shares

    def _least(self):
        """Return the least that the owner can choose for these."""
        return most(self.connection_id.company_id.mapped("imap_least_visibility")) or LEVELS[0]

    def _check_choice(self, visibility):
        if visibility and visibility not in LEVELS[LEVELS.index(self._least()) :]:
            raise ValidationError(self.env._("Your company asks to share more than that."))

    def _conversation(self):
        """Return what the user chose for the conversation of these shares."""
        return (
            self.env["imap.conversation"]
            .sudo()
            .search(
                [("user_id", "=", self.env.uid), ("thread_key", "in", self.mapped("thread_key"))],
                limit=1,
            )
        )

    def _of_conversation(self):
        """Return all of the user's shares in the conversation of these."""
        keys = [key for key in self.mapped("thread_key") if key]
        return self | self.sudo().search(
            [("user_id", "=", self.env.uid), ("thread_key", "in", keys)]
        )

    @api.model
    def _choose(self, email, visibility, conversation):
        """Let the user decide what colleagues see of an email.

        :param visibility: a level; False: what the mailbox shares
        :param bool conversation: for all mail of its conversation, that which is to come included
        :return: the emails concerned, and what :meth:`_take_back` needs to undo it
        """
        shares = self._owned(email)
        shares._check_choice(visibility)
        if not conversation or not shares[0].thread_key:
            undo = {"shares": [[share.id, share.visibility] for share in shares]}
            shares.visibility = visibility
        else:
            choice, key = shares._conversation(), shares[0].thread_key
            shares = shares._of_conversation()
            chosen = shares.filtered("visibility")
            undo = {
                "shares": [[share.id, share.visibility] for share in chosen],
                "conversation": choice.visibility,
            }
            chosen.visibility = False
            self._set_conversation(choice, key, visibility)
        return shares._chosen(), undo

    @api.model
    def _take_back(self, email, undo):
        """Undo a choice; return the emails concerned."""
        shares = self._owned(email)
        before = dict(undo.get("shares", []))
        for visibility in (*before.values(), undo.get("conversation")):
            shares._check_choice(visibility)
        if "conversation" in undo:
            self._set_conversation(
                shares._conversation(), shares[0].thread_key, undo["conversation"]
            )
            shares = shares._of_conversation()
        for share in shares.filtered(lambda s: s.id in before):
            share.visibility = before[share.id]
        return shares._chosen()

    @api.model
    def _set_conversation(self, choice, key, visibility):
        if not visibility:
            choice.unlink()
        elif choice:
            choice.visibility = visibility
        else:
            choice.create({"user_id": self.env.uid, "thread_key": key, "visibility": visibility})

    def _chosen(self):
        """Bring chatters in line after a choice; return the emails concerned."""
        self.env["mail.message"].invalidate_model(["imap_is_visible", "imap_sharing"])
        self.env["imap.email"].invalidate_model(["is_readable"])
        emails = self.email_id
        emails._update_stubs()
        return emails
