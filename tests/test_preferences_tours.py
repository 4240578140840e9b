"""People at their preferences, in a browser."""

from odoo.tests import tagged

from .fake_server import mail
from .tour_common import LOGIN, TourCase


@tagged("post_install", "-at_install")
class TestPreferencesTours(TourCase):
    def test_nobody_is_thrown_out_of_their_preferences(self):
        self.connect()
        for subject in ("One", "Two"):
            self.server.append(LOGIN, "INBOX", mail("carla@shop.example", LOGIN, subject))
        self.start("in_preferences", path="/odoo")


@tagged("post_install", "-at_install")
class TestOnAPhone(TourCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_folders_are_chosen(self):
        connection = self.connect()
        self.start("phone", path=f"/odoo/imap.connection/{connection.id}")
        chosen = connection.folder_ids.filtered("selected").mapped("path")
        self.assertIn("Trash", chosen)
