from odoo.tests import BaseCase
from odoo.tools import config

from .servers.dovecot import DovecotServer
from .servers.odoo_workers import OdooWorkers, copied_database

OLGA, OTTO = "olga@tea.example", "otto@tea.example"
PASSWORD = "correct horse"


class WorkersCase(BaseCase):
    """Two colleagues with mailboxes on a real Dovecot, and Odoo workers of their own, on a copy of the database.

    :cvar contacts: addresses of the contacts that there are
    :ivar mailboxes: address of a colleague -> id of the mailbox
    """

    contacts = ()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.database = cls.enterClassContext(copied_database(config["db_name"][0]))

    def setUp(self):
        super().setUp()
        self.server = self.enterContext(DovecotServer())
        for login in (OLGA, OTTO):
            self.server.add_user(login, PASSWORD)
        self.workers = self.enterContext(OdooWorkers(self.database))
        self.mailboxes = self.workers.do(
            "prepare",
            host="localhost",
            port=self.server.tls_port,
            ca_file=self.server.ca_file,
            people={OLGA: PASSWORD, OTTO: PASSWORD},
            contacts=list(self.contacts),
        )
