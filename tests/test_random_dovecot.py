"""Random runs on a real Dovecot; see test_random_runs."""

import os
from itertools import count
from unittest.mock import patch

from odoo.tests import tagged

from .random_runs import mails
from .random_runs.case import RandomRunsCase
from .random_runs.dovecot import DovecotBox
from .servers.dovecot import DovecotServer

RUNS = int(os.environ.get("RANDOM_DOVECOT_RUNS", "10"))
PASSWORD = "correct horse"


@tagged("post_install", "-at_install")
class TestRandomDovecot(RandomRunsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dovecot = cls.enterClassContext(DovecotServer())
        set_param = cls.env["ir.config_parameter"].set_param
        set_param("mail_imap_sync.allowed_hosts", "localhost")
        set_param("mail_imap_sync.ca_file", cls.dovecot.ca_file)
        for connection in cls.connections:
            connection.write(
                {"host": "localhost", "port": cls.dovecot.tls_port, "password": PASSWORD}
            )
        cls.numbers = count(1)
        # a server hands out everything that it took
        whole = [kind for kind in mails.KINDS if not kind.broken]
        cls.enterClassContext(patch.object(mails, "KINDS", whole))

    def new_server(self, connection):
        login = f"user{next(self.numbers)}@tea.example"
        self.dovecot.add_user(login, PASSWORD)
        connection.write({"login": login, "password": PASSWORD})
        return DovecotBox(self.dovecot, login)

    def test_random_runs(self):
        self.take_runs(RUNS)
