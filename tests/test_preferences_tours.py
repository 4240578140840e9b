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
