"""A person in a browser decides what becomes of mail in Odoo."""

from odoo import fields
from odoo.tests import HttpCase, tagged

from .test_leaving import LeavingCase


@tagged("post_install", "-at_install")
class TestLeavingTours(LeavingCase, HttpCase):
    def test_disconnect_with_its_mail(self):
        self.deliver("Hers")
        self.deliver("Deleted")
        self.deliver("Both", to="olga@tea.example, otto@tea.example")
        self.sync()
        path = f"/odoo/res.partner/{self.customer.id}"
        self.start_tour(path, "mail_imap_sync.leave_with_mail", login="olga")
        self.assertEqual(self.subjects(), ["Both"])
        self.assertEqual(self.connection.state, "disconnected")
        owned = self.connection.with_user(self.owner)
        self.assertFalse(owned.has_password)
        owned.password = "correct horse"
        owned.action_resume()
        self.sync()
        self.assertEqual(self.subjects(), ["Both", "Hers"])

    def test_a_manager_deletes_mail(self):
        self.deliver("Old", days=20)
        self.deliver("Hers")
        self.deliver("Both", to="olga@tea.example, otto@tea.example")
        self.deliver("All", Cc="chris@shop.example")
        emails = self.sync()
        old = emails.filtered(lambda email: email.subject == "Old")
        old.date = fields.Datetime.subtract(old.date, days=20)
        path = "/odoo/delete-synced-mail"
        self.start_tour(path, "mail_imap_sync.delete_mail", login="maria")
        self.assertEqual(self.subjects(), ["All", "Both", "Hers"])
        path = f"/odoo/res.partner/{self.customer.id}"
        self.start_tour(path, "mail_imap_sync.delete_mail_of_contact", login="maria")
        self.assertEqual(self.subjects(), [])
        self.assertEqual(self.subjects(self.customer2), ["All"])
        self.connection.with_user(self.owner).action_audit()
        self.other.with_user(self.other_owner).action_audit()
        self.assertEqual(self.subjects(), [])
