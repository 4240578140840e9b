"""How far owners of mailboxes share their mail with colleagues.

What holds for an email is stored nowhere: the record rules work it out when somebody reads, from the owner's choice
for this email, else for its conversation, else for the mailbox. So whatever an owner changes is one small write, and
holds at once and for all mail, however much that is.
"""

from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

#: what colleagues see, the most private first: its order is what "at least" and "the most" mean
VISIBILITIES = [
    ("private", "Nothing"),
    ("metadata", "Only that a mail happened"),
    ("subject", "Subject only"),
    ("everything", "Everything"),
]
LEVELS = [level for level, _label in VISIBILITIES]
#: levels at which colleagues see something else than the owner: a stub
STUB_LEVELS = ("metadata", "subject")


def most(levels):
    """Return the most open of some levels; False of none."""
    return max(filter(None, levels), key=LEVELS.index, default=False)


def least(levels):
    """Return the most private of some levels."""
    return min(levels, key=LEVELS.index)


class ImapShare(models.Model):
    """An email that came through a mailbox: who owns it, and how far they share it.

    It outlives the copies on the server and the mailbox itself: as long as the email is in Odoo, its owner reads it,
    and colleagues see what was shared with them. An email without such a row is nobody's, and nobody reads it.
    """

    _name = "imap.share"
    _description = "How far an owner shares an email"

    email_id = fields.Many2one("imap.email", required=True, ondelete="cascade")
    user_id = fields.Many2one("res.users", string="Owner", ondelete="set null")
    connection_id = fields.Many2one("imap.connection", string="Mailbox", ondelete="set null")
    thread_key = fields.Char(related="email_id.thread_key", store=True, precompute=True)
    visibility = fields.Selection(VISIBILITIES, help="What the owner chose for this email")
    kept_visibility = fields.Selection(
        VISIBILITIES, help="What the mailbox shared when it was removed"
    )

    _email_connection_unique = models.UniqueIndex("(email_id, connection_id)")
    _connection = models.Index("(connection_id, id)")
    _user_thread = models.Index("(user_id, thread_key)")

    # ------------------------------------------------------------------
    # rows
    # ------------------------------------------------------------------

    @api.model
    def _add(self, connection, emails):
        """Note that emails lie in a mailbox; what its owner chose for them before stays."""
        shares = self.search_fetch(
            [
                ("email_id", "in", emails.ids),
                ("connection_id", "in", [connection.id, False]),
                ("user_id", "=", connection.user_id.id),
            ],
            ["email_id", "connection_id"],
        )
        here = shares.filtered("connection_id").email_id
        # of a mailbox that was removed and is connected again
        returned = shares.filtered(lambda s: not s.connection_id and s.email_id not in here)
        returned.connection_id = connection
        missing = emails - here - returned.email_id
        chosen = self.env["imap.kept.choice"]._take(connection.user_id, missing)
        self.create(
            [
                {
                    "email_id": email.id,
                    "user_id": connection.user_id.id,
                    "connection_id": connection.id,
                    "visibility": chosen.get(email),
                }
                for email in missing
            ]
        )

    @api.model
    def _release(self, connections):
        """Let go of mailboxes that are removed or change hands: mail stays with whom it came to, shared as it is."""
        self.flush_model()
        for connection in connections:
            # may be a million
            self.env.cr.execute(
                SQL(
                    "UPDATE imap_share SET kept_visibility = %s, connection_id = NULL WHERE connection_id = %s",
                    connection.visibility,
                    connection.id,
                )
            )
        self.invalidate_model()

    @api.model
    def _owners(self, emails):
        """Return who owns emails: a dict of id -> ``res.partner``."""
        shares = self.search_fetch([("email_id", "in", emails.ids)], ["email_id", "user_id"])
        by_email = defaultdict(shares.browse, shares.grouped("email_id"))
        return {email.id: by_email[email].user_id.partner_id for email in emails}

    # ------------------------------------------------------------------
    # levels
    # ------------------------------------------------------------------

    @api.model
    def _flush_levels(self):
        """Write down what the SQL below reads."""
        self.flush_model()
        self.env["imap.conversation"].flush_model()
        self.env["imap.connection"].flush_model(["visibility"])

    @api.model
    def _sql_rows(self):
        """Return the FROM of a query over shares, as ``share``."""
        return SQL(
            """imap_share AS share
               LEFT JOIN imap_conversation AS conversation
                      ON conversation.user_id = share.user_id
                     AND conversation.thread_key = share.thread_key
               LEFT JOIN imap_connection AS mailbox ON mailbox.id = share.connection_id"""
        )

    @api.model
    def _sql_level(self):
        """Return what colleagues see of the email of one share."""
        return SQL(
            "COALESCE(share.visibility, conversation.visibility, mailbox.visibility, share.kept_visibility)"
        )

    @api.model
    def _sql_is_shared(self, email):
        """Return whether the user reads an email: it is their own, or somebody shares everything of it.

        :param email: SQL of the email's id
        """
        return SQL(
            "EXISTS (SELECT FROM %s WHERE share.email_id = %s AND (share.user_id = %s OR %s = 'everything'))",
            self._sql_rows(),
            email,
            self.env.uid,
            self._sql_level(),
        )

    @api.model
    def _sql_tells_mailbox(self, email, mailbox):
        """Return whether the user may know that an email lies in a mailbox: it is their own, or it shares something.

        :param email: SQL of the email's id
        :param mailbox: SQL of the mailbox's id
        """
        return SQL(
            """EXISTS (SELECT FROM %s WHERE share.email_id = %s AND share.connection_id = %s
                          AND (share.user_id = %s OR %s <> 'private'))""",
            self._sql_rows(),
            email,
            mailbox,
            self.env.uid,
            self._sql_level(),
        )

    @api.model
    def _sql_level_for_user(self, email):
        """Return what the user sees of an email: a level, null for nothing.

        :param email: SQL of the email's id
        """
        level = self._sql_level()
        return SQL(
            """(SELECT CASE WHEN bool_or(share.user_id = %(uid)s OR %(level)s = 'everything') THEN 'everything'
                            WHEN bool_or(%(level)s = 'subject') THEN 'subject'
                            WHEN bool_or(%(level)s = 'metadata') THEN 'metadata'
                       END
                  FROM %(rows)s
                 WHERE share.email_id = %(email)s)""",
            level=level,
            uid=self.env.uid,
            rows=self._sql_rows(),
            email=email,
        )

    @api.model
    def _levels(self, emails):
        """Return what colleagues who own none of these emails see of them: a dict of id -> level."""
        return self._aggregated_levels(emails, self._sql_level())

    @api.model
    def _levels_for_user(self, emails):
        """Return what the user sees of emails: a dict of id -> level."""
        level = SQL(
            "CASE WHEN share.user_id = %s THEN 'everything' ELSE %s END",
            self.env.uid,
            self._sql_level(),
        )
        return self._aggregated_levels(emails, level)

    @api.model
    def _own_levels(self, emails):
        """Return what the user shares of those of these emails that they own: a dict of id -> level."""
        level = SQL("CASE WHEN share.user_id = %s THEN %s END", self.env.uid, self._sql_level())
        levels = self._aggregated_levels(emails, level)
        return {email: level for email, level in levels.items() if level}

    @api.model
    def _effect(self, connection, visibility):
        """Return what another level of a mailbox would mean for the mail that is in Odoo, in numbers of emails.

        :return: those that change, those of which the owner chose something else, those that others share as much
        """
        self._flush_levels()
        self.env["imap.email"].flush_model(["deleted_date"])
        as_much = LEVELS[LEVELS.index(most([connection.visibility, visibility])) :]
        by_others = SQL(
            "EXISTS (SELECT FROM %s WHERE share.email_id = mine.email_id AND share.id <> mine.id AND %s IN %s)",
            self._sql_rows(),
            self._sql_level(),
            tuple(as_much),
        )
        [numbers] = self.env.execute_query(
            SQL(
                """SELECT count(*) FILTER (WHERE NOT chosen AND NOT %(by_others)s),
                          count(*) FILTER (WHERE chosen),
                          count(*) FILTER (WHERE NOT chosen AND %(by_others)s)
                     FROM (SELECT share.id, share.email_id,
                                  COALESCE(share.visibility, conversation.visibility) IS NOT NULL AS chosen
                             FROM %(rows)s
                             JOIN imap_email AS email ON email.id = share.email_id
                            WHERE share.connection_id = %(connection)s
                              AND email.deleted_date IS NULL) AS mine""",
                by_others=by_others,
                rows=self._sql_rows(),
                connection=connection.id,
            )
        )
        return numbers

    @api.model
    def _aggregated_levels(self, emails, level):
        if not emails.ids:
            return {}
        self._flush_levels()
        rows = self.env.execute_query(
            SQL(
                "SELECT share.email_id, array_agg(%s) FROM %s WHERE share.email_id IN %s GROUP BY share.email_id",
                level,
                self._sql_rows(),
                tuple(emails.ids),
            )
        )
        return {email: most(levels) for email, levels in rows}
