from odoo import api, fields, models

from odoo.addons.mail.tools.discuss import Store

from .imap_share import LEVELS


class MailMessageSharingMixin(models.AbstractModel):
    """How far an email is shared, for its owner to see and to change in the chatter."""

    _name = "mail.message.sharing.mixin"
    _description = "Message that its owner shares"

    imap_sharing = fields.Json(
        compute="_compute_imap_sharing",
        exportable=False,
        help="Of an email of one's own: what colleagues see of it, and whether that is because of somebody else",
    )

    @api.depends_context("uid")
    def _compute_imap_sharing(self):
        # sudo: imap.email - only for emails of which the user has a copy
        sharing = self._imap_sharing_of(self.sudo().imap_email_id)
        for message in self:
            message.imap_sharing = sharing.get(message.sudo().imap_email_id.id, False)

    @api.model
    def _imap_sharing_of(self, emails):
        """Return how far the user's own emails among these are shared: a dict of id -> value of ``imap_sharing``."""
        return {
            id_: self._imap_sharing_value(email.own_level, email.level)
            for id_, email in emails._overviews().items()
            if email.own_level
        }

    @api.model
    def _imap_sharing_value(self, own, level):
        """Return the value of ``imap_sharing``.

        :param own: the level at which the user shares an email; False if it is not theirs
        :param level: the level at which colleagues see it
        """
        by_others = own and LEVELS.index(level) > LEVELS.index(own)
        return own and {"level": level, "by_others": by_others}

    def imap_sharing_options(self):
        """Return what the owner of this email can choose, and what holds now."""
        self.ensure_one()
        self.check_access("read")
        share = self.env["imap.share"]
        shares = share._owned(self.sudo().imap_email_id)
        conversation = shares._of_conversation()
        labels = dict(share._fields["visibility"]._description_selection(self.env))
        mailbox = shares.connection_id._most_shared() or shares[0].kept_visibility
        return {
            "levels": [
                {"level": level, "label": labels[level]}
                for level in reversed(LEVELS[LEVELS.index(shares._least()) :])
            ],
            "current": share._own_levels(self.sudo().imap_email_id)[shares.email_id.id],
            "mailbox": mailbox,
            "count": len(conversation.email_id),
        }

    def imap_set_sharing(self, visibility, conversation=False):
        """Let the owner of this email decide what colleagues see of it.

        :param visibility: a level; False: what the mailbox shares
        :param bool conversation: for all mail of its conversation
        :return: data for the store, and what ``imap_undo_sharing`` needs
        """
        self.ensure_one()
        self.check_access("read")
        email = self.sudo().imap_email_id
        emails, undo = self.env["imap.share"]._choose(email, visibility, conversation)
        return {"data": self._imap_sharing_data(emails), "undo": undo}

    def imap_undo_sharing(self, undo):
        """Take back what the owner chose.

        :return: data for the store
        """
        self.ensure_one()
        self.check_access("read")
        emails = self.env["imap.share"]._take_back(self.sudo().imap_email_id, undo)
        return self._imap_sharing_data(emails)

    def _imap_sharing_data(self, emails):
        """Return what the client shows of emails in the chatter of this message."""
        entries = self.search(
            [
                ("model", "=", self.model),
                ("res_id", "=", self.res_id),
                ("imap_email_id", "in", emails.ids),
            ]
        )
        return Store().add(entries, ["imap_sharing"]).get_result()
