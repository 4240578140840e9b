from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

#: they decide who reads a message: nobody sets them but the sync itself
PROTECTED_FIELDS = ("imap_email_id", "imap_stub")


class MailMessage(models.Model):
    """Who reads the entry of a synced email: the record rule decides by ``imap_is_visible``, for every path.

    What is overridden here besides are the paths in core that do not ask the record rules.
    """

    _inherit = "mail.message"

    imap_stub = fields.Selection(
        [("subject", "Subject only"), ("metadata", "Only that a mail happened")],
        string="Stub",
        readonly=True,
        copy=False,
        help="Of a synced email: what this entry shows to those with whom the email is not shared in full. "
        "Empty: it is the email itself.",
    )
    imap_is_visible = fields.Boolean(
        compute="_compute_imap_is_visible",
        search="_search_imap_is_visible",
        exportable=False,
        help="It is no synced email, or the entry of it that this user may see",
    )

    # ------------------------------------------------------------------
    # the rule
    # ------------------------------------------------------------------

    @api.depends("imap_email_id", "imap_stub")
    @api.depends_context("uid")
    def _compute_imap_is_visible(self):
        hidden = self._imap_hidden()
        for message in self:
            message.imap_is_visible = message not in hidden

    @api.model
    def _search_imap_is_visible(self, operator, _value):
        if operator != "in":
            return NotImplemented
        self.env["imap.share"]._flush_levels()
        return Domain.custom(to_sql=lambda model, alias, query: model._imap_sql_is_visible(alias))

    @api.model
    def _imap_sql_is_visible(self, alias):
        email = SQL.identifier(alias, "imap_email_id")
        if not self.env.user._is_internal():
            # authors may read their own messages, and the author is often the portal user's own contact
            return SQL("%s IS NULL", email)
        stub = SQL.identifier(alias, "imap_stub")
        share = self.env["imap.share"]
        level = share._sql_level_for_user(email)
        if "imap_of_few" in self.env.context:
            # PostgreSQL would take a page for all that it is a page of, and work out the EXISTS for all emails first
            return SQL(
                "(%(email)s IS NULL OR COALESCE(COALESCE(%(stub)s, 'everything') = %(level)s, FALSE))",
                email=email,
                stub=stub,
                level=level,
            )
        return SQL(
            """CASE WHEN %(email)s IS NULL THEN TRUE
                    WHEN %(stub)s IS NULL THEN %(is_shared)s
                    ELSE COALESCE(%(stub)s = %(level)s, FALSE)
               END""",
            email=email,
            stub=stub,
            is_shared=share._sql_is_shared(email),
            level=level,
        )

    def _imap_hidden(self):
        """Return those of these messages that are entries of synced mail which the user does not see.

        It is asked for the user of the environment, in superuser mode too: that is how record rules are evaluated.
        """
        if not self.ids or self.env.uid == api.SUPERUSER_ID:
            return self.browse()
        self.flush_model(PROTECTED_FIELDS)
        self.env["imap.share"]._flush_levels()
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM mail_message WHERE id IN %s AND imap_email_id IS NOT NULL AND NOT %s",
                tuple(self.ids),
                self.with_context(imap_of_few=True)._imap_sql_is_visible("mail_message"),
            )
        )
        hidden = self.browse(id_ for (id_,) in rows)
        return hidden + (self - hidden)._imap_misplaced()

    def _imap_misplaced(self):
        """Return those of these entries whose record the user may not read.

        Core lets authors, recipients and creators read a message wherever it stands. The entry of an email also stands
        where a colleague put it, and would tell its author the name of that record.
        """
        if not self.ids or self.env.uid == api.SUPERUSER_ID:
            return self.browse()
        self.flush_model(["author_id", "partner_ids", "model", "res_id"])
        self.env["mail.notification"].flush_model(["mail_message_id", "res_partner_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id, model, res_id
                  FROM mail_message
                 WHERE id IN %(ids)s AND imap_email_id IS NOT NULL
                   AND (author_id = %(me)s OR create_uid = %(uid)s
                        OR EXISTS (SELECT FROM mail_message_res_partner_rel AS recipient
                                    WHERE recipient.mail_message_id = mail_message.id
                                      AND recipient.res_partner_id = %(me)s)
                        OR EXISTS (SELECT FROM mail_notification AS told
                                    WHERE told.mail_message_id = mail_message.id AND told.res_partner_id = %(me)s))
                """,
                ids=tuple(self.ids),
                me=self.env.user.partner_id.id,
                uid=self.env.uid,
            )
        )
        places = defaultdict(lambda: defaultdict(set))
        for id_, model, res_id in rows:
            places[model][res_id].add(id_)
        allowed = self.sudo(False)._find_allowed_doc_ids(places)
        return self.browse(id_ for id_, _model, _res_id in rows if id_ not in allowed)

    # ------------------------------------------------------------------
    # paths past the rules
    # ------------------------------------------------------------------

    @api.model
    def _search(self, domain, offset=0, limit=None, order=None, *, bypass_access=False, **kwargs):
        """Apply the rule to searches through ``message_ids`` of a record, too: they would find words in hidden mail."""
        if bypass_access and not self.env.su:
            domain = Domain(domain) & Domain("imap_is_visible", "=", True)
        query = super()._search(domain, offset, limit, order, bypass_access=bypass_access, **kwargs)
        if bypass_access or self.env.su:
            return query
        found = self.browse(query.get_result_ids())
        misplaced = found._imap_misplaced()
        return (found - misplaced)._as_query() if misplaced else query

    def _message_fetch(self, *args, **kwargs):
        """Read what was found: the search has asked the rule, which the first field that is read would do again."""
        result = super()._message_fetch(*args, **kwargs)
        if not self.env.su:
            result["messages"].sudo().fetch()
        return result

    def fetch(self, field_names=None):
        """Check what core leaves unchecked here: fields of messages that are known by their id."""
        if not self.env.su and (hidden := self._imap_hidden()):
            raise hidden._make_access_error("read")
        return super().fetch(field_names)

    @api.model
    def _get_with_access(self, message_id, mode="read", **kwargs):
        """Ask the rule here too: core grants what access to the thread grants, a shared link included.

        Controllers use it for reactions, links and the like.
        """
        message = super()._get_with_access(message_id, mode=mode, **kwargs)
        return message - message._imap_hidden()

    @api.depends_context("uid")
    def _compute_display_name(self):
        """Hide the subject, which is the name of a message: other messages name their parent in superuser mode."""
        result = super()._compute_display_name()
        self._imap_hidden().display_name = False
        return result

    # ------------------------------------------------------------------
    # what is written
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._imap_check_values(vals)
        return super().create(vals_list)

    def _imap_check_values(self, vals):
        """Let nobody make an entry of their own: it would make any email readable."""
        if not self.env.su and any(name in vals for name in PROTECTED_FIELDS):
            raise AccessError(self.env._("Entries of synced emails are made by the sync only."))

    def write(self, vals):
        self._imap_check_values(vals)
        if "model" in vals or "res_id" in vals:
            self -= self._imap_drop_doubles(vals)
        return super().write(vals)

    def _imap_drop_doubles(self, vals):
        """Delete the entries that would stand twice on the record to which they are moved, and return them.

        Merging records moves their messages.
        """
        entries = self.sudo().filtered("imap_email_id")
        if not entries:
            return self.browse()

        def place(entry, vals=vals):
            model, record = vals.get("model", entry.model), vals.get("res_id", entry.res_id)
            return entry.imap_email_id, entry.imap_stub, model, record

        others = entries.search(
            [("imap_email_id", "in", entries.imap_email_id.ids), ("id", "not in", entries.ids)]
        )
        taken = {place(other, {}) for other in others}
        doubles = entries.browse()
        for entry in entries:
            if place(entry) in taken:
                doubles += entry
            taken.add(place(entry))
        # whoever moves messages has their stubs in hand too, and moves them next
        doubles.with_context(imap_leave_stubs=True).unlink()
        return doubles

    def unlink(self):
        """Take the stubs of an entry along."""
        entries = self.sudo().filtered(lambda m: m.imap_email_id and not m.imap_stub)
        if entries and not self.env.context.get("imap_leave_stubs"):
            self.check_access("unlink")
            stubs = entries.search(
                [("imap_email_id", "in", entries.imap_email_id.ids), ("imap_stub", "!=", False)]
            )
            places = {(e.imap_email_id, e.model, e.res_id) for e in entries}
            stubs = stubs.filtered(lambda s: (s.imap_email_id, s.model, s.res_id) in places)
            super(MailMessage, stubs - self.sudo()).unlink()
        return super().unlink()
