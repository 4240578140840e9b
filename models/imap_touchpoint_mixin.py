"""Touchpoints: when somebody last wrote and was last written to, who waits for whom, and how many mails there are.

They are ordinary stored fields, for filters, groups and automation rules. They are worked out from all mail of a record
at once, by one query for any number of records: so it does not matter in which order mail comes, or what is deleted,
moved or merged. Whoever changes something calls ``_imap_touch``.

What counts, for whom, is in docs/ARCHITECTURE.md.
"""

from datetime import timedelta

from babel.dates import format_timedelta

from odoo import api, fields, models
from odoo.tools import SQL, babel_locale_parse, format_date, split_every
from odoo.tools.misc import get_lang
from odoo.tools.sql import column_exists, create_column

#: records that are worked out together when the addon is installed
AT_ONCE = 1_000
#: stored, and worked out together
TOUCHPOINTS = (
    "imap_last_email",
    "imap_last_received",
    "imap_last_sent",
    "imap_awaiting_us_since",
    "imap_awaiting_them_since",
    "imap_mail_count",
)
#: how a field is that is one of them
_WORKED_OUT = {
    "compute": "_compute_imap_touchpoints",
    "store": True,
    "precompute": True,
    "groups": "base.group_user",
}
#: what the query reads besides
_READ = {
    "mail.message": [
        "author_id",
        "date",
        "imap_email_id",
        "imap_stub",
        "message_id",
        "message_type",
        "model",
        "res_id",
    ],
    "mail.notification": ["mail_message_id", "notification_type", "res_partner_id"],
    "res.partner": ["commercial_partner_id", "company_id", "imap_settled_at", "partner_share"],
}


