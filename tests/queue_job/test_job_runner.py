"""Real Odoo servers with the real job runner, and a real Dovecot."""

from odoo.tests import BaseCase, tagged
from odoo.tools import config

from ..fake_server import ago, mail
from ..secret_forms import found_in
from ..servers.dovecot import DovecotServer
from ..servers.odoo_server import OdooServer, run_odoo
from ..servers.odoo_workers import OdooWorkers, copied_database, dump, run_query

OLGA, OTTO, CARLA = "olga@tea.example", "otto@tea.example", "carla@shop.example"
SUBJECTS = {login: [f"{login[:4]} {number}" for number in range(3)] for login in (OLGA, OTTO)}
PASSWORD = "correct horse"
CHANNELS = "root:4,root.mail_imap_sync:1"


@tagged("post_install", "-at_install")
class TestJobRunner(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.source = cls.enterClassContext(copied_database(config["db_name"][0]))

    def setUp(self):
        super().setUp()
        self.mail_server = self.enterContext(DovecotServer())
        for login, subjects in SUBJECTS.items():
            self.mail_server.add_user(login, PASSWORD)
            for subject in subjects:
                raw = mail(CARLA, login, subject)
                self.mail_server.append(login, "INBOX", raw, internaldate=ago(hours=1))
        self.workers = self.enterContext(OdooWorkers(self.source))
        self.workers.do(
            "prepare",
            host="localhost",
            port=self.mail_server.tls_port,
            ca_file=self.mail_server.ca_file,
            people={OLGA: PASSWORD, OTTO: PASSWORD},
            contacts=[CARLA],
        )

    def server(self, **variables):
        load = "base,web,queue_job"
        variables = {"ODOO_QUEUE_JOB_CHANNELS": CHANNELS, **variables}
        return OdooServer(self.workers.database, load, **variables)

    def assert_all_linked_once(self, workers=None):
        report = (workers or self.workers).do("report")
        subjects = [subject for subject, _email, _contact in report["entries"]]
        self.assertEqual(sorted(subjects), sorted(sum(SUBJECTS.values(), [])))
        self.assertEqual(report["states"], ["connected"] * 2)

    def test_mailboxes_are_synced_by_jobs(self):
        """From the scheduled action to the runner and back, nothing of it by hand."""
        with self.server() as server:
            jobs = server.wait_for(
                """
                SELECT name, channel, identity_key, result, exc_info FROM queue_job
                 WHERE (SELECT count(*) FROM queue_job WHERE state = 'done') = 2 ORDER BY name
                """
            )
        names, channels, identities, results, failures = zip(*jobs, strict=True)
        self.assertEqual(names, (f"Sync the mailbox {OLGA}", f"Sync the mailbox {OTTO}"))
        self.assertEqual(set(channels), {"root.mail_imap_sync"})
        self.assertEqual(len(set(identities)), 2)
        self.assertEqual(set(results), {"Looked at: 3. Linked: 3. Waiting: 0."})
        self.assertEqual(set(failures), {None})
        self.assertEqual(found_in(dump(self.workers.database), [PASSWORD]), [])
        self.assert_all_linked_once()

    def test_job_of_a_killed_server_is_done_by_the_next(self):
        with self.server() as server:
            server.wait_for("SELECT 1 FROM queue_job WHERE state = 'started'")
            server.kill()
        # runners take a job for dead that is nobody's for ten seconds, and look once a minute
        age = (
            "UPDATE queue_job SET date_enqueued = date_enqueued - interval '1 minute' RETURNING id"
        )
        run_query(self.workers.database, age)
        with self.server() as server:
            server.wait_for(
                """
                SELECT 1 FROM queue_job
                HAVING count(*) FILTER (WHERE state = 'done') >= 2
                   AND count(*) FILTER (WHERE state != 'done') = 0
                """
            )
        self.assert_all_linked_once()

    def test_job_queue_is_uninstalled(self):
        """Jobs may be waiting; the scheduled action goes on, and the addon can be updated."""
        self.workers.do("run_cron")
        run_odoo("module uninstall", self.workers.database, "queue_job")
        run_odoo("module upgrade", self.workers.database, "mail_imap_sync")
        with OdooServer(self.workers.database) as server:
            server.wait_for("SELECT 1 FROM imap_placement HAVING count(*) = 6")
        # those of before have loaded the job queue
        with OdooWorkers(self.workers.database) as workers:
            self.assert_all_linked_once(workers)

    def test_addon_is_updated_and_uninstalled(self):
        self.workers.do("run_cron")
        ours = """
            SELECT function.id, channel.id, job.id
              FROM queue_job_function function
              JOIN queue_job_channel channel ON channel.id = function.channel_id
              JOIN queue_job job ON job.job_function_id = function.id
             WHERE function.name = '<imap.connection>._sync_as_job'
          ORDER BY job.id
        """
        before = run_query(self.workers.database, ours)
        self.assertEqual(len(before), 2)
        run_odoo("module upgrade", self.workers.database, "mail_imap_sync")
        self.assertEqual(run_query(self.workers.database, ours), before)
        run_odoo("module uninstall", self.workers.database, "mail_imap_sync")
        for table in ("function", "channel"):
            names = run_query(self.workers.database, f"SELECT name FROM queue_job_{table}")
            self.assertNotIn("imap", str(names))
