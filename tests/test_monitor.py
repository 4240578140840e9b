"""Programs that watch over Odoo ask how all mailboxes are."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged

from ..lib.errors import ConnectionTimeout
from ..lib.redaction import without_secrets
from ..models.imap_claim import claimed
from ..models.imap_monitor import TOKEN_DIGEST
from .common import MailboxCase
from .fake_server import mail

URL = "/mail_imap_sync/health"


@tagged("post_install", "-at_install")
class TestMonitor(MailboxCase, HttpCase):
    def setUp(self):
        super().setUp()
        self.env["imap.connection"].search([("id", "!=", self.connection.id)]).unlink()
        self.system = new_test_user(
            self.env, "sysop", groups="base.group_system,mail_imap_sync.group_manager"
        )
        self.connection._sync()
        self.token = self.make_token()

    def make_token(self):
        settings = self.env["res.config.settings"].with_user(self.system).create({})
        context = settings.action_imap_new_health_token()["context"]
        token = context["default_access_token"]
        self.assertNotIn(token, str(without_secrets({"context": context})), "nor in any log")
        return token

    def ask(self, token=None, scheme="Bearer"):
        self.env.flush_all()
        headers = {"Authorization": f"{scheme} {token}"} if token else {}
        return self.url_open(URL, headers=headers)

    def report(self, status=200):
        answer = self.ask(self.token)
        self.assertEqual(answer.status_code, status, answer.text)
        return answer.json()

    def test_all_is_well(self):
        report = self.report()
        self.assertEqual((report["status"], report["reasons"]), ("ok", []))
        self.assertEqual(report["mailboxes"]["connected"], 1)
        self.assertEqual([line["id"] for line in report["each"]], self.connection.ids)
        self.assertLess(report["oldest_success_seconds"], 600)
        self.assertFalse(report["neutralized"])
        self.assertEqual(report["workers"]["allowed"], 1)

    def test_refused_without_the_token(self):
        refused = [
            self.ask(),
            self.ask("wrong"),
            self.ask(self.token + "x"),
            self.ask(self.token, scheme="Basic"),
            self.ask("ß"),
        ]
        self.env["ir.config_parameter"].set_param(TOKEN_DIGEST, False)
        refused += [self.ask(self.token), self.ask()]
        for answer in refused:
            self.assertEqual(answer.status_code, 401)
            self.assertEqual(answer.json(), {"error": "unauthorized"})
            self.assertEqual(answer.headers["WWW-Authenticate"], "Bearer")

    def test_a_session_is_not_enough(self):
        self.authenticate("sysop", "sysop")
        self.assertEqual(self.ask().status_code, 401)

    def test_only_its_digest_is_stored(self):
        stored = self.env["ir.config_parameter"].get_param(TOKEN_DIGEST)
        self.assertNotIn(self.token, stored)
        self.assertEqual(self.ask(stored).status_code, 401)

    def test_another_token_replaces_it(self):
        before, self.token = self.token, self.make_token()
        self.assertEqual(self.ask(before).status_code, 401)
        self.report()
        settings = self.env["res.config.settings"].with_user(self.system).create({})
        self.assertTrue(settings.imap_has_health_token)
        settings.action_imap_withdraw_health_token()
        self.assertEqual(self.ask(self.token).status_code, 401)

    def test_an_administrator_in_a_browser(self):
        self.start_tour("/odoo/settings", "mail_imap_sync.monitoring", login="sysop")
        settings = self.env["res.config.settings"].with_user(self.system).create({})
        self.assertFalse(settings.imap_has_health_token)
        self.assertEqual(self.ask(self.token).status_code, 401)

    def test_managers_of_mailboxes_make_no_token(self):
        settings = self.env["res.config.settings"].with_user(self.manager)
        with self.assertRaises(AccessError):
            settings.new({}).action_imap_new_health_token()
        with self.assertRaises(AccessError):
            settings.new({}).action_imap_withdraw_health_token()

    def test_names_nobody(self):
        self.server.inbox.deliver(mail("carla@shop.example", "olga@tea.example", "Confidential"))
        self.connection._sync()
        self.server.error = ConnectionTimeout("imap.tea.example")
        self.connection._sync()
        text = self.ask(self.token).text
        for word in ("@", "tea.example", "Olga", "Carla", "Confidential", "INBOX", "imap."):
            self.assertNotIn(word, text)

    def test_warnings_and_worse(self):
        third = new_test_user(
            self.env,
            "uma",
            email="uma@tea.example",
            groups="base.group_user,mail_imap_sync.group_user",
        )
        others = [self._connect(user) for user in (self.other_owner, self.manager, third)]
        for connection in others:
            connection._sync()
        self.connection.sudo()._record_failure(ConnectionTimeout())
        report = self.report(207)
        self.assertEqual((report["status"], report["reasons"]), ("warning", ["mailboxes_in_error"]))
        self.assertEqual(report["each"][0]["error"], "connection_timeout")
        for connection in others[:2]:
            connection.sudo()._record_failure(ConnectionTimeout())
        report = self.report(503)
        self.assertEqual(report["status"], "critical")
        self.assertIn("most_mailboxes_in_error", report["reasons"])

    def test_a_schedule_that_stands_still(self):
        long_ago = fields.Datetime.now() - timedelta(hours=3)
        self.connection.sudo().write({"next_sync": long_ago, "last_success": long_ago})
        report = self.report(503)
        self.assertEqual(report["reasons"], ["stalled"])
        self.assertGreaterEqual(report["overdue_seconds"], 3 * 3600)
        self.assertGreaterEqual(report["oldest_success_seconds"], 3 * 3600)

    def test_quarantine_silence_and_backlog(self):
        uid = self.server.inbox.deliver(mail("carla@shop.example", "olga@tea.example"))
        self.server.unreadable.add(uid)
        self.connection._sync()
        self.connection.sudo().silent_since = fields.Datetime.now()
        self.connection.folder_ids.filtered("selected").write(
            {"backfilled": False, "past_total": 50, "past_done": 20}
        )
        report = self.report(207)
        self.assertEqual(report["quarantine"], 1)
        self.assertEqual(report["silent"], 1)
        self.assertEqual(report["backlog"], 60)
        self.assertEqual(report["reasons"], ["silent_mailboxes", "quarantine"])

    def test_a_copy_of_the_database_says_so(self):
        self.connection.sudo()._record_failure(ConnectionTimeout())
        self.env["ir.config_parameter"].set_param("database.is_neutralized", True)
        report = self.report()
        self.assertTrue(report["neutralized"])
        self.assertEqual(report["reasons"], [])

    def test_who_is_at_work(self):
        with claimed(self.env, self.connection.id, self.connection.host, 8):
            self.assertEqual(self.report()["workers"]["busy"], 1)

    def test_the_same_queries_for_any_number(self):
        costs = []
        self._connect(self.other_owner)
        for _round in range(2):
            # new users empty the cache of parameters
            self.env["imap.monitor"]._report()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.env["imap.monitor"]._report()
            costs.append(self.cr.sql_log_count - before)
            for number in range(5):
                user = new_test_user(
                    self.env,
                    f"user{_round}{number}",
                    email=f"user{_round}{number}@tea.example",
                    groups="base.group_user,mail_imap_sync.group_user",
                )
                self._connect(user)
        self.assertEqual(costs[0], costs[1])
        self.assertLessEqual(costs[1], 8)
