"""What becomes a job and when, and what a job does."""

from contextlib import suppress
from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from odoo.addons.queue_job.exception import RetryableJobError

from ...lib.errors import LoginRefused
from ...models import imap_background, imap_claim, imap_job, imap_schedule, imap_sync
from ..common import MailboxCase
from ..fake_server import ago, mail


class JobCase(MailboxCase):
    def setUp(self):
        super().setUp()
        self.assertTrue(imap_job.is_installed(self.env))
        self.connection = self.connection.sudo()
        self.other = self._connect(self.other_owner).sudo()
        # what connecting asked for
        (self.connection + self.other).next_sync = fields.Datetime.now()
        self.deliver("Order")

    def deliver(self, subject):
        self.server.inbox.deliver(
            mail("carla@shop.example", "olga@tea.example", subject), ago(minutes=1)
        )

    def run_cron(self):
        with self.enter_registry_test_mode():
            self.env.ref("mail_imap_sync.ir_cron_sync").method_direct_trigger()
        self.env.invalidate_all()

    def jobs(self, *states):
        domain = [("model_name", "=", "imap.connection")]
        if states:
            domain.append(("state", "in", states))
        return self.env["queue.job"].search(domain, order="id")

    def change(self, jobs, **values):
        """Let time pass, or a job runner do something."""
        sentinel = jobs.EDIT_SENTINEL
        jobs.with_context(_job_edit_sentinel=sentinel).write(values)
        self.env.flush_all()


@tagged("post_install", "-at_install")
class TestEnqueue(JobCase):
    def test_each_due_mailbox_is_one_job(self):
        resting = self.connection.create(
            {"email": "x@y.example", "host": "imap.y.example", "password": "x"}
        )
        self.run_cron()
        jobs = self.jobs()
        self.assertEqual(jobs.mapped("records"), [self.connection, self.other])
        self.assertNotIn(resting, jobs.mapped("records"))
        self.assertEqual(jobs.mapped("state"), ["pending"] * 2)
        self.assertEqual(len(set(jobs.mapped("identity_key"))), 2)
        self.assertEqual(set(jobs.mapped("channel")), {"root.mail_imap_sync"})
        self.assertEqual(jobs[0].name, "Sync the mailbox olga@tea.example")
        self.assertFalse(self.sessions, "the scheduled action only makes the jobs")

    def test_once_however_often_the_action_comes(self):
        imap_schedule.set_worker_count(self.env, 2)
        self.run_cron()
        self.run_cron()
        self.assertEqual(len(self.jobs()), 2)
        self.change(self.jobs()[0], state="enqueued")
        self.change(self.jobs()[1], state="started", date_started=fields.Datetime.now())
        self.run_cron()
        self.assertEqual(len(self.jobs()), 2)
        self.change(self.jobs(), state="done")
        self.run_cron()
        self.assertEqual(len(self.jobs("pending")), 2)

    def test_number_of_queries_grows_by_the_new_jobs_only(self):
        self.run_cron()
        with self.assertQueryCount(4):
            imap_job.enqueue(self.connection + self.other)
        with self.assertQueryCount(4):
            imap_job.enqueue(self.connection)

    def test_an_action_at_work_elsewhere_makes_them(self):
        with self.env.registry.cursor() as other_worker:
            other_worker.execute("SELECT pg_advisory_xact_lock(%s)", (imap_job._LOCK,))
            self.assertFalse(imap_job.enqueue(self.connection))
        self.assertFalse(self.jobs())

    def test_channel_and_function_are_made_once_and_belong_to_the_administrator(self):
        self.run_cron()
        function = self.env["queue.job.function"].search(
            [("name", "=", "<imap.connection>._sync_as_job")]
        )
        self.assertTrue(function.allow_commit)
        self.assertEqual(function.channel_id.removal_interval, 1)
        self.assertEqual(
            function.get_external_id()[function.id], "mail_imap_sync.job_function_sync"
        )
        function.channel_id = self.env.ref("queue_job.channel_root")
        self.change(self.jobs(), state="done")
        self.run_cron()
        self.assertEqual(set(self.jobs("pending").mapped("channel")), {"root"})
        self.change(self.jobs(), state="done")
        function.unlink()
        self.run_cron()
        self.assertEqual(set(self.jobs("pending").mapped("channel")), {"root.mail_imap_sync"})

    def test_channel_that_somebody_made_by_hand(self):
        own = self.env["queue.job.channel"].create(
            {"name": "mail_imap_sync", "parent_id": self.env.ref("queue_job.channel_root").id}
        )
        self.run_cron()
        self.assertEqual(self.env.ref("mail_imap_sync.job_channel"), own)
        self.assertEqual(set(self.jobs().mapped("channel")), {"root.mail_imap_sync"})

    def test_sync_now_is_now(self):
        self.run_cron()
        self.connection.with_user(self.owner).action_sync_now()
        self.assertEqual(self.entries(self.customer).subject, "Order")


