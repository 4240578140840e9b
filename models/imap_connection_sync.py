import logging
from datetime import timedelta

from odoo import fields, models
from odoo.modules import module

from ..lib.backoff import delay_after
from ..lib.errors import SyncError
from . import imap_claim, imap_schedule
from .imap_schedule import ACTIVE_STATES
from .imap_sync import SyncRun

_logger = logging.getLogger(__name__)


class ImapConnection(models.Model):
    """A mailbox that is synced: one run, and what it leaves behind."""

    _name = "imap.connection"
    _inherit = ["imap.connection"]

    def _may_sync(self):
        """Say whether this mailbox may be touched at this moment (it may be paused while it is synced)."""
        self.ensure_one()
        return self.state in ACTIVE_STATES and self.user_id.active and self._owner_may_connect()

    def _sync(self, budget_seconds=None, most_at_once=None):
        """Sync once. Commits after every batch, as scheduled actions do.

        :param float budget_seconds: stop after about this time; None: when there is nothing left to do
        :param int most_at_once: do nothing while so many others are being synced that were given this number; None:
            a person waits for it
        :return: counters of this run: ``seen``, ``linked``, ``skipped``, ``quarantined``, and ``pending`` (what is
            left to be looked at); ``busy`` if nothing was done because another worker has the mailbox, or too many are
            at work
        :rtype: dict
        """
        self.ensure_one()
        connection = self.sudo()
        claim = imap_claim.claimed(
            self.env, connection.id, connection.host, self._host_limit(), most_at_once
        )
        with claim as won:
            if not won:
                return SyncRun.no_counters(busy=True)
            # what this transaction saw may be older than what the last worker on this mailbox stored
            connection._checkpoint()
            connection._note_interrupted()
            connection._stop_without_permission()
            if not connection._may_sync():
                return SyncRun.no_counters()
            started, shared = fields.Datetime.now(), connection.visibility
            was_failing, problem = connection.state == "error", None
            run = SyncRun(connection, budget_seconds)
            try:
                with connection._session() as session:
                    run.go(session)
                connection._record_success(run, started)
            except SyncError as error:
                problem = error
                connection._record_failure(error)
            connection._note_run(started, was_failing, run, problem)
            if connection.visibility != shared:
                # the owner changed it meanwhile: what this run stored was not there to be changed with the rest
                connection._share_again()
            connection._checkpoint()
            return run.counters()

    def _checkpoint(self):
        """Make what was stored so far permanent, so that a kill costs at most one batch.

        Tests run inside one transaction that is rolled back: there a flush has to do.
        """
        if module.current_test:
            self.env.flush_all()
        else:
            self.env["ir.cron"]._commit_progress()

    def _record_success(self, run, started):
        if not self._may_sync() or not self.secret:
            # stopped meanwhile, and whoever did so said why
            return
        now = fields.Datetime.now()
        self.write(
            {
                "state": "connected",
                "last_success": now,
                "next_sync": now if run.unfinished else started + imap_schedule.interval(self.env),
                **self._problem(),
            }
        )
        if run.unfinished:
            imap_schedule.wake(self.env)

    def _record_failure(self, error):
        if self.state not in ACTIVE_STATES:
            return
        # the detail is for administrators; errors.py forbids secrets in it
        _logger.info("Mailbox %s (%s): %s %s", self.id, self.host, error.code, error.detail)
        delay = delay_after(error, self.failures + 1)
        imap_schedule.leave_host_alone(self, error, delay)
        self.write(
            {
                "state": "error",
                "failures": self.failures + 1,
                "next_sync": delay is not None and fields.Datetime.now() + timedelta(seconds=delay),
                **self._problem(error),
            }
        )
