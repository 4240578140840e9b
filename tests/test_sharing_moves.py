"""Records that are merged, moved or deleted take their mail along: as restricted as it was, and once."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..models.imap_entry import enter_on_more_records, present_entries
from .sharing_common import SharingCase


@tagged("post_install", "-at_install")
class TestMoves(SharingCase):
    def setUp(self):
        super().setUp()
        self.share("subject")
        self.entry = self.deliver(to="olga@tea.example, chris@shop.example")
        self.single = self.deliver(subject="Single")
        self.note = self.customer2.message_post(body="A note")

    def assertOnce(self, record):
        """Both mails are there once, and each person sees of them what they saw before."""
        self.assertEqual(self.seen(self.owner, record), ["everything"] * 2)
        self.assertEqual(self.seen(self.colleague, record), ["subject"] * 2)
        self.assertEqual(len(self.entries(record)), 4)

    def test_merged_contacts(self):
        self.assertEqual(self.seen(self.colleague, self.customer2), ["subject"])
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.customer + self.customer2).ids, self.customer2)
        self.assertFalse(self.customer.exists())
        self.assertOnce(self.customer2)
        self.assertTrue(self.note.exists(), "and the other messages are there")

    def test_merged_leads(self):
        leads = self.env["crm.lead"].create(
            [{"name": name, "type": "opportunity", "user_id": False} for name in ("One", "Two")]
        )
        self._stand_on(leads[0], self.entry, self.single)
        self._stand_on(leads[1], self.entry)
        self.env.invalidate_all()
        mine = leads.with_user(self.colleague)
        # what the user sees is in the cache: the rest must not be left behind
        self.assertEqual(
            [len(lead.message_ids.sudo().filtered("imap_email_id")) for lead in mine], [2, 1]
        )
        merged = mine.merge_opportunity()
        self.assertOnce(merged.sudo())

    def test_messages_that_go_to_another_record(self):
        lead = self.env["crm.lead"].create({"name": "One", "user_id": False})
        self._stand_on(lead, self.entry)
        self.customer.with_user(self.colleague).message_change_thread(lead)
        self.assertOnce(lead)
        self.assertFalse(self.entries(self.customer))

    def _stand_on(self, lead, *entries):
        places = [(entry.imap_email_id, "crm.lead", lead.id) for entry in entries]
        enter_on_more_records(self.env, places)

    def test_more_records(self):
        """A contact that is made later: the new entry is the email itself, however young the stubs are."""
        contact = self.env["res.partner"].create({"name": "Cesar"})
        email = self.single.imap_email_id
        enter_on_more_records(self.env, [(email, "res.partner", contact.id)])
        self.assertEqual(self.seen(self.owner, contact), ["everything"])
        self.assertEqual(self.seen(self.colleague, contact), ["subject"])
        entry = email.entry_ids.filtered(lambda e: e.res_id == contact.id)
        self.assertEqual(entry.body, self.single.body)

    def test_linked_and_taken_off_by_hand(self):
        links = self.env["imap.link"].with_user(self.owner)
        contact = self.env["res.partner"].create({"name": "Cesar"})
        entry = self.single.with_user(self.owner)
        links._add(entry, contact.with_user(self.owner))
        self.assertEqual(self.seen(self.colleague, contact), ["subject"])
        removed = links._remove(entry)
        self.assertEqual(self.seen(self.colleague), ["subject"], "the other email")
        removed.with_user(self.owner).action_undo()
        self.assertEqual(self.seen(self.colleague), ["subject"] * 2)
        self.assertEqual(self.seen(self.owner), ["everything"] * 2)

    def test_a_stub_is_not_linked_by_hand(self):
        stub = (self.entries(self.customer) - self.entry - self.single).filtered("imap_stub")[0]
        with self.assertRaises(AccessError):
            self.env["imap.link"].with_user(self.colleague)._add(
                stub.with_user(self.colleague), self.customer2.with_user(self.colleague)
            )

    def test_deleted_entry_takes_its_stub_along(self):
        self.single.with_user(self.owner).unlink()
        self.assertEqual(self.seen(self.colleague), ["subject"])
        self.assertEqual(len(self.entries(self.customer)), 2)
        self.assertEqual(self.seen(self.colleague, self.customer2), ["subject"])

    def test_a_stub_that_stands_alone_is_no_entry(self):
        self.share("subject")
        email = self.single.imap_email_id
        self.assertTrue(present_entries(self.env, email))
        self.single.with_context(imap_leave_stubs=True).unlink()
        self.assertTrue(self.entries(self.customer).filtered("imap_stub"))
        self.assertFalse(present_entries(self.env, email))

    def test_deleted_contact(self):
        self.customer.unlink()
        self.assertFalse(self.entries(self.customer))
        self.assertTrue(self.entries(self.customer2))

    def test_who_does_not_read_it_does_not_delete_it(self):
        with self.assertRaises(AccessError):
            self.single.with_user(self.administrator).unlink()
