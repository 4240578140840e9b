"""A copied database that was neutralised signs in to no mailbox: the real command, and a real Dovecot."""

from odoo.tests import tagged

from .servers.odoo_server import run_odoo
from .servers.odoo_workers import run_query
from .workers_common import PASSWORD, WorkersCase

STATES = ("connected", "paused", "error", "draft", "disconnected")


@tagged("post_install", "-at_install")
class TestNeutralize(WorkersCase):
    def test_signs_in_to_no_mailbox_whatever_its_state(self):
        logins = {f"{state}@tea.example": PASSWORD for state in STATES}
        for login in logins:
            self.server.add_user(login, PASSWORD)
        mailboxes = self.workers.do(
            "prepare",
            host="localhost",
            port=self.server.tls_port,
            ca_file=self.server.ca_file,
            people=logins,
            contacts=[],
        )
        self.query(
            "UPDATE imap_connection SET state = split_part(email, '@', 1) WHERE id > %s",
            min(mailboxes.values()) - 1,
        )
        before = self.commands(logins)
        self.assertTrue(all(before.values()), "they were connected")
        run_odoo("neutralize", self.workers.database)
        rows = self.query("SELECT state, secret, next_sync FROM imap_connection")
        self.assertEqual(set(rows), {("disconnected", None, None)})
        # even if somebody lets them go on
        self.query("UPDATE imap_connection SET state = 'connected', next_sync = now()")
        self.workers.do("run_cron")
        for mailbox in mailboxes.values():
            self.workers.do("sync", connection=mailbox, slice_size=500)
        self.assertEqual(self.commands(logins), before)

    def query(self, query, *parameters):
        return run_query(self.workers.database, query, *parameters)

    def commands(self, logins):
        return {login: self.server.client_commands(login) for login in logins}
