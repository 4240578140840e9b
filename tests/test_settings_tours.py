"""An administrator at the settings, in a browser."""

from odoo import fields
from odoo.tests import tagged

from .tour_common import LOGIN, TourCase


@tagged("post_install", "-at_install")
class TestSettingsTours(TourCase):
    def test_a_changed_default_acts(self):
        self.owner.group_ids += self.env.ref("base.group_system")
        self.owner.group_ids += self.env.ref("mail_imap_sync.group_manager")
        self.start("settings", path="/odoo/settings", imap_port=self.server.tls_port)
        self.assertEqual(self.env.company.imap_default_period, "3")
        self.assertEqual(self.env.company.imap_longest_period, "6")
        connection = self.env["imap.connection"].search([("login", "=", LOGIN)])
        self.assertGreater((fields.Datetime.now() - connection.sync_since).days, 170)
