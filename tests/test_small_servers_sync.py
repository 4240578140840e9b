"""The whole path from sign-in to chatter on real servers other than Dovecot."""

from datetime import timezone

from imapclient import IMAPClient

from odoo.tests import TransactionCase, new_test_user, tagged

from .fake_server import ago, mail
from .servers.courier import CourierServer
from .servers.hoodiecrow import HoodiecrowServer
from .servers.small_server import PymapServer


@tagged("post_install", "-at_install")
class TestSmallServers(TransactionCase):
    def setUp(self):
        super().setUp()
        set_param = self.env["ir.config_parameter"].set_param
        set_param("mail_imap_sync.allowed_hosts", "127.0.0.1")
        groups = "base.group_user,mail_imap_sync.group_user"
        self.owner = new_test_user(self.env, "olga", email="olga@tea.example", groups=groups)
        self.customer = self.env["res.partner"].create(
            {"name": "Carla", "email": "carla@shop.example"}
        )

    def _start(self, server):
        server.start()
        self.addCleanup(server.stop)
        return server

    def _connect(self, server):
        connection = (
            self.env["imap.connection"]
            .with_user(self.owner)
            .create(
                {
                    "email": "olga@tea.example",
                    "login": server.login,
                    "host": server.host,
                    "port": server.port,
                    "security": "none",
                    "password": server.password,
                }
            )
        )
        connection.action_connect()
        return connection

    def _subjects(self):
        emails = self.customer.sudo().imap_email_ids
        return {email.subject: email.direction for email in emails}

    def _sync_twice(self, connection, expected):
        self.assertEqual(connection._sync()["linked"], len(expected))
        self.assertEqual(connection.state, "connected", connection.error_message)
        self.assertEqual(self._subjects(), expected)
        again = connection._sync()
        self.assertEqual((again["seen"], again["linked"]), (0, 0))

    def _mails(self):
        return {
            "INBOX": mail("carla@shop.example", "olga@tea.example", "Order", date=ago(days=2)),
            "Sent": mail("olga@tea.example", "carla@shop.example", "Offer", date=ago(days=1)),
        }

    def test_pymap(self):
        server = self._start(PymapServer())
        with IMAPClient(server.host, port=server.port, ssl=False) as client:
            client.login(server.login, server.password)
            client.create_folder("Sent")
            for folder, raw in self._mails().items():
                client.append(folder, raw.replace(b"\n", b"\r\n"))
        self._sync_twice(self._connect(server), {"Order": "in", "Offer": "out"})

    def test_courier(self):
        """Until somebody opens a folder for writing, Courier makes up another UIDVALIDITY every second."""
        server = self._start(CourierServer())
        server.deliver(self._mails()["INBOX"], ago(days=2).astimezone(timezone.utc))
        connection = self._connect(server)
        self.assertEqual(connection._sync()["linked"], 1)
        inbox = connection.folder_ids.filtered(lambda f: f.role == "inbox")
        # read once more, and known from then on
        connection._sync()
        for _run in range(3):
            self.assertEqual(connection._sync()["seen"], 0)
        self.assertEqual((inbox.resets, inbox.trouble), (0, False))
        server.deliver(
            mail("carla@shop.example", "olga@tea.example", "News"), ago().astimezone(timezone.utc)
        )
        news = connection._sync()
        self.assertEqual((news["seen"], news["linked"]), (1, 1))
        self.assertEqual(self._subjects(), {"Order": "in", "News": "in"})
        self.assertFalse(server.files("courierimapuiddb"), "nothing is written on the server")
        # a mail client opens it: the UIDVALIDITY lasts
        with IMAPClient(server.host, port=server.port, ssl=False) as client:
            client.login(server.login, server.password)
            client.select_folder("INBOX")
        for _run in range(3):
            self.assertEqual(connection._sync()["seen"], 0)
        self.assertFalse(inbox.fingerprint, "nothing is compared any more")
        self.assertEqual(self._subjects(), {"Order": "in", "News": "in"})

    def test_hoodiecrow_as_gmail(self):
        raws = {name: raw.decode() for name, raw in self._mails().items()}
        gmail = {
            "INBOX": {"raw": raws["INBOX"], "X-GM-MSGID": "101", "X-GM-LABELS": ["\\Inbox"]},
            "Sent": {"raw": raws["Sent"], "X-GM-MSGID": "102", "X-GM-LABELS": ["\\Sent"]},
        }
        folders = {
            "All Mail": {"special-use": "\\All", "messages": list(gmail.values())},
            "Sent Mail": {"special-use": "\\Sent", "messages": [gmail["Sent"]]},
        }
        storage = {
            "INBOX": {"messages": [gmail["INBOX"]]},
            "": {
                "separator": "/",
                "folders": {"[Gmail]": {"flags": ["\\Noselect"], "folders": folders}},
            },
        }
        server = self._start(HoodiecrowServer(storage, ("X-GM-EXT-1", "SPECIAL-USE")))
        connection = self._connect(server)
        self.assertEqual(
            connection.folder_ids.filtered("selected").mapped("path"), ["[Gmail]/All Mail"]
        )
        self._sync_twice(connection, {"Order": "in", "Offer": "out"})
        placements = self.customer.sudo().imap_email_ids.placement_ids
        self.assertEqual(set(placements.mapped("gm_msgid")), {101, 102})
        self.assertIn("\\Sent", placements.filtered(lambda p: p.gm_msgid == 102).labels)
