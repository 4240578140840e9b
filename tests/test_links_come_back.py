"""Mail that people linked by hand leaves Odoo with its mailbox, and stands there again when it comes back."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .fake_server import FakeServer, ago
from .test_link_by_hand import LinkCase


@tagged("post_install", "-at_install")
class TestLinksComeBack(LinkCase):
    def leave(self):
        """Disconnect the mailbox, and let its mail leave Odoo with it."""
        connection = self.connection.with_user(self.owner)
        wizard = connection.action_open_disconnect()
        wizard = self.env["imap.disconnect"].with_user(self.owner).browse(wizard["res_id"])
        wizard.mail = "delete"
        wizard.action_disconnect()
        self.assertFalse(self.env["imap.email"].search([]))

    def come_back(self):
        connection = self.connection.with_user(self.owner)
        connection.password = "correct horse"
        connection.action_resume()
        connection._sync()

    def subjects(self, record):
        return self.entries(record).mapped("subject")

    def fingerprints(self):
        return self.env["imap.email"].with_context(active_test=False).search([])

    # ------------------------------------------------------------------
    # it stands where it stood
    # ------------------------------------------------------------------

    def test_added(self):
        self.add(self.deliver(), self.lead)
        self.deliver("Not linked by hand")
        self.leave()
        self.assertFalse(self.entries(self.lead) + self.entries(self.customer))
        self.come_back()
        self.assertEqual(self.subjects(self.lead), ["Order"])
        self.assertEqual(len(self.entries(self.customer)), 2)
        first, second = self.entries(self.lead), self.entries(self.customer)[0]
        for name in ("body", "date", "author_id", "subject", "attachment_ids", "imap_email_id"):
            self.assertEqual(first[name], second[name], name)
        self.connection._sync()
        self.connection.with_user(self.owner).action_audit()
        self.assertEqual(len(self.entries(self.lead)), 1)

    def test_moved(self):
        entry = self.deliver()
        self.add(entry, self.lead)
        self.remove(entry)
        self.leave()
        self.come_back()
        self.assertEqual(self.subjects(self.lead), ["Order"])
        self.assertFalse(self.entries(self.customer))

    def test_it_is_a_decision_like_before(self):
        """It leaves and comes back once more, and can be taken back."""
        decisions = self.add(self.deliver(), self.lead)
        for _time in range(2):
            self.leave()
            self.come_back()
        self.assertEqual(self.subjects(self.lead), ["Order"])
        decisions.with_user(self.owner).sudo(False).action_undo()
        self.assertFalse(self.entries(self.lead))
        self.assertEqual(self.subjects(self.customer), ["Order"])

    def test_through_another_mailbox(self):
        """A decision holds for the email, through whosever mailbox it comes."""
        self.add(self.deliver(), self.lead)
        self.leave()
        self.servers["otto@tea.example"] = FakeServer()
        for message in self.server.inbox.messages.values():
            self.servers["otto@tea.example"].inbox.deliver(message.raw, ago(days=1))
        other = self._connect(self.other_owner)
        other.visibility = "private"
        other._sync()
        self.assertEqual(self.subjects(self.lead), ["Order"])
        messages = self.env["mail.message"].with_user(self.owner)
        self.assertFalse(
            messages.search([("imap_email_id", "!=", False)]), "it is Otto's, who keeps it private"
        )

    def test_what_is_not_synced_any_more(self):
        """It comes back when its address is synced again, not before."""
        self.add(self.deliver(), self.lead)
        exclusion = self.env["imap.exclusion"].with_user(self.owner)
        exclusion = exclusion.create({"name": "carla@shop.example"})
        exclusion._remove_past(10)
        self.connection._sync()
        self.assertFalse(self.entries(self.lead))
        exclusion.unlink()
        self.connection.folder_ids._restart_backfill()
        self.connection._sync()
        self.assertEqual(self.subjects(self.lead), ["Order"])

    def test_whoever_linked_it_left_or_may_not_see_the_record(self):
        """As with mail that stays: what was decided once holds, and who sees it is decided by the record."""
        self.lead.user_id = self.colleague
        self.add(self.deliver(), self.lead, self.colleague)
        self.add(self.entries(self.customer), self.customer2)
        self.lead.user_id = self.other_owner
        self.colleague.active = False
        self.leave()
        self.come_back()
        self.assertEqual(self.subjects(self.lead), ["Order"])
        self.assertEqual(self.subjects(self.customer2), ["Order"])
        seen = (
            self.env["mail.message"]
            .with_user(self.owner)
            .search([("imap_email_id", "!=", False), ("model", "=", "crm.lead")])
        )
        self.assertFalse(seen)

    # ------------------------------------------------------------------
    # what is kept in the meantime
    # ------------------------------------------------------------------

    def test_nothing_of_the_mail_is_kept(self):
        self.add(self.deliver(), self.lead)
        self.leave()
        [email] = self.fingerprints()
        for name in ("subject", "message_id", "thread_key", "addresses", "entry_ids", "share_ids"):
            self.assertFalse(email[name], name)
        self.assertFalse(email.placement_ids)
        for user in (self.owner, self.colleague, self.manager, self.env.ref("base.user_admin")):
            for rows in (email, self.links.search([])):
                with self.assertRaises(AccessError):
                    rows.with_user(user).sudo(False).read(["create_date"])

    def test_nothing_is_kept_of_what_nobody_linked(self):
        self.deliver()
        self.leave()
        self.assertFalse(self.fingerprints())

    def test_a_record_that_is_deleted_takes_it_along(self):
        entry = self.deliver()
        self.add(entry, self.lead)
        self.add(entry, self.customer2)
        self.leave()
        self.customer2.unlink()
        self.assertEqual(self.links.search([]).model, "crm.lead")
        self.lead.unlink()
        self.assertFalse(self.links.search([]))
        self.assertFalse(self.fingerprints(), "a fingerprint without a decision is for nothing")
        self.come_back()
        self.assertEqual(self.subjects(self.customer), ["Order"])

    def test_a_record_that_went_past_odoo(self):
        self.add(self.deliver(), self.lead)
        self.leave()
        self.lead.flush_recordset()
        self.env.cr.execute("DELETE FROM crm_lead WHERE id = %s", [self.lead.id])
        self.env.invalidate_all()
        self.come_back()
        self.assertEqual(self.subjects(self.customer), ["Order"])
        self.assertFalse(self.entries(self.lead))
        self.assertFalse(self.links.search([]))

    def test_records_that_are_merged_meanwhile(self):
        self.add(self.deliver(), self.customer2)
        self.leave()
        twin = self.env["res.partner"].create({"name": "Chris too", "email": "c@shop.example"})
        self.env["base.partner.merge.automatic.wizard"].create({})._merge(
            (self.customer2 + twin).ids, twin
        )
        self.come_back()
        self.assertEqual(self.subjects(twin), ["Order"])

    def test_taken_back_meanwhile(self):
        decisions = self.add(self.deliver(), self.lead)
        self.leave()
        decisions.with_user(self.owner).sudo(False).action_undo()
        self.assertFalse(self.fingerprints())
        self.come_back()
        self.assertFalse(self.entries(self.lead))
        self.assertEqual(self.subjects(self.customer), ["Order"])