class ImapTouchpointMixin(models.AbstractModel):
    """A record that has mail."""

    _name = "imap.touchpoint.mixin"
    _description = "Record with touchpoints"

    imap_last_email = fields.Datetime(
        string="Last email",
        help="Received, sent, or one in which they were in copy",
        **_WORKED_OUT,
    )
    imap_last_received = fields.Datetime(string="Last email received", **_WORKED_OUT)
    imap_last_sent = fields.Datetime(string="Last email sent", **_WORKED_OUT)
    imap_awaiting_us_since = fields.Datetime(
        string="Awaiting our reply since",
        index="btree_not_null",
        help="The first email from them after our last one",
        **_WORKED_OUT,
    )
    imap_awaiting_them_since = fields.Datetime(
        string="Awaiting their reply since",
        index="btree_not_null",
        help="Our first email after their last one",
        **_WORKED_OUT,
    )
    imap_mail_count = fields.Integer(
        string="Emails exchanged",
        aggregator="sum",
        **_WORKED_OUT,
    )
    imap_settled_at = fields.Datetime(
        string="Settled",
        copy=False,
        groups="base.group_user",
        help="Mail up to this moment needs no reply",
    )
    imap_waiting = fields.Selection(
        [("us", "For our reply"), ("them", "For their reply"), ("settled", "Settled by hand")],
        string="Waiting",
        compute="_compute_imap_waiting",
        groups="base.group_user",
    )
    imap_touchpoint_text = fields.Char(
        string="Last contact", compute="_compute_imap_waiting", groups="base.group_user"
    )

    # ------------------------------------------------------------------
    # for the first time
    # ------------------------------------------------------------------

    def _auto_init(self):
        """Make the columns before Odoo does, which would write to every contact and opportunity that there is."""
        cr = self.env.cr
        missing = [
            name for name in TOUCHPOINTS if self._auto and not column_exists(cr, self._table, name)
        ]
        for name in missing:
            create_column(cr, self._table, name, self._fields[name].column_type[1])
        result = super()._auto_init()
        if missing:
            self.pool.post_init(self._imap_touch_first)
        return result

    def _imap_touch_first(self):
        """Work out the touchpoints of all records that have mail already, by one query for many of them."""
        everything = self.sudo().with_context(active_test=False).search([], order="id")
        for ids in split_every(AT_ONCE, everything.ids):
            rows = self._imap_touchpoint_rows(ids)
            self._imap_assign({id_: row for id_, row in rows.items() if row["imap_mail_count"]})
            self.env.flush_all()
            self.env.invalidate_all()

    # ------------------------------------------------------------------
    # working them out
    # ------------------------------------------------------------------

    @api.depends("imap_settled_at")
    def _compute_imap_touchpoints(self):
        known = self.env.context.get("imap_touchpoints") or {}
        missing = [record.id for record in self if record.id and record.id not in known]
        rows = {**known, **self._imap_touchpoint_rows(missing)} if missing else known
        nothing = dict.fromkeys(TOUCHPOINTS, False)
        for record in self:
            record.update(rows.get(record.id, nothing))

    def _imap_touch(self, wait=True):
        """Work the touchpoints of these records out anew, and those of the companies that they belong to.

        :param bool wait: for whoever is writing one of them at this moment
        :return: the records that are left for later, because somebody is
        """
        rows = self._imap_touchpoint_rows(self.ids, related=True, wait=wait) if self.ids else {}
        self._imap_assign({id_: row for id_, row in rows.items() if row})
        return self.browse(id_ for id_, row in rows.items() if not row)

    def _imap_assign(self, rows):
        """Give records their touchpoints as computed fields get their value, which automation rules see."""
        records = self.sudo().browse(rows)
        for name in TOUCHPOINTS:
            self.env.add_to_compute(self._fields[name], records)
        records.with_context(imap_touchpoints=rows)._recompute_recordset(TOUCHPOINTS)

    def _imap_touchpoint_rows(self, ids, related=False, wait=True):
        """Return id -> values of the touchpoints, by the same few queries for any number of records.

        :param bool related: those of records besides to which the mail of these belongs
        :param bool wait: else records that others are writing have None, and the rest is locked
        """
        for model, names in _READ.items():
            self.env[model].flush_model(names)
        self.env[self._name].flush_model(["imap_settled_at"])
        wanted = self._imap_touchpoint_wanted(tuple(ids), related)
        mails = self._imap_touchpoint_mails(self._imap_counting(wanted))
        # compiling the query would take longer than the query, up to seconds where the machine is busy
        self.env.cr.execute("SET LOCAL jit = off")
        rows = self.env.execute_query(
            SQL(
                """
                WITH wanted AS (%(wanted)s),
                     root AS MATERIALIZED (
                         SELECT id, imap_settled_at AS settled
                           FROM %(table)s WHERE id IN (SELECT id FROM wanted) %(lock)s
                     ),
                     mail AS (%(mails)s),
                     dated AS (
                         SELECT mail.*,
                                MAX(date) FILTER (WHERE direction = 'in') OVER own AS received,
                                MAX(date) FILTER (WHERE direction = 'out') OVER own AS sent
                           FROM mail WINDOW own AS (PARTITION BY root)
                     )
                SELECT wanted.id,
                       root.id,
                       MAX(date),
                       MAX(received),
                       MAX(sent),
                       MIN(date) FILTER (
                           WHERE direction = 'in' AND date > COALESCE(GREATEST(sent, dated.settled), '-infinity')
                       ),
                       MIN(date) FILTER (
                           WHERE direction = 'out' AND date > COALESCE(GREATEST(received, dated.settled), '-infinity')
                       ),
                       COUNT(DISTINCT key)
                  FROM wanted LEFT JOIN root ON root.id = wanted.id LEFT JOIN dated ON dated.root = root.id
                 GROUP BY wanted.id, root.id
                """,
                wanted=wanted,
                table=SQL.identifier(self._table),
                lock=SQL() if wait else SQL("FOR NO KEY UPDATE SKIP LOCKED"),
                mails=mails,
            )
        )
        return {
            id_: dict(zip(TOUCHPOINTS, values, strict=True)) if own else None
            for id_, own, *values in rows
        }

    def _imap_touchpoint_wanted(self, ids, _related):
        """Return the SELECT of the ids of the records that are to be worked out."""
        return SQL("SELECT id FROM %s WHERE id IN %s", SQL.identifier(self._table), ids)

    def _imap_touchpoint_members(self):
        """Return the SELECT of the ids of the records whose mail the ``wanted`` ones have."""
        return SQL("SELECT id FROM wanted")

    def _imap_touchpoint_mails(self, counting):
        """Return the SELECT of the mails of the ``root`` records.

        :param tuple counting: ids of the ``imap.email`` that count

        Columns: ``root``, ``date``, ``key``, ``direction`` (null where they were only in copy), and ``settled``: until
        when mail of this one needs no reply.
        """
        raise NotImplementedError

    def _imap_counting(self, wanted):
        """Return the ids of the emails from mailboxes that count for records.

        What is stored with a record is there for everybody who may read it. So only mail counts of which everybody may
        know at least that it happened.

        They are looked up by their ids, and not as part of the join: PostgreSQL may believe tables empty that grow at
        this moment, and has taken minutes to join a thousand mails.
        """
        found = self.env.execute_query(
            SQL(
                """
                WITH wanted AS (%s)
                SELECT DISTINCT imap_email_id FROM mail_message
                 WHERE model = %s AND res_id IN (%s) AND imap_email_id IS NOT NULL AND imap_stub IS NULL
                """,
                wanted,
                self._name,
                self._imap_touchpoint_members(),
            )
        )
        emails = self.env["imap.email"].sudo()
        emails = emails.search(
            [
                ("id", "in", [id_ for (id_,) in found]),
                ("kind", "=", "person"),
                # automation rules go by what counts: who forged a sender must not start them
                ("authentication", "!=", "fail"),
            ]
        )
        levels = self.env["imap.share"].sudo()._levels(emails)
        return tuple(email for email, level in levels.items() if level and level != "private")

    # ------------------------------------------------------------------
    # in words
    # ------------------------------------------------------------------

    @api.depends(*TOUCHPOINTS, "imap_settled_at")
    @api.depends_context("lang", "tz")
    def _compute_imap_waiting(self):
        for record in self:
            record.imap_waiting = record._imap_waiting()
            record.imap_touchpoint_text = record.imap_last_email and record._imap_sentence()

    def _imap_waiting(self):
        if self.imap_awaiting_us_since:
            return "us"
        if self.imap_awaiting_them_since:
            return "them"
        last, settled = self.imap_last_email, self.imap_settled_at
        return "settled" if last and settled and settled >= last else False

    def _imap_sentence(self):
        last = self.imap_last_email
        locale = babel_locale_parse(get_lang(self.env).code)
        ago = format_timedelta(last - fields.Datetime.now(), add_direction=True, locale=locale)
        if self.imap_waiting == "us":
            return self.env._(
                "Last email %(ago)s, waiting for our reply since %(day)s",
                ago=ago,
                day=self._imap_day(self.imap_awaiting_us_since),
            )
        if self.imap_waiting == "them":
            return self.env._(
                "Last email %(ago)s, waiting for their reply since %(day)s",
                ago=ago,
                day=self._imap_day(self.imap_awaiting_them_since),
            )
        if self.imap_waiting == "settled":
            return self.env._("Last email %(ago)s, no reply needed", ago=ago)
        return self.env._("Last email %(ago)s", ago=ago)

    def _imap_day(self, moment):
        """Return a day as people say it: by its name if it was in the last days."""
        day = fields.Datetime.context_timestamp(self, moment).date()
        today = fields.Date.context_today(self)
        if day == today:
            return self.env._("today")
        if today - day < timedelta(days=7):
            return format_date(self.env, day, date_format="EEEE")
        return format_date(self.env, day)

    def action_imap_settle(self):
        """Say that no mail of these records needs a reply, whoever wrote last."""
        self.imap_settled_at = fields.Datetime.now()

    def action_imap_unsettle(self):
        """Take that back."""
        self.imap_settled_at = False
