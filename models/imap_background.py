"""How mailboxes are synced by themselves: one after the other by scheduled actions, or each as a job."""

import logging

from odoo import api, fields, models
from odoo.fields import Domain

from ..lib.errors import SyncError
from . import imap_job, imap_schedule

_logger = logging.getLogger(__name__)

#: one mailbox gets this many seconds before the next one has its turn
BUDGET = 60


class ImapBackgroundMixin(models.AbstractModel):
    """A mailbox that is synced by itself when it is due."""

    _name = "imap.background.mixin"
    _description = "Mailbox that is synced by itself"

    @api.model
    def _cron_sync(self):
        """See to every mailbox that is due, the longest-waiting one first."""
        ir_cron = self.env["ir.cron"]
        due = self.search(imap_schedule.due_domain(self.env), order="next_sync, id")
        if imap_job.is_installed(self.env):
            due = imap_job.enqueue(due)
        ir_cron._commit_progress(remaining=len(due))
        for connection in due:
            try:
                connection._sync_in_turn()
            except Exception:
                _logger.exception("Mailbox %s", connection.id)
            if not ir_cron._commit_progress(1):
                break

    def _sync_in_turn(self):
        """Sync once, for a limited time, if not too many others are being synced.

        :return: the counters of ``_sync``
        :raise Exception: nobody foresaw what is wrong with this mailbox; it is noted there as well
        """
        try:
            return self._sync(BUDGET, imap_schedule.worker_count(self.env))
        except Exception:
            self.env.cr.rollback()
            mailbox, problem = self.sudo(), SyncError()
            was_failing = mailbox.state == "error"
            mailbox._record_failure(problem)
            mailbox._note_run(fields.Datetime.now(), was_failing, error=problem)
            self._checkpoint()
            raise

    def _sync_as_job(self):
        """Sync once, as a job of ``queue_job``.

        What is wrong with a mailbox is its own affair, and so is when it is tried again. Only a fault of the program
        is one of the job.

        :return: what was done, in words
        :raise Exception: nobody foresaw what is wrong
        """
        if not self.exists() or not self._is_due():
            return self.env._("Nothing to do: it was stopped, or synced by something else.")
        result = self._sync_in_turn()
        if result["busy"]:
            imap_job.postpone(self.env)
        if self.next_sync and self.next_sync <= fields.Datetime.now():
            # its turn is over, and there is more to read
            imap_job.delay(self)
        if self.error_message:
            return self.error_message
        return self.env._(
            "Looked at: %(seen)s. Linked: %(linked)s. Waiting: %(pending)s.", **result
        )

    def _is_due(self):
        self.ensure_one()
        return bool(
            self.search_count(imap_schedule.due_domain(self.env) & Domain("id", "=", self.id))
        )
