from unittest.mock import patch

from odoo.tests import TransactionCase, new_test_user

from .fake_server import FakeServer, FakeSession


class MailboxCase(TransactionCase):
    """People of a small company, their contacts, and a mailbox on a server in memory."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        sales = "base.group_user,sales_team.group_sale_salesman"
        cls.owner = new_test_user(
            cls.env,
            "olga",
            name="Olga",
            email="olga@tea.example",
            groups=f"{sales},mail_imap_sync.group_user",
        )
        cls.colleague = new_test_user(
            cls.env, "colin", name="Colin", email="colin@tea.example", groups=sales
        )
        cls.other_owner = new_test_user(
            cls.env,
            "otto",
            name="Otto",
            email="otto@tea.example",
            groups=f"{sales},mail_imap_sync.group_user",
        )
        cls.manager = new_test_user(
            cls.env,
            "maria",
            name="Maria",
            email="maria@tea.example",
            groups=f"{sales},mail_imap_sync.group_manager",
        )
        cls.customer = cls.env["res.partner"].create(
            {"name": "Carla", "email": "carla@shop.example"}
        )
        cls.customer2 = cls.env["res.partner"].create(
            {"name": "Chris", "email": "chris@shop.example"}
        )
        cls.server = FakeServer()
        cls.connection = cls._connect(cls.owner)

    @classmethod
    def manager_elsewhere(cls, groups="base.group_user,mail_imap_sync.group_manager"):
        """Return somebody who manages all mailboxes of another company."""
        company = cls.env["res.company"].create({"name": "Coffee"})
        return new_test_user(
            cls.env,
            "sven",
            name="Sven",
            groups=groups,
            company_id=company.id,
            company_ids=[company.id],
        )

    def setUp(self):
        super().setUp()
        self.server = FakeServer()
        self.servers = {}
        self.sessions = 0

        def session(connection):
            # as the real one: without a usable password there is no session
            connection._decrypted_secret()
            self.sessions += 1
            return FakeSession(self.servers.get(connection.email, self.server))

        self.patch(type(self.env["imap.connection"]), "_session", session)

    @classmethod
    def _connect(cls, user):
        """Return a mailbox of a user, connected to a server with an inbox and a sent folder."""
        connections = cls.env["imap.connection"].with_user(user)
        connection = connections.create(
            {"email": user.email, "host": "imap.tea.example", "password": "correct horse"}
        )
        with patch.object(
            type(connections), "_session", lambda connection: FakeSession(FakeServer())
        ):
            connection.action_connect()
        return connection

    def during_each_fetch(self, action):
        """Let something happen while a run reads headers."""
        fetch_headers = FakeSession.fetch_headers

        def meanwhile(session, uids, **options):
            action()
            return fetch_headers(session, uids, **options)

        self.patch(FakeSession, "fetch_headers", meanwhile)

    def entries(self, record):
        """Return the synced entries of a record's chatter, oldest first."""
        return (
            self.env["mail.message"]
            .search(
                [
                    ("model", "=", record._name),
                    ("res_id", "=", record.id),
                    ("imap_email_id", "!=", False),
                ]
            )
            .sorted("date")
        )

    def run_scheduled(self, name):
        """Run a scheduled action of this addon."""
        with self.enter_registry_test_mode():
            self.env.ref(f"mail_imap_sync.{name}").method_direct_trigger()
