"""What the runs of a mailbox did, in numbers: one short row per run that did something, failed, or worked again.

A run that found nothing leaves no row: a mailbox is looked at every few minutes, and when it was looked at last stands
on the mailbox itself. The row is written at the end of a run, with its last transaction. A run that is killed writes
none; the next one does, as it finds the note that a run makes before it reads mail, and takes back at its end.
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_list
from odoo.tools.constants import GC_UNLINK_LIMIT
from odoo.tools.translate import LazyTranslate

from .imap_error import sentence_for

_lt = LazyTranslate(__name__)

KEPT = timedelta(days=30)
#: what the time of a run goes into, see SyncRun
PHASES = {
    "sign_in": _lt("sign-in"),
    "folders": _lt("list of folders"),
    "new_mail": _lt("new mail"),
    "past_mail": _lt("past mail"),
    "rest": _lt("the rest"),
}


class ImapRun(models.Model):
    _name = "imap.run"
    _description = "Run of a mailbox"
    _order = "started desc, id desc"
    _rec_name = "started"
    # a row is written once, by nobody
    _log_access = False

    connection_id = fields.Many2one(
        "imap.connection", string="Mailbox", required=True, readonly=True, ondelete="cascade"
    )
    started = fields.Datetime(string="When", required=True, readonly=True)
    seconds = fields.Float(readonly=True, digits=(16, 1), aggregator="avg")
    outcome = fields.Selection(
        [
            ("done", "Done"),
            ("recovered", "Works again"),
            ("failed", "Failed"),
            ("interrupted", "Interrupted"),
        ],
        required=True,
        readonly=True,
    )
    new_linked = fields.Integer(
        string="New mail linked", readonly=True, help="Mail that came since the last run"
    )
    linked = fields.Integer(
        string="All mail linked",
        readonly=True,
        help="Past mail that was read for the first time included",
    )
    seen = fields.Integer(string="Looked at", readonly=True)
    skipped = fields.Integer(string="Passed over", readonly=True)
    quarantined = fields.Integer(string="Could not be read", readonly=True)
    error_code = fields.Char(readonly=True)
    problem = fields.Char(compute="_compute_problem")
    laps = fields.Json(readonly=True, help="Seconds by phase")
    timing = fields.Char(string="Time went into", compute="_compute_timing")

    _connection = models.Index("(connection_id, started)")
    _started = models.Index("(started)")

    @api.depends("error_code", "outcome")
    @api.depends_context("lang")
    def _compute_problem(self):
        for run in self:
            if run.outcome == "interrupted":
                run.problem = self.env._(
                    "It was stopped in the middle, as when Odoo restarts, or runs out of memory or time. What it had "
                    "stored was kept, and the next sync went on from there."
                )
            else:
                run.problem = sentence_for(self.env, run.error_code) if run.error_code else False

    @api.depends("laps")
    @api.depends_context("lang")
    def _compute_timing(self):
        for run in self:
            laps = run.laps or {}
            said = [
                self.env._("%(phase)s %(seconds)s s", phase=self.env._(name), seconds=laps[phase])
                for phase, name in PHASES.items()
                if laps.get(phase)
            ]
            run.timing = format_list(self.env, said, "unit") if said else False

    @api.autovacuum
    def _gc_runs(self):
        old = self.search([("started", "<", fields.Datetime.now() - KEPT)], limit=GC_UNLINK_LIMIT)
        old.unlink()
        return len(old), len(old) == GC_UNLINK_LIMIT


class ImapRunMixin(models.AbstractModel):
    """A mailbox that remembers what its runs did."""

    _name = "imap.run.mixin"
    _description = "Mailbox with a history"

    run_ids = fields.One2many("imap.run", "connection_id", string="History")
    last_linked = fields.Datetime(
        string="Last mail", readonly=True, copy=False, help="When mail was linked last"
    )
    reading_since = fields.Datetime(
        readonly=True,
        copy=False,
        help="When the run of this moment began to read mail. If there is none, it was interrupted.",
    )

    def _note_reading(self):
        """Note before mail is read that it is, so that the next run knows if this one is killed.

        A run that finds nothing new does not come here. The note is not worth waiting for somebody who is changing the
        mailbox, or losing against them: then it comes with the next slice.
        """
        if self.reading_since:
            return
        self._checkpoint()
        if self.try_lock_for_update():
            self.reading_since = fields.Datetime.now()
        self._checkpoint()

    def _note_interrupted(self):
        """Write down that the run before was killed, if it was; to be called with the claim on the mailbox."""
        if self.reading_since:
            values = {"connection_id": self.id, "started": self.reading_since}
            self.env["imap.run"].create({**values, "outcome": "interrupted"})
            self.reading_since = False
            self._checkpoint()

    def _note_run(self, started, was_failing, run=None, error=None):
        """Write down what a run did, if it did something.

        :param started: when it began (naive UTC)
        :param bool was_failing: the run before had failed
        :param run: the :class:`~.imap_sync.SyncRun`; None: nobody knows how far it came
        :param error: the :class:`~..lib.errors.SyncError` that ended it
        """
        self.reading_since = False
        counts = run.counters() if run else {}
        linked = counts.get("linked", 0) + (run.found if run else 0)
        if not (error or was_failing or linked or counts.get("seen")):
            return
        if linked:
            self.last_linked = fields.Datetime.now()
        laps = run.laps() if run else {}
        self.env["imap.run"].create(
            {
                "connection_id": self.id,
                "started": started,
                "seconds": round(sum(laps.values()), 1),
                "outcome": "failed" if error else "recovered" if was_failing else "done",
                "new_linked": run.new_linked if run else 0,
                "linked": linked,
                **{name: counts.get(name, 0) for name in ("seen", "skipped", "quarantined")},
                "error_code": error and error.code,
                "laps": {phase: round(seconds, 1) for phase, seconds in laps.items()},
            }
        )

    def action_open_runs(self):
        """Show what the runs of this mailbox did."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("mail_imap_sync.imap_run_action")
        return {
            **action,
            "name": self.env._("History of %(mailbox)s", mailbox=self.name),
            "views": [(False, view) for view in ("list", "graph", "pivot")],
            "domain": [("connection_id", "=", self.id)],
            "context": {},
        }
