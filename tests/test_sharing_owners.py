"""One email in several mailboxes, and owners who come and go."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.mail.tools.discuss import Store

from .fake_server import FakeServer
from .sharing_common import SharingCase, letter


@tagged("post_install", "-at_install")
class TestSeveralOwners(SharingCase):
    """One email in several mailboxes: colleagues see the most that any owner shares."""

    def setUp(self):
        super().setUp()
        self.second = self._connect(self.other_owner)
        self.servers[self.second.email] = FakeServer()
        self.share("private")
        self.raw = letter(to="olga@tea.example, otto@tea.example")
        self.entry = self.deliver(self.raw)

    def arrive(self, level):
        self.share(level, self.second)
        self.servers[self.second.email].inbox.deliver(self.raw)
        self.second._sync()

    def test_the_most_open_copy_counts(self):
        self.assertEqual(self.seen(self.colleague), [])
        self.arrive("subject")
        self.assertEqual(self.seen(self.colleague), ["subject"])
        self.assertEqual(self.seen(self.owner), ["everything"])
        self.assertEqual(self.seen(self.other_owner), ["everything"], "they have it themselves")
        self.share("metadata")
        self.assertEqual(self.seen(self.colleague), ["subject"])
        self.share("everything")
        self.assertEqual(self.seen(self.colleague), ["everything"])
        self.share("private")
        self.assertEqual(self.seen(self.colleague), ["subject"])

    def test_a_more_private_copy_hides_nothing(self):
        self.share("everything")
        self.arrive("private")
        self.assertEqual(self.seen(self.colleague), ["everything"])

    def test_who_shares_nothing_is_not_named(self):
        self.arrive("everything")
        email = self.entry.imap_email_id
        emails = self.env["imap.email"].with_user(self.colleague)
        self.assertEqual(email.with_user(self.colleague).mailbox_user_ids, self.other_owner)
        self.assertFalse(emails.search([("mailbox_user_ids", "in", self.owner.ids)]))
        self.assertTrue(emails.search([("mailbox_user_ids", "in", self.other_owner.ids)]))
        store = Store().add(self.entry.with_user(self.colleague)).get_result()
        self.assertEqual(store["mail.message"][0]["imap_mailboxes"], ["Otto"])
        self.assertIn(self.owner, email.with_user(self.owner).mailbox_user_ids)

    def test_a_change_tells_what_others_share(self):
        self.arrive("subject")
        self.share("everything")
        effects = self.env["imap.share"]._effect
        self.assertEqual(effects(self.connection, "private"), (1, 0, 0), "the subject stays")
        self.assertEqual(effects(self.second, "private"), (0, 0, 1))
        self.share("metadata")
        self.assertEqual(effects(self.connection, "private"), (0, 0, 1))
        self.assertEqual(effects(self.connection, "everything"), (1, 0, 0))

    def test_an_owner_is_told_that_others_share_it(self):
        self.arrive("everything")
        entry = self.entry.with_user(self.owner)
        self.assertEqual(entry.imap_sharing, {"level": "everything", "by_others": True})
        entry.imap_set_sharing("private")
        self.assertEqual(self.seen(self.colleague), ["everything"])

    def test_removed_mailbox_leaves_what_it_shared(self):
        self.arrive("subject")
        self.second.unlink()
        self.assertEqual(self.seen(self.colleague), ["subject"])
        self.assertEqual(self.seen(self.other_owner), ["everything"], "it was theirs")
        self.connection.unlink()
        self.assertEqual(self.seen(self.colleague), ["subject"])
        self.assertEqual(self.seen(self.owner), ["everything"])

    def test_mailbox_that_is_connected_again(self):
        self.arrive("everything")
        self.second.unlink()
        again = self._connect(self.other_owner)
        again.visibility = "metadata"
        again._sync()
        self.assertEqual(self.seen(self.colleague), ["metadata"], "it follows the mailbox again")
        self.assertEqual(len(self.env["imap.share"].search([])), 2)

    def test_removed_user_leaves_what_they_shared(self):
        self.arrive("subject")
        self.other_owner.unlink()
        self.assertEqual(self.seen(self.colleague), ["subject"])

    def test_new_owner_of_a_mailbox_reads_nothing_of_before(self):
        """Else whoever manages mailboxes could read everybody's mail."""
        self.connection.with_user(self.manager).user_id = self.manager
        self.assertEqual(self.seen(self.manager), [])
        self.assertEqual(self.seen(self.owner), ["everything"])
        self.assertFalse(self.connection.sudo().has_password, "nor can they sign in with it")
        self.connection.with_user(self.manager).visibility = "everything"
        self.assertEqual(self.seen(self.manager), [])

    def test_an_email_that_is_nobodys_is_read_by_nobody(self):
        self.env["imap.share"].search([]).unlink()
        for user in (self.owner, *self.others):
            self.assertEqual(self.seen(user), [])

    def test_owner_who_may_not_read_the_record(self):
        self.env["ir.rule"].create(
            {
                "name": "Carla is a secret",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": f"[('id', '!=', {self.customer.id})]",
            }
        )
        entry = self.entry.with_user(self.owner)
        with self.assertRaises(AccessError):
            entry.read(["body"])
        self.assertFalse(entry.search([("id", "=", entry.id)]))
