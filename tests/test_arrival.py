"""An open chatter learns that mail has come in, over the bus."""

import json

from odoo.tests import new_test_user, tagged

from odoo.addons.bus.tests.common import WebsocketCase

from ..models.ir_websocket import ARRIVED, SUBCHANNEL
from .common import MailboxCase
from .fake_server import ago, mail


@tagged("post_install", "-at_install")
class TestArrival(MailboxCase, WebsocketCase):
    def deliver_and_sync(self):
        self.server.inbox.deliver(mail("carla@shop.example", "olga@tea.example"), ago(days=3))
        self.connection._sync()
        self.assertTrue(self.entries(self.customer))

    def listen(self, user, record):
        """Return a websocket of a user that asked for the chatter of a record."""
        session = self.authenticate(user.login, user.login)
        websocket = self.websocket_connect(cookie=f"session_id={session.sid}")
        channel = f"mail_imap_sync.chatter_{record._name}_{record.id}"
        self.subscribe(websocket, [channel], self.env["bus.bus"]._bus_last_id())
        return websocket

    def heard(self, websocket):
        """Return what a websocket gets to hear of mail that comes in."""
        self.deliver_and_sync()
        # something that everybody hears, so that nobody is waited for in vain
        self.env["bus.bus"]._sendone("broadcast", "end", {})
        channels = [(self.customer, SUBCHANNEL), "broadcast", self.owner.partner_id]
        self.trigger_notification_dispatching(channels)
        messages = []
        while not any(message["type"] == "end" for message in messages):
            messages += [one["message"] for one in json.loads(websocket.recv())]
        return [message["payload"] for message in messages if message["type"] == ARRIVED]

    def test_whoever_may_read_the_record_is_told_where_and_nothing_else(self):
        payload = {"model": "res.partner", "id": self.customer.id}
        self.assertEqual(self.heard(self.listen(self.colleague, self.customer)), [payload])

    def test_private_mail_is_told_to_nobody_else(self):
        self.connection.visibility = "private"
        self.assertFalse(self.heard(self.listen(self.colleague, self.customer)))

    def test_private_mail_is_told_to_its_owner(self):
        self.connection.visibility = "private"
        payload = {"model": "res.partner", "id": self.customer.id}
        self.assertEqual(self.heard(self.listen(self.owner, self.customer)), [payload])

    def test_mail_of_which_colleagues_see_that_it_happened(self):
        self.connection.visibility = "metadata"
        self.assertTrue(self.heard(self.listen(self.colleague, self.customer)))

    def test_another_record(self):
        self.assertFalse(self.heard(self.listen(self.colleague, self.customer2)))

    def test_whoever_may_not_read_the_record_is_told_nothing(self):
        company = self.env["res.company"].create({"name": "Other"})
        self.customer.company_id = company
        self.owner.company_ids += company
        self.assertFalse(self.heard(self.listen(self.colleague, self.customer)))

    def test_portal_users_are_told_nothing_of_their_own_contact(self):
        portal = new_test_user(
            self.env,
            "pia",
            email=self.customer.email,
            groups="base.group_portal",
            partner_id=self.customer.id,
        )
        self.assertFalse(self.heard(self.listen(portal, self.customer)))

    def test_nonsense_is_no_channel(self):
        channels = [
            "mail_imap_sync.chatter_no.such.model_1",
            "mail_imap_sync.chatter_ir.cron_1",
            f"mail_imap_sync.chatter_res.partner_{2**40}",
        ]
        session = self.authenticate("colin", "colin")
        websocket = self.websocket_connect(cookie=f"session_id={session.sid}")
        self.subscribe(websocket, channels, 0)
        websocket.ping()
        websocket.recv_data_frame(control_frame=True)