@tagged("post_install", "-at_install")
class TestWithoutRunner(JobCase):
    """Jobs that nobody does keep no mailbox from being synced."""

    def setUp(self):
        super().setUp()
        self.run_cron()
        self.waiting = self.jobs()
        self.too_long = fields.Datetime.now() - imap_job.PATIENCE - timedelta(minutes=1)

    def run_cron_with_warning(self):
        with self.assertLogs("odoo.addons.mail_imap_sync.models.imap_job", "WARNING") as logged:
            self.run_cron()
        self.assertIn("job runner", logged.output[0])

    def test_the_action_syncs_by_itself_until_a_job_is_started(self):
        self.run_cron()
        self.assertFalse(self.sessions, "they have their time")
        for state in ("pending", "enqueued"):
            with self.subTest(state):
                self.change(self.waiting, state=state, date_created=self.too_long)
                (self.connection + self.other).next_sync = fields.Datetime.now()
                before = self.sessions
                self.run_cron_with_warning()
                self.assertEqual(self.sessions, before + 2)
                self.assertEqual(self.jobs(), self.waiting, "no more of what nobody does")
        self.assertEqual(self.entries(self.customer).subject, "Order")
        # the runner is back
        self.change(self.waiting[0], state="done", date_started=fields.Datetime.now())
        (self.connection + self.other).next_sync = fields.Datetime.now()
        before = self.sessions
        self.run_cron()
        self.assertEqual(self.sessions, before)
        self.assertEqual(len(self.jobs("pending", "enqueued")), 2)

    def test_long_queue_is_no_dead_runner(self):
        self.change(self.waiting, date_created=self.too_long)
        self.change(self.waiting[0], state="started", date_started=fields.Datetime.now())
        self.run_cron()
        self.assertFalse(self.sessions)

    def test_postponed_job_is_no_dead_runner(self):
        self.change(self.waiting, date_created=self.too_long, eta=fields.Datetime.now())
        self.run_cron()
        self.assertFalse(self.sessions)

    def test_others_jobs_say_nothing(self):
        self.env["res.partner"].with_delay().name_search("x")
        others = self.env["queue.job"].search([("model_name", "=", "res.partner")])
        self.change(others, date_created=self.too_long)
        self.run_cron()
        self.assertFalse(self.sessions)

    def test_late_job_finds_nothing_to_do(self):
        self.change(self.waiting, date_created=self.too_long)
        self.run_cron_with_warning()
        before = self.sessions
        self.assertIn("Nothing to do", self.connection._sync_as_job())
        self.assertEqual(self.sessions, before)


@tagged("post_install", "-at_install")
class TestJob(JobCase):
    def test_does_one_run(self):
        said = self.connection._sync_as_job()
        self.assertEqual(said, "Looked at: 1. Linked: 1. Waiting: 0.")
        self.assertEqual(self.entries(self.customer).subject, "Order")
        self.assertGreater(self.connection.next_sync, fields.Datetime.now())
        self.assertFalse(self.jobs())

    def test_more_to_read_is_another_job(self):
        """After the jobs of the other mailboxes: each has its turn."""
        self.deliver("Second")
        self.patch(imap_background, "BUDGET", 1e-9)
        self.patch(imap_sync, "SLICE", 1)
        self.connection._sync_as_job()
        self.assertEqual(len(self.entries(self.customer)), 1)
        job = self.jobs("pending")
        self.assertEqual(job.records, self.connection)
        self.change(job, state="started", date_started=fields.Datetime.now())
        self.connection._sync_as_job()
        self.assertEqual(len(self.entries(self.customer)), 2)

    def test_problem_of_a_mailbox_is_none_of_the_job(self):
        self.server.error = LoginRefused("no")
        self.assertIn("login and password", self.connection._sync_as_job())
        self.assertEqual(self.connection.state, "error")
        self.assertGreater(self.connection.next_sync, fields.Datetime.now(), "by our own backoff")
        self.assertFalse(self.jobs())

    def test_fault_of_the_program_shows_on_both(self):
        self.env.flush_all()
        self.server.error = ZeroDivisionError("a fault of ours")
        self.patch(self.env.cr, "rollback", self.env.cr.clear)
        # not assertRaises: Odoo's takes back what was written
        with suppress(ZeroDivisionError):
            self.connection._sync_as_job()
            self.fail("the job should show it too")
        self.assertEqual(
            (self.connection.state, self.connection.error_code), ("error", "unexpected")
        )
        self.assertGreater(self.connection.next_sync, fields.Datetime.now())

    def test_busy_mailbox_is_postponed(self):
        with imap_claim.claimed(self.env, self.connection.id, self.connection.host, 1):
            with self.assertRaises(RetryableJobError) as caught:
                self.connection._sync_as_job()
        self.assertTrue(caught.exception.ignore_retry)
        self.assertFalse(self.sessions)

    def test_no_more_at_once_than_the_setting_says(self):
        """However many jobs the channel lets run, and together with scheduled actions."""
        self.assertEqual(imap_schedule.worker_count(self.env), 1)
        with imap_claim.claimed(self.env, self.other.id, "imap.y.example", 8, most_at_once=1):
            with self.assertRaises(RetryableJobError):
                self.connection._sync_as_job()
            self.assertFalse(self.sessions)
            self.connection.with_user(self.owner).action_sync_now()
            self.assertEqual(self.sessions, 1, "somebody waits for it")
            self.connection.next_sync = fields.Datetime.now()
            imap_schedule.set_worker_count(self.env, 2)
            self.connection._sync_as_job()
            self.assertEqual(self.sessions, 2)

    def test_mailbox_that_is_stopped_or_gone(self):
        self.connection.action_pause()
        self.assertIn("Nothing to do", self.connection._sync_as_job())
        self.connection.unlink()
        self.assertIn("Nothing to do", self.connection._sync_as_job())
        self.assertFalse(self.sessions)
