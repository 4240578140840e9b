from odoo import api, fields, models

from ..lib.match import ids_of_interest
from .imap_share import VISIBILITIES, least


class ImapConversation(models.Model):
    """How far an owner shares a conversation, with all mail that is in it or will be."""

    _name = "imap.conversation"
    _description = "How far an owner shares a conversation"

    user_id = fields.Many2one("res.users", string="Owner", required=True, ondelete="cascade")
    thread_key = fields.Char(required=True)
    visibility = fields.Selection(VISIBILITIES, required=True)

    _user_thread_unique = models.UniqueIndex("(user_id, thread_key)")

    # ------------------------------------------------------------------
    # which mails are one conversation
    # ------------------------------------------------------------------

    @api.model
    def _keys(self, mails):
        """Return the key of the conversation of each of some new mails.

        It is the key of the nearest mail that it answers and that is known, else the Message-ID that its References
        begin with: programs leave some out, but seldom all.

        :param mails: list of :class:`~..lib.headers.HeaderFacts`
        :return: list of keys, False for a mail that has none
        """
        answered = {ref for mail in mails for ref in ids_of_interest(mail)}
        emails = self.env["imap.email"].search_fetch(
            [("message_id", "in", list(answered))], ["message_id", "thread_key"]
        )
        known = {email.message_id: email.thread_key for email in emails}
        keys = {}
        for number, mail in sorted(enumerate(mails), key=lambda item: item[1].date):
            nearest = next((known[ref] for ref in ids_of_interest(mail) if known.get(ref)), None)
            first = next(iter(mail.references + mail.in_reply_to), mail.message_id)
            keys[number] = nearest or first or False
            if mail.message_id:
                known[mail.message_id] = keys[number]
        return [keys[number] for number in range(len(mails))]

    @api.model
    def _join(self, emails):
        """Let new emails bring the conversation with them that took their Message-ID for its beginning.

        Past mail comes in newest first: an answer may be there before it is known what it answers.
        """
        moves = {
            email.message_id: email.thread_key
            for email in emails
            if email.message_id and email.thread_key != email.message_id
        }
        answers = self.env["imap.email"].search_fetch(
            [("thread_key", "in", list(moves))], ["thread_key"]
        )
        if not answers:
            return
        # a Message-ID that another mail has had before proves nothing
        doubtful = self.env["imap.email"].search_fetch(
            [("message_id", "in", list(moves)), ("id", "not in", emails.ids)], ["message_id"]
        )
        for message_id in doubtful.mapped("message_id"):
            moves.pop(message_id, None)
        ends = {key: _end(moves, key) for key in moves}
        self._move_choices(ends)
        answers = answers.filtered(lambda email: email.thread_key in ends)
        for end, moved in answers.grouped(lambda email: ends[email.thread_key]).items():
            moved.thread_key = end

    @api.model
    def _move_choices(self, ends):
        """Keep what was chosen for conversations that turn out to be parts of other ones.

        Mail that is there keeps its level. For what comes next the more private choice holds.

        :param dict ends: key -> key of the conversation that it is part of
        """
        choices = self.search([("thread_key", "in", [*ends, *ends.values()])])
        chosen = {(choice.user_id, choice.thread_key): choice for choice in choices}
        for choice in choices.filtered(lambda c: c.thread_key in ends):
            user, old, new = choice.user_id, choice.thread_key, ends[choice.thread_key]
            other = chosen.get((user, new))
            if not other and not self._opens(choice):
                choice.thread_key = new
                chosen[user, new] = choice
                continue
            shares = self.env["imap.share"].search(
                [("user_id", "=", user.id), ("thread_key", "=", old), ("visibility", "=", False)]
            )
            shares.visibility = choice.visibility
            if other:
                other.visibility = least([choice.visibility, other.visibility])
            choice.unlink()

    def _opens(self, choice):
        """Say whether a choice shares more than one of its owner's mailboxes does."""
        mailboxes = self.env["imap.connection"].search([("user_id", "=", choice.user_id.id)])
        return choice.visibility != least([choice.visibility, *mailboxes.mapped("visibility")])


def _end(moves, key):
    """Follow a conversation to the one that it is part of in the end."""
    passed = set()
    while key in moves and key not in passed:
        passed.add(key)
        key = moves[key]
    return key
