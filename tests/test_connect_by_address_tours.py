"""A person in a browser who knows an address and a password, and a Dovecot that has to be found."""

from odoo.tests import tagged

from .names_common import NamesMixin
from .servers.dovecot import DovecotServer
from .tour_common import TourCase

HOST = "imap.tea.example"


@tagged("post_install", "-at_install")
class TestConnectByAddressTours(NamesMixin, TourCase):
    def new_server(self):
        return DovecotServer(hosts=(HOST,))

    def setUp(self):
        super().setUp()
        self.env["ir.config_parameter"].set_param("mail_imap_sync.allowed_hosts", HOST)
        self.places[HOST, 993] = self.server.tls_port

    def test_found(self):
        self.start("connect_by_address", path="/odoo")
        connection = self.owner.imap_connection_ids
        self.assertEqual((connection.host, connection.port), (HOST, 993))
        self.assertEqual(connection.state, "connected")

    def test_not_found(self):
        self.start("connect_not_found", path="/odoo")
        self.assertFalse(self.owner.imap_connection_ids)
