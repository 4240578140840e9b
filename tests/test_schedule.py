"""Several workers, several mailboxes, one server."""

from datetime import timedelta

from odoo import fields
from odoo.sql_db import db_connect
from odoo.tests import tagged

from ..lib.errors import LoginRefused, ServerUnavailable
from ..models import imap_schedule
from ..models.imap_claim import MAILBOX_SPACE, _host_space
from .common import MailboxCase
from .fake_server import ago, mail


@tagged("post_install", "-at_install")
class TestSchedule(MailboxCase):
    def test_mailbox_that_another_worker_has_is_left_alone(self):
        with db_connect(self.env.cr.dbname).cursor() as other_worker:
            other_worker.execute(
                "SELECT pg_advisory_xact_lock(%s, %s)", (MAILBOX_SPACE, self.connection.id)
            )
            self.assertTrue(self.connection._sync()["busy"])
            message = self.connection.action_sync_now()["params"]["message"]
            self.assertIn("is being synced at this moment", message)
            self.assertFalse(self.sessions)
        self.connection._sync()
        self.assertEqual(self.sessions, 1)

    def test_no_more_connections_to_a_server_than_allowed(self):
        self.env["ir.config_parameter"].set_param("mail_imap_sync.connections_per_host", "2")
        space = _host_space(self.connection.host.upper())
        with db_connect(self.env.cr.dbname).cursor() as others:
            others.execute(
                "SELECT pg_advisory_xact_lock(%s, 0), pg_advisory_xact_lock(%s, 1)", (space,) * 2
            )
            self.connection._sync()
            self.assertFalse(self.sessions)
            self.env["ir.config_parameter"].set_param("mail_imap_sync.connections_per_host", "3")
            self.connection._sync()
            self.assertEqual(self.sessions, 1)

    def test_server_that_is_down_is_left_alone_by_all_its_mailboxes(self):
        other = self._connect(self.other_owner)
        elsewhere = self.connection.create(
            {
                "email": "x@y.example",
                "host": "imap.y.example",
                "password": "x",
                "state": "connected",
            }
        )
        now = fields.Datetime.now()
        (self.connection + other + elsewhere).sudo().write({"next_sync": now})
        self.server.error = ServerUnavailable("maintenance", retry_after=900)
        self.connection._sync()
        self.assertGreaterEqual(other.next_sync, now + timedelta(seconds=900))
        self.assertEqual(elsewhere.next_sync, now)

    def test_refused_password_is_nobody_elses_problem(self):
        other = self._connect(self.other_owner)
        now = fields.Datetime.now()
        other.sudo().next_sync = now
        self.server.error = LoginRefused("no")
        self.connection._sync()
        self.assertEqual(other.next_sync, now)

    def test_number_of_workers_is_a_setting(self):
        settings = self.env["res.config.settings"]
        self.assertEqual(settings.create({}).imap_worker_count, 1)
        settings.create({"imap_worker_count": 3}).execute()
        self.assertEqual(imap_schedule.worker_count(self.env), 3)
        self.assertEqual(settings.create({}).imap_worker_count, 3)
        settings.create({"imap_worker_count": 1}).execute()
        self.assertEqual(imap_schedule.worker_count(self.env), 1)
        self.assertTrue(self.env.ref("mail_imap_sync.ir_cron_sync").exists())

    def test_connecting_wakes_every_worker(self):
        imap_schedule.set_worker_count(self.env, 2)
        triggers = self.env["ir.cron.trigger"].search([])
        self.connection._schedule()
        new = self.env["ir.cron.trigger"].search([]) - triggers
        self.assertEqual(len(new.cron_id), 2)

    def test_server_with_a_slow_clock_loses_no_new_mail(self):
        """Connected “from now on”; the server's clock is ten minutes behind."""
        self.connection.sync_since = fields.Datetime.now()
        self.connection._sync()
        self.server.inbox.deliver(mail("carla@shop.example", "olga@tea.example"), ago(minutes=10))
        self.assertEqual(self.connection._sync()["linked"], 1)
