"""What a run costs on a line with latency."""

from odoo.tests import tagged

from .fake_server import mail
from .servers.latency_proxy import LatencyProxy
from .test_dovecot_sync import LOGIN, DovecotCase


@tagged("post_install", "-at_install")
class TestRoundTrips(DovecotCase):
    def setUp(self):
        super().setUp()
        self.proxy = LatencyProxy(self.server.plain_port, 0.005)
        opened = self.proxy.open()
        self.connection = self.connect(port=opened.__enter__(), security="none")
        self.addCleanup(opened.__exit__, None, None, None)
        self.connection.action_connect()

    def _trips(self):
        """Run once; return the commands of each round trip after the sign-in."""
        self.proxy.trips.clear()
        result = self.connection._sync()
        return result, self.proxy.after_login()

    def test_an_unchanged_mailbox_with_300_folders(self):
        for number in range(300 - len(self.connection.folder_ids)):
            self.server.create_folder(LOGIN, f"Customers/Folder {number}")
        self.connection.action_connect()
        self.connection.folder_ids.selected = True
        self.assertGreaterEqual(len(self.connection.folder_ids), 300)
        self.connection._sync()
        _result, trips = self._trips()
        self.assertEqual(len(trips), 1, trips)

    def test_a_thousand_new_mails(self):
        self.connection._sync()
        for number in range(1000):
            self.server.append(LOGIN, "INBOX", mail("carla@shop.example", LOGIN, f"Mail {number}"))
        result, trips = self._trips()
        self.assertEqual(result["linked"], 1000)
        self.assertLessEqual(len(trips), 15, [trip[:80] for trip in trips])
