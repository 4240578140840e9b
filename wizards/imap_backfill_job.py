"""The background work of the wizard "Contacts and past mail": looking, and creating contacts.

In pieces, each of which ends with a commit, so that it can be stopped, killed, and gone on with. The first piece is
done while the person waits; for most mailboxes there is no other.
"""

import logging
import time
from contextlib import contextmanager
from datetime import timedelta

from psycopg2.extensions import TransactionRollbackError

from odoo import api, fields, models
from odoo.exceptions import MissingError

from ..lib.backoff import delay_after
from ..lib.changes import past_mail, rebased
from ..lib.errors import SyncError
from ..models import imap_claim
from ..models.imap_contacts import Contacts
from ..models.imap_error import sentence
from ..models.imap_survey import Survey

_logger = logging.getLogger(__name__)

#: seconds that a person waits for the first piece
FIRST_PIECE = 4
#: seconds of a piece in the background, before others have their turn
PIECE = 30
#: messages that are looked at together, and contacts that are created together
SLICE = 500
CONTACTS = 50
#: seconds until a mailbox or server that is busy is tried again
BUSY = 5
#: failures in a row after which the person has to say whether to try again
MOST_FAILURES = 3


class ImapBackfillJob(models.AbstractModel):
    _name = "imap.backfill.job"
    _description = "Background work on the past of a mailbox"

    total = fields.Integer(readonly=True)
    done = fields.Integer(readonly=True)
    seconds = fields.Float(readonly=True, help="How long looking took")
    next_try = fields.Datetime(readonly=True)
    failures = fields.Integer(readonly=True)
    error_message = fields.Char(readonly=True)
    progress = fields.Float(compute="_compute_progress")
    progress_text = fields.Char(compute="_compute_progress")
    progress_moving = fields.Boolean(compute="_compute_progress")

    @api.model
    def _nothing_done(self):
        return {
            "total": 0,
            "done": 0,
            "seconds": 0,
            "next_try": False,
            "failures": 0,
            "error_message": False,
        }

    @api.depends("step", "total", "done", "error_message")
    @api.depends_context("lang")
    def _compute_progress(self):
        for backfill in self:
            working = backfill.step in ("looking", "creating")
            numbers = {"done": f"{backfill.done:,}", "total": f"{backfill.total:,}"}
            backfill.progress = (
                min(100 * backfill.done / backfill.total, 99) if backfill.total else 0
            )
            backfill.progress_moving = working and not backfill.error_message
            if backfill.step == "creating":
                text = self.env._("%(done)s of %(total)s contacts", **numbers)
            elif backfill.total:
                text = self.env._("%(done)s of %(total)s mails", **numbers)
            else:
                text = self.env._("Counting the mails…")
            backfill.progress_text = text

    # ------------------------------------------------------------------
    # pieces
    # ------------------------------------------------------------------

    def _go_on_soon(self):
        """Do a first piece now, and the rest in the background."""
        self._work(FIRST_PIECE)
        self._wake()

    def _wake(self):
        """Let the scheduled action go on as soon as there is something to be done."""
        if self.exists() and self.progress_moving:
            # sudo: ir.cron
            cron = self.env.ref("mail_imap_sync.ir_cron_backfill").sudo()
            cron._trigger(self.next_try or fields.Datetime.now())

    def action_try_again(self):
        """Go on after a failure."""
        self.ensure_one()
        self._check_own()
        self.write({"failures": 0, "error_message": False, "next_try": False})
        self._go_on_soon()
        return self._show()

    @api.model
    def _cron_work(self):
        """Go on with everything that people asked for, a piece of each."""
        ir_cron = self.env["ir.cron"]
        due = self.search(
            [
                ("step", "in", ("looking", "creating")),
                ("error_message", "=", False),
                "|",
                ("next_try", "=", False),
                ("next_try", "<=", fields.Datetime.now()),
            ],
            order="write_date",
        )
        ir_cron._commit_progress(remaining=len(due))
        for backfill in due:
            backfill._work_or_log()
            backfill._wake()
            if not ir_cron._commit_progress(1):
                break

    def _work_or_log(self):
        """Do a piece; whatever is wrong with it, the others have their turn."""
        try:
            self._work(PIECE, tell=True)
        except (MissingError, TransactionRollbackError):
            # thrown away, or stopped, at this moment
            self.env.cr.rollback()
        except Exception:
            _logger.exception("Past of mailbox %s", self.connection_id.id)
            self.env.cr.rollback()
            if self.exists():
                self._note_failure(SyncError())

    def _work(self, seconds, tell=False):
        """Do a piece of what is to be done.

        :param float seconds: begin nothing new after this time
        :param bool tell: tell the person when all of it is done
        """
        # sudo: imap.connection, imap.folder and what was found - the wizard is the user's own, and checked to be
        job = self.sudo()
        owner = job.connection_id.user_id
        if owner != job.create_uid or not owner.active:
            job.unlink()
            return
        job.next_try = False
        deadline = time.monotonic() + seconds
        try:
            with job._claimed() as won:
                if not won:
                    job.next_try = fields.Datetime.now() + timedelta(seconds=BUSY)
                elif job.step == "looking":
                    job._look(deadline)
                elif job.step == "creating":
                    job._create_contacts(deadline)
        except SyncError as error:
            job._note_failure(error)
        if tell and job.exists() and not job.progress_moving:
            job._tell()
        job._checkpoint()

    def _checkpoint(self):
        self.connection_id._checkpoint()

    @contextmanager
    def _claimed(self):
        connection = self.connection_id
        limit = connection._host_limit()
        with imap_claim.claimed(
            self.env, connection.id, connection.host, limit, kind=imap_claim.LOOK_SPACE
        ) as won:
            if won:
                # another worker may have done it all meanwhile
                self._checkpoint()
            yield won

    def _note_failure(self, error):
        _logger.info("Past of mailbox %s: %s %s", self.connection_id.id, error.code, error.detail)
        failures = self.failures + 1
        delay = delay_after(error, failures)
        self.failures = failures
        if delay is None or failures >= MOST_FAILURES or self.connection_id.state == "draft":
            env = self.with_context(lang=self.create_uid.lang).env
            self.error_message = sentence(env, error)
        else:
            self.next_try = fields.Datetime.now() + timedelta(seconds=delay)

    def _tell(self):
        """Tell the person that it is done, or what is wrong, and let them go there."""
        env = self.with_context(lang=self.create_uid.lang).env
        said, kind = self._outcome(env)
        # as the person themselves, who will see it
        job = self.with_env(env).with_user(self.create_uid)
        running = self.step == "running"
        self.create_uid._bus_send(
            "mail_imap_sync/notice",
            {
                "about": [self._name, self.id],
                "message": env._(
                    "Contacts and past mail of %(mailbox)s: %(outcome)s",
                    mailbox=self.connection_id.email,
                    outcome=said,
                ),
                "type": kind,
                "button": env._("Show"),
                "open": job.action_open_mailbox() if running else job._show(),
            },
        )

    def _outcome(self, env):
        if self.error_message:
            return self.error_message, "danger"
        if self.step == "found":
            return self.with_env(env).people_found, "success"
        return env._("contacts were created, mail is being read."), "success"

    # ------------------------------------------------------------------
    # looking
    # ------------------------------------------------------------------

    def _look(self, deadline):
        begun = time.monotonic()
        survey = Survey(self.connection_id, self.since)
        with self.connection_id._session() as session:
            self._count(session)
            for folder in self.folder_ids.filtered(lambda f: f.selected and not f.looked):
                self._look_at(session, survey, folder, deadline)
                if self._is_over(deadline):
                    break
        if self.exists() and self.step == "looking":
            self.seconds += time.monotonic() - begun
            if all(self.folder_ids.filtered("selected").mapped("looked")):
                self._finish_looking()

    def _count(self, session):
        """Count the mails of all folders once."""
        if self.total:
            return
        for folder in self.folder_ids.filtered("selected"):
            with folder._apart():
                session.examine(folder.folder_id.raw_path.encode("latin-1"))
                first = session.first_uid_since(self._day()) if self.since else 1
                folder.total = session.count_from(first) if first else 0
        self.total = sum(self.folder_ids.mapped("total"))
        self._checkpoint()

    def _look_at(self, session, survey, folder, deadline):
        """Look at the rest of a folder, or as much of it as there is time for."""
        with folder._apart():
            snapshot = session.examine(folder.folder_id.raw_path.encode("latin-1"))
            cursor = rebased(folder._cursor(), snapshot)
            uidvalidity = folder.folder_id._uidvalidity(snapshot)
            for piece in past_mail(session, cursor, self.since and self._day(), SLICE):
                found = survey.look(
                    session, folder.folder_id, piece.uids, uidvalidity, bool(self.failures)
                )
                folder._note(found, piece.cursor)
                self.cut |= self.person_ids._add(self, found.people)
                self.write({"done": self.done + len(piece.uids), "failures": 0})
                self._checkpoint()
                if self._is_over(deadline):
                    return

    def _is_over(self, deadline):
        """Say whether to stop here: the time is up, or the person stopped it or threw it away."""
        return not self.exists() or self.step != "looking" or time.monotonic() > deadline

    def _day(self):
        # SINCE looks at the server's local date (RFC 3501 6.4.4): a day earlier holds in every time zone
        return (self.since - timedelta(days=1)).date()

    def _finish_looking(self):
        # sudo: imap.backfill.person - of this wizard
        people = self.sudo().person_ids
        contacts = Contacts(self.connection_id.sudo())
        self.cut |= people._keep_most(self)
        people = self.sudo().person_ids
        people._complete(contacts, self.contact_policy)
        self.step = "found"

    # ------------------------------------------------------------------
    # creating
    # ------------------------------------------------------------------

    def _create_contacts(self, deadline):
        contacts = Contacts(self.connection_id)
        while people := self.person_ids[:CONTACTS]:
            contacts.make([person._person() for person in people], again=True)
            people.unlink()
            self.done += len(people)
            self._checkpoint()
            if self.person_ids and time.monotonic() > deadline:
                return
        self._begin()

    def _begin(self):
        """Let the mailbox read its past; from now on that is its own business."""
        connection = self.connection_id
        for line in self.folder_ids:
            if line.folder_id.selected != line.selected:
                line.folder_id.selected = line.selected
        connection.contact_policy = self.contact_policy
        connection._read_past_again(self.since, people_chosen=self.looked)
        if connection.state == "draft":
            # what was never read has no period that could become shorter
            connection.sync_since = self.since
            connection._start()
        self.step = "running"
