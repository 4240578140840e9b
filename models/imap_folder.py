from collections import Counter
from dataclasses import replace

from odoo import api, fields, models
from odoo.tools import SQL

from ..lib.changes import Cursor
from ..lib.known import Look
from .big_integer import BigInteger

#: folders whose mail concerns nobody, until somebody chooses them
OFF_BY_DEFAULT = ("drafts", "trash", "junk")

#: so often in a row a folder is read anew from the start
MOST_RESETS = 5


class ImapFolder(models.Model):
    _name = "imap.folder"
    _inherit = [
        "imap.folder.audit.mixin",
        "imap.folder.lookup.mixin",
        "imap.folder.progress.mixin",
        "imap.folder.backfill.mixin",
        "imap.folder.silence.mixin",
        "imap.hidden.name.mixin",
    ]
    _description = "Folder of a mailbox"
    _order = "sequence, path, id"
    _rec_name = "path"

    connection_id = fields.Many2one(
        "imap.connection", required=True, index=True, ondelete="cascade"
    )
    path = fields.Char(string="Folder", required=True, readonly=True)
    raw_path = fields.Char(
        required=True, readonly=True, help="The name as the server spells it (modified UTF-7)"
    )
    role = fields.Selection(
        [
            ("inbox", "Inbox"),
            ("sent", "Sent"),
            ("archive", "Archive"),
            ("all", "All mail"),
            ("drafts", "Drafts"),
            ("junk", "Spam"),
            ("trash", "Trash"),
            ("other", "Other"),
        ],
        required=True,
        default="other",
        readonly=True,
    )
    sequence = fields.Integer(compute="_compute_sequence", store=True, precompute=True)
    selected = fields.Boolean(string="Sync")
    available = fields.Boolean(default=True, readonly=True, help="The server has this folder")
    unlisted = fields.Boolean(
        readonly=True, help="The last list lacked this folder; the next one decides"
    )
    mailbox_id = fields.Char(readonly=True, help="Stays when the folder is renamed (RFC 8474)")
    # the cursor, see lib/changes.py
    uidvalidity = BigInteger(readonly=True)
    uidnext = BigInteger(readonly=True, default=1)
    backfill_uid = BigInteger(readonly=True, default=1)
    backfilled = fields.Boolean(readonly=True)
    fingerprint = fields.Char(
        readonly=True,
        help="Its messages when its UIDVALIDITY was another one the last time, see lib/fingerprint.py",
    )
    told_uidvalidity = BigInteger(
        readonly=True, help="The last one that the server told of the same messages"
    )
    # the last look at what is known, see lib/known.py
    highestmodseq = BigInteger(readonly=True)
    look_uidnext = BigInteger(readonly=True)
    look_messages = BigInteger(readonly=True)
    recent_look = fields.Datetime(readonly=True)
    full_look = fields.Datetime(readonly=True)
    # what goes wrong again and again
    resets = fields.Integer(
        readonly=True, help="Looks in a row at which UIDs had lost their meaning"
    )
    failures = fields.Integer(
        readonly=True, help="Runs in a row in which the connection ended at the same messages"
    )
    trouble = fields.Selection(
        [
            (
                "resets",
                "Stopped: the server numbers the mails of this folder anew every time. "
                "Switch the folder off and on to try again.",
            )
        ],
        string="Problem",
        readonly=True,
    )
    touched = fields.Json(
        readonly=True,
        help="Records whose touchpoints are still to be worked out: model and id of each",
    )
    # counters
    message_count = fields.Integer(string="Mails", readonly=True, help="On the server")
    seen = fields.Integer(string="Looked at", readonly=True)
    linked = fields.Integer(readonly=True)
    quarantined = fields.Integer(readonly=True)
    skipped_by_rule = fields.Json(readonly=True, default=dict)
    skipped = fields.Integer(compute="_compute_skipped")
    backlog = fields.Integer(
        string="Waiting", compute="_compute_backlog", help="Mails that have not been looked at yet"
    )

    _path_unique = models.Constraint(
        "UNIQUE (connection_id, raw_path)", "This folder is listed already."
    )

    @api.depends("role")
    def _compute_sequence(self):
        order = [key for key, _label in self._fields["role"].selection]
        for folder in self:
            folder.sequence = order.index(folder.role)

    @api.depends("skipped_by_rule")
    def _compute_skipped(self):
        for folder in self:
            folder.skipped = sum((folder.skipped_by_rule or {}).values())

    @api.depends("selected", "backfilled", "message_count", "seen", "past_total", "past_done")
    def _compute_backlog(self):
        for folder in self:
            open_backfill = folder.selected and folder.available and not folder.backfilled
            counted = folder.past_total >= 0
            left = folder.past_total - folder.past_done if counted else folder.message_count
            folder.backlog = max(left, 1) if open_backfill else 0

    def write(self, vals):
        if "selected" in vals:
            vals = {**vals, "trouble": False, "resets": 0, "failures": 0}
        result = super().write(vals)
        if vals.get("selected"):
            connections = self.connection_id.filtered(lambda c: c.state == "connected")
            connections._schedule()
        return result

    def _cursor(self):
        """Return how far this folder has been read."""
        self.ensure_one()
        return Cursor(self.uidvalidity, self.uidnext, self.backfill_uid, self.backfilled)

    def _trouble_text(self):
        """Return why this folder is stopped, in the language of the environment."""
        return dict(self._fields["trouble"]._description_selection(self.env)).get(self.trouble)

    def _open(self, session):
        """Open this folder on the server, for reading.

        Where the server made up another UIDVALIDITY for the same messages, the one that is stored holds.

        :return: the :class:`~..lib.session.Snapshot`
        :raise FolderGone: it does not exist or cannot be opened
        """
        self.ensure_one()
        snapshot = session.examine(self.raw_path.encode("latin-1"))
        made_up = self.fingerprint and snapshot.uidvalidity not in (0, self.uidvalidity)
        if made_up and session.fingerprint(self.fingerprint)[1]:
            return replace(snapshot, uidvalidity=self.uidvalidity)
        return snapshot

    def _open_to_read(self, session):
        """Open this folder as a sync does, which remembers what it takes to recognise the folder next time.

        The fingerprint is that of all messages up to which this sync may read, or none. One that covered less would
        let other messages pass for those that were read.

        :return: the :class:`~..lib.session.Snapshot`
        """
        self.ensure_one()
        snapshot = session.examine(self.raw_path.encode("latin-1"))
        told = snapshot.uidvalidity
        if not self.uidvalidity or told in (0, self.uidvalidity):
            if self.fingerprint:
                self.fingerprint = False
            return snapshot
        now, same = session.fingerprint(self.fingerprint or "")
        self.fingerprint = now
        if not same:
            return snapshot
        if told == self.told_uidvalidity and self._adopt_uidvalidity(told):
            return snapshot
        self.told_uidvalidity = told
        return replace(snapshot, uidvalidity=self.uidvalidity)

    def _adopt_uidvalidity(self, uidvalidity):
        """Let the UIDs of this folder belong to another UIDVALIDITY from now on, which lasts.

        :return: whether that can be done
        """
        placements = self.env["imap.placement"]
        of_folder = [("folder_id", "=", self.id)]
        if placements.search_count([*of_folder, ("uidvalidity", "=", uidvalidity)], limit=1):
            return False
        known = placements.search([*of_folder, ("uidvalidity", "=", self.uidvalidity)])
        known.write({"uidvalidity": uidvalidity})
        self.write({"uidvalidity": uidvalidity, "fingerprint": False})
        return True

    def _uidvalidity(self, snapshot):
        """Return what UIDs belong to in the open folder; a server that does not tell means what it told before."""
        self.ensure_one()
        return snapshot.uidvalidity or self.uidvalidity

    def _store_cursor(self, cursor):
        """Store how far this folder has been read; to be called where the outcomes are stored."""
        self.ensure_one()
        self.write(
            {
                "uidvalidity": cursor.uidvalidity,
                "uidnext": cursor.uidnext,
                "backfill_uid": cursor.backfill_uid,
                "backfilled": cursor.backfilled,
            }
        )

    def _begin_again(self, cursor):
        """Look at everything again, because the server numbers its messages anew; what is linked is found again.

        Until then its copies are missing, and stay so if they are not found: a server that loses its numbers may
        have lost more. Where a UID is given to another message under the same UIDVALIDITY (UIDNEXT fell), what is
        known about that UID is wrong.
        """
        self.ensure_one()
        placements = self.env["imap.placement"]
        if cursor.uidvalidity == self.uidvalidity:
            placements.search(
                [("folder_id", "=", self.id), ("uidvalidity", "=", cursor.uidvalidity)]
            ).unlink()
        self._lose_copies()
        if self._cursor() != Cursor():
            self.resets += 1
            if self.resets >= MOST_RESETS:
                self.trouble = "resets"
        self._store_cursor(cursor)
        self._store_look(Look())
        self.write({**self._zero_counters(), "past_uids": False, "reread_since": False})

    def _forget_messages(self):
        """Forget what was found here; what is in chatters stays, and is recognised when it is found again."""
        self.env["imap.placement"].search([("folder_id", "in", self.ids)]).unlink()
        for folder in self:
            folder._store_cursor(Cursor())
            folder._store_look(Look())
        clean = {"resets": 0, "failures": 0, "trouble": False, "audit": False, "past_uids": False}
        clean |= {"fingerprint": False, "mailbox_id": False, "unlisted": False}
        self.write(clean | self._past_read() | self._zero_counters())

    def _lose_copies(self):
        """Note that the copies in this folder are not found for the time being."""
        placements = self.env["imap.placement"]
        placements.flush_model()
        # may be a million
        self.env.cr.execute(
            SQL(
                """
                UPDATE imap_placement
                   SET state = CASE state WHEN 'linked' THEN 'missing' ELSE 'gone' END,
                       missing_since = %s
                 WHERE folder_id = %s AND state IN ('linked', 'quarantined')
                """,
                fields.Datetime.now(),
                self.id,
            )
        )
        placements.invalidate_model(["state", "missing_since"])

    def _look(self):
        """Return what the server said when the known messages of this folder were last looked at."""
        self.ensure_one()
        return Look(
            self.look_uidnext,
            self.look_messages,
            self.highestmodseq,
            self.recent_look or None,
            self.full_look or None,
        )

    def _store_look(self, look):
        """Store a look; to be called where what it found is stored."""
        self.ensure_one()
        self.write(
            {
                "look_uidnext": look.uidnext,
                "look_messages": look.messages,
                "highestmodseq": look.highestmodseq,
                "recent_look": look.recent_at,
                "full_look": look.all_at,
            }
        )

    def _restart_backfill(self):
        """Look at the past again, because a longer period is wanted, or more of it."""
        for folder in self.filtered("uidvalidity"):
            folder.write(
                {
                    "backfill_uid": folder.uidnext,
                    "backfilled": False,
                    "reread_since": False,
                    **self._zero_counters(),
                }
            )

    def _count(self, seen, linked, quarantined, skipped):
        """Add the outcomes of one slice to the counters.

        :param skipped: a Counter of rule codes
        """
        self.ensure_one()
        by_rule = dict(self.skipped_by_rule or {})
        for rule, number in skipped.items():
            by_rule[rule] = by_rule.get(rule, 0) + number
        self.write(
            {
                "seen": self.seen + seen,
                "linked": self.linked + linked,
                "quarantined": self.quarantined + quarantined,
                "skipped_by_rule": by_rule,
            }
        )

    def _count_as_skipped(self, copies, rule, back=False):
        """Count linked copies of this folder as passed over, without looking at them.

        While the past is looked at again, copies that were not met yet are not in the counters.

        :param str rule: code of the rule
        :param bool back: count them as linked again
        """
        self.ensure_one()
        covers = self._cursor().covers
        met = copies.filtered(
            lambda copy: (
                copy.state == "linked" and copy.uidvalidity == self.uidvalidity and covers(copy.uid)
            )
        )
        counted = (self.skipped_by_rule or {}).get(rule, 0) if back else self.linked
        number = min(len(met), counted) * (-1 if back else 1)
        self._count(0, -number, 0, Counter({rule: number}))

    @api.model
    def _zero_counters(self):
        zero = {"seen": 0, "linked": 0, "quarantined": 0, "skipped_by_rule": {}}
        return zero | self._no_progress()
