"""People in a browser: an owner decides, a colleague sees what is left."""

from odoo.tests import HttpCase, tagged

from .fake_server import ago, mail
from .sharing_common import SharingCase, letter


@tagged("post_install", "-at_install")
class TestSharingTours(HttpCase, SharingCase):
    def setUp(self):
        super().setUp()
        self.price = self.deliver(
            letter(subject="Price", text="two tins cost ten", date=ago(days=3))
        )
        self.deliver(
            mail(
                "olga@tea.example",
                "carla@shop.example",
                "Re: Price",
                "two tins cost nine",
                date=ago(days=2),
                In_Reply_To="<Price@example.com>",
            )
        )
        self.delivery = self.deliver(
            letter(subject="Delivery", text="two tins came", date=ago(days=1))
        )

    def test_making_a_conversation_private(self):
        self.start_tour(
            f"/odoo/res.partner/{self.customer.id}", "mail_imap_sync.make_private", login="olga"
        )
        self.assertEqual(self.seen(self.colleague), ["everything"] * 2 + ["subject"])

    def test_a_colleague_sees_the_subject_only(self):
        self.share("metadata")
        self.delivery.with_user(self.owner).imap_set_sharing("subject")
        self.start_tour(
            f"/odoo/res.partner/{self.customer.id}",
            "mail_imap_sync.see_subject_only",
            login="colin",
        )

    def test_choosing_for_the_mailbox(self):
        self.start_tour(
            f"/odoo/mailboxes/{self.connection.id}", "mail_imap_sync.share_mailbox", login="olga"
        )
        self.env.invalidate_all()
        self.assertEqual(self.connection.visibility, "subject")
        self.assertEqual(self.seen(self.colleague), ["subject"] * 3)
