"""Touchpoints: who wrote last, who waits for whom; kept up to date by whatever changes them."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ..models import imap_sharing
from ..models.imap_touchpoint_mixin import TOUCHPOINTS
from .common import MailboxCase
from .fake_server import FakeServer, ago, mail
from .test_migrations import migrate

CARLA, CHRIS, OLGA = "carla@shop.example", "chris@shop.example", "olga@tea.example"


class TouchpointCase(MailboxCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop = cls.env["res.partner"].create({"name": "Shop", "is_company": True})

    def deliver(self, from_, to, days, subject=None, **headers):
        """Deliver a mail that is so many days old, in no order of days."""
        folder = self.server.sent if from_ == OLGA else self.server.inbox
        subject = subject or f"{from_} {days}"
        folder.deliver(mail(from_, to, subject, **headers), ago(days=days))

    def sync(self):
        self.connection._sync()
        self.env.invalidate_all()

    def touchpoints(self, record):
        """Return received, sent, we owe, they owe in days ago (None: never), and the number of mails."""
        record.invalidate_recordset()
        now = fields.Datetime.now()
        _last, *dates, number = (record[name] for name in TOUCHPOINTS)
        return [date and round((now - date) / timedelta(days=1)) or None for date in dates], number


@tagged("post_install", "-at_install")
class TestWhatCounts(TouchpointCase):
    def test_received_and_sent_in_any_order(self):
        """Past mail comes newest first, and folder by folder."""
        for expected, *mails in (
            (([None, None, None, None], 0),),
            (([5, None, 5, None], 1), (CARLA, OLGA, 5)),
            (([3, None, 5, None], 2), (CARLA, OLGA, 3)),
            (([3, 4, 3, None], 3), (OLGA, CARLA, 4)),
            (([3, 2, None, 2], 4), (OLGA, CARLA, 2)),
            (([3, 1, None, 2], 5), (OLGA, CARLA, 1)),
            (([3, 1, None, 2], 6), (OLGA, CARLA, 9)),
        ):
            for one in mails:
                self.deliver(*one)
            self.sync()
            self.assertEqual(self.touchpoints(self.customer), expected)

    def test_new_mail(self):
        self.connection._sync()
        self.server.inbox.deliver(mail(CARLA, OLGA, "New"))
        self.sync()
        self.assertTrue(self.customer.imap_awaiting_us_since)
        self.assertEqual(self.customer.imap_mail_count, 1)

    def test_received_mail_counts_for_who_wrote_it(self):
        self.deliver(CARLA, f"{OLGA}, {CHRIS}", 3)
        self.sync()
        self.assertEqual(self.touchpoints(self.customer), ([3, None, 3, None], 1))
        self.assertEqual(self.touchpoints(self.customer2), ([None, None, None, None], 1))
        self.assertEqual(self.customer2.imap_last_email, self.customer.imap_last_received)

    def test_program_neither_waits_nor_answers(self):
        """An absence notice is linked to what it answers, and ends nobody's waiting."""
        lead = self.env["crm.lead"].create({"name": "Tea", "user_id": self.owner.id})
        offer = lead.message_post(body="Our offer", message_type="comment")
        self.deliver(OLGA, CARLA, 3, In_Reply_To=offer.message_id)
        self.deliver(CARLA, OLGA, 2, In_Reply_To=offer.message_id, Auto_Submitted="auto-replied")
        self.sync()
        self.assertEqual(len(self.entries(self.customer)), 2)
        for record in (self.customer, lead):
            self.assertEqual(self.touchpoints(record), ([None, 3, None, 3], 1))

    def test_company_has_the_mail_of_its_people(self):
        (self.customer | self.customer2).parent_id = self.shop
        self.deliver(CARLA, f"{OLGA}, {CHRIS}", 5)
        self.deliver(OLGA, CHRIS, 3)
        self.sync()
        self.assertEqual(self.touchpoints(self.customer), ([5, None, 5, None], 1))
        self.assertEqual(self.touchpoints(self.customer2), ([None, 3, None, 3], 2))
        self.assertEqual(self.touchpoints(self.shop), ([5, 3, None, 3], 2))

    def test_opportunity(self):
        lead = self.env["crm.lead"].create({"name": "Tea", "user_id": self.owner.id})
        offer = lead.message_post(body="Our offer", message_type="comment")
        self.assertEqual(self.touchpoints(lead), ([None, None, None, None], 0))
        self.deliver(CARLA, OLGA, 2, In_Reply_To=offer.message_id)
        self.deliver(CARLA, OLGA, 1)
        self.sync()
        self.assertEqual(self.touchpoints(lead), ([2, None, 2, None], 1))

    def test_settled_by_hand(self):
        self.deliver(CARLA, OLGA, 3)
        self.sync()
        self.assertEqual(self.customer.imap_waiting, "us")
        self.customer.action_imap_settle()
        self.assertEqual(self.touchpoints(self.customer), ([3, None, None, None], 1))
        self.assertEqual(self.customer.imap_waiting, "settled")
        self.customer.action_imap_unsettle()
        self.assertEqual(self.touchpoints(self.customer), ([3, None, 3, None], 1))
        self.customer.imap_settled_at = fields.Datetime.now() - timedelta(days=2)
        self.deliver(CARLA, OLGA, 1)
        self.sync()
        self.assertEqual(self.touchpoints(self.customer), ([1, None, 1, None], 2))

    def test_settled_with_a_person_is_settled_for_the_company(self):
        (self.customer | self.customer2).parent_id = self.shop
        self.deliver(CARLA, OLGA, 3)
        self.deliver(CHRIS, OLGA, 2)
        self.sync()
        self.customer.action_imap_settle()
        self.assertEqual(self.touchpoints(self.shop), ([2, None, 2, None], 2))
        self.customer2.action_imap_settle()
        self.assertEqual(self.touchpoints(self.shop), ([2, None, None, None], 2))
        self.customer.action_imap_unsettle()
        self.assertEqual(self.touchpoints(self.shop), ([2, None, 3, None], 2))

    def test_people_of_another_company(self):
        """A contact that all companies see tells nothing of people whom only one of them knows."""
        branch = self.env["res.company"].create({"name": "Branch"})
        self.customer.parent_id = self.shop
        self.deliver(CARLA, OLGA, 3)
        self.sync()
        self.customer.company_id = branch
        self.assertEqual(self.touchpoints(self.shop), ([None, None, None, None], 0))
        self.assertEqual(self.touchpoints(self.customer), ([3, None, 3, None], 1))
        self.customer.company_id = False
        self.assertEqual(self.touchpoints(self.shop), ([3, None, 3, None], 1))

    def test_words(self):
        self.assertFalse(self.customer.imap_touchpoint_text)
        self.deliver(CARLA, OLGA, 3)
        self.sync()
        day = (fields.Datetime.now() - timedelta(days=3)).strftime("%A")
        self.assertEqual(
            self.customer.with_context(tz="UTC").imap_touchpoint_text,
            f"Last email 3 days ago, waiting for our reply since {day}",
        )
        self.deliver(OLGA, CARLA, 0)
        self.sync()
        self.assertIn(
            "waiting for their reply since today",
            self.customer.with_context(tz="UTC").imap_touchpoint_text,
        )


@tagged("post_install", "-at_install")
class TestWrittenInOdoo(TouchpointCase):
    """An answer from the chatter ends the waiting, though it is in no mailbox."""

    def test_answer_from_the_chatter(self):
        self.deliver(CARLA, OLGA, 3)
        self.sync()
        lead = self.env["crm.lead"].create({"name": "Tea", "user_id": self.owner.id})
        for record in (self.customer, lead):
            note = record.with_user(self.owner).message_post(body="Only among us")
            self.assertFalse(note.notification_ids)
            self.assertEqual(self.customer.imap_waiting, "us")
        lead.with_user(self.owner).message_post(
            body="Here is our offer",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.customer.ids,
        )
        for record, number in ((self.customer, 2), (lead, 1)):
            self.assertTrue(record.imap_awaiting_them_since, record)
            self.assertFalse(record.imap_awaiting_us_since)
            self.assertEqual(record.imap_mail_count, number)

    def test_mail_by_the_gateway(self):
        """A customer writes to an address of Odoo, with the salesperson in copy: it is one mail."""
        raw = mail(CARLA, "info@tea.example", "Order", message_id="<o@shop.example>", Cc=OLGA)
        lead_id = self.env["mail.thread"].message_process("crm.lead", raw)
        lead = self.env["crm.lead"].browse(lead_id)
        for record in (self.customer, lead):
            self.assertTrue(record.imap_awaiting_us_since, record)
        self.server.inbox.deliver(raw)
        self.sync()
        self.assertEqual(len(self.entries(self.customer)), 1)
        self.assertEqual(self.customer.imap_mail_count, 1)

    def test_colleague_is_no_customer(self):
        self.customer.with_user(self.owner).message_post(
            body="Look at this",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.colleague.partner_id.ids,
        )
        self.assertEqual(self.touchpoints(self.customer), ([None, None, None, None], 0))
        self.assertEqual(self.colleague.partner_id.imap_mail_count, 0)

    def test_documents_that_not_everybody_may_know_of(self):
        """Who may see a contact need not know what else they are written about."""
        team = self.env["crm.team"].create({"name": "Any record with a chatter"})
        for sender in (self.owner.partner_id, self.customer):
            team.message_post(
                body="About something else",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                author_id=sender.id,
                partner_ids=self.customer.ids,
            )
        self.assertTrue(team.message_ids.notification_ids.filtered("res_partner_id"))
        self.env["res.partner"].browse(self.customer.id)._imap_touch()
        self.assertEqual(self.touchpoints(self.customer), ([None, None, None, None], 0))


@tagged("post_install", "-at_install")
class TestKeptUpToDate(TouchpointCase):
    def setUp(self):
        super().setUp()
        self.customer.parent_id = self.shop
        self.deliver(OLGA, CARLA, 4)
        self.deliver(CARLA, OLGA, 2)
        self.sync()
        self.before = ([2, 4, 2, None], 2)
        self.assertEqual(self.touchpoints(self.customer), self.before)
        self.assertEqual(self.touchpoints(self.shop), self.before)
        self.received = self.entries(self.customer)[-1]

    def test_entry_deleted(self):
        self.received.unlink()
        for record in (self.customer, self.shop):
            self.assertEqual(self.touchpoints(record), ([None, 4, None, 4], 1))

    def test_email_deleted(self):
        self.received.imap_email_id.unlink()
        for record in (self.customer, self.shop):
            self.assertEqual(self.touchpoints(record), ([None, 4, None, 4], 1))

    def test_excluded(self):
        exclusion = self.env["imap.exclusion"].create({"name": CARLA, "user_id": self.owner.id})
        exclusion._remove_past(100)
        for record in (self.customer, self.shop):
            self.assertEqual(self.touchpoints(record), ([None, None, None, None], 0))

    def test_contacts_merged(self):
        other = self.env["res.partner"].create({"name": "Carla 2", "email": "c2@shop.example"})
        self.deliver("c2@shop.example", OLGA, 1)
        self.sync()
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.customer | other).ids, other)
        self.assertFalse(self.customer.exists())
        self.assertEqual(self.touchpoints(other), ([1, 4, 2, None], 3))
        self.assertEqual(other.parent_id, self.shop)
        self.assertEqual(self.touchpoints(self.shop), ([1, 4, 2, None], 3))

    def test_leads_merged(self):
        leads = self.env["crm.lead"].create(
            [{"name": f"Tea {n}", "user_id": self.owner.id} for n in range(2)]
        )
        for lead, days in zip(leads, (3, 1), strict=True):
            offer = lead.message_post(body="Our offer", message_type="comment")
            self.deliver(CARLA, OLGA, days, In_Reply_To=offer.message_id)
        self.sync()
        merged = leads.merge_opportunity()
        self.assertEqual(self.touchpoints(merged), ([1, None, 3, None], 2))

    def test_person_changes_company(self):
        other = self.env["res.partner"].create({"name": "Café", "is_company": True})
        self.customer.parent_id = other
        self.assertEqual(self.touchpoints(self.shop), ([None, None, None, None], 0))
        self.assertEqual(self.touchpoints(other), self.before)
        self.assertEqual(self.touchpoints(self.customer), self.before)
        self.customer.unlink()
        self.assertEqual(self.touchpoints(other), ([None, None, None, None], 0))

    def test_mail_linked_by_hand(self):
        self.connection.folder_ids.filtered(lambda f: f.role == "inbox").selected = False
        self.deliver(CARLA, OLGA, 1, "Elsewhere")
        self.sync()
        self.assertEqual(self.touchpoints(self.customer), self.before)
        asked = {"connection_id": self.connection.id, "subject": "Elsewhere", "person": False}
        why = self.env["imap.why"].with_user(self.owner).create(asked)
        why.action_search()
        why.line_ids.action_link()
        self.assertEqual(self.touchpoints(self.customer), ([1, 4, 2, None], 3))

    def test_moved_by_hand(self):
        lead = self.env["crm.lead"].create({"name": "Tea", "user_id": self.owner.id})
        links = self.env["imap.link"].with_user(self.owner)
        entry = self.received.with_user(self.owner)
        added = links._add(entry, lead.with_user(self.owner))
        removed = links._remove(entry)
        self.assertEqual(self.touchpoints(lead), ([2, None, 2, None], 1))
        self.assertEqual(self.touchpoints(self.customer), ([None, 4, None, 4], 1))
        (added | removed).with_user(self.owner).sudo(False).action_undo()
        self.assertEqual(self.touchpoints(lead), ([None, None, None, None], 0))
        self.assertEqual(self.touchpoints(self.customer), self.before)

    def test_past_mail_of_a_new_contact(self):
        self.connection.sudo().connected_since -= timedelta(days=30)
        self.deliver("nora@new.example", OLGA, 9)
        self.sync()
        nora = self.env["res.partner"].create({"name": "Nora", "email": "nora@new.example"})
        self.assertEqual(self.touchpoints(nora), ([None, None, None, None], 0))
        self.sync()
        self.assertEqual(self.touchpoints(nora), ([9, None, 9, None], 1))

    def test_message_that_is_readable_at_last(self):
        folder = self.server.inbox
        uid = folder.deliver(mail(CARLA, OLGA, "Broken"), ago(days=1))
        self.server.unreadable.add(uid)
        self.sync()
        self.assertEqual(self.touchpoints(self.customer), self.before)
        self.server.unreadable.clear()
        placement = self.env["imap.placement"].search([("state", "=", "quarantined")])
        placement.last_attempt -= timedelta(days=2)
        self.sync()
        self.assertEqual(self.touchpoints(self.customer), ([1, 4, 2, None], 3))


@tagged("post_install", "-at_install")
class TestPrivateMail(TouchpointCase):
    """What is stored with a contact is there for all who see the contact: it tells nothing of private mail."""

    def setUp(self):
        super().setUp()
        self.customer.parent_id = self.shop
        self.deliver(CARLA, OLGA, 5)
        self.deliver(OLGA, CARLA, 3, "Answer")
        self.deliver(CARLA, OLGA, 1, "Again", In_Reply_To="<Answer@example.com>")
        self.sync()
        self.all = ([1, 3, 1, None], 3)
        self.nothing = ([None, None, None, None], 0)
        self.assert_touchpoints(self.all)

    def assert_touchpoints(self, expected):
        for record in (self.customer, self.shop):
            self.assertEqual(self.touchpoints(record), expected)

    def share(self, level, connection=None):
        connection = connection or self.connection
        connection.with_user(connection.user_id).visibility = level

    def test_mailbox(self):
        """It holds for mail that is there, and for what comes."""
        for level, expected in (
            ("private", self.nothing),
            ("metadata", self.all),
            ("everything", self.all),
            ("private", self.nothing),
        ):
            self.share(level)
            self.assert_touchpoints(expected)
        self.assertFalse(self.customer.imap_last_email)
        self.deliver(CARLA, OLGA, 0)
        self.sync()
        self.assert_touchpoints(self.nothing)

    def test_one_email_or_conversation(self):
        entry = self.entries(self.customer)[-1].with_user(self.owner)
        undo = entry.imap_set_sharing("private")["undo"]
        self.assert_touchpoints(([5, 3, None, 3], 2))
        entry.imap_undo_sharing(undo)
        self.assert_touchpoints(self.all)
        entry.imap_set_sharing("private", conversation=True)
        self.assert_touchpoints(([5, None, 5, None], 1))
        self.share("private")
        self.assert_touchpoints(self.nothing)
        entry.imap_set_sharing("metadata", conversation=True)
        self.assert_touchpoints(([1, 3, 1, None], 2))

    def test_of_several_owners_the_most_open_counts(self):
        self.share("private")
        other = self._connect(self.other_owner)
        self.servers[other.email] = FakeServer()
        last = list(self.server.inbox.messages.values())[-1]
        self.servers[other.email].inbox.deliver(last.raw, ago(days=1))
        other._sync()
        self.assert_touchpoints(([1, None, 1, None], 1))
        self.share("private", other)
        self.assert_touchpoints(self.nothing)

    def test_mailbox_with_much_mail(self):
        """Private is at once; other changes follow by the scheduled action, with the entries."""
        self.deliver(CHRIS, OLGA, 2)
        self.sync()
        self.patch(imap_sharing, "AT_ONCE", 1)
        self.share("private")
        for person in (self.customer, self.customer2):
            self.assertEqual(self.touchpoints(person), self.nothing)
        self.run_scheduled("ir_cron_share")
        self.share("everything")
        self.run_scheduled("ir_cron_share")
        self.assert_touchpoints(self.all)
        self.assertEqual(self.touchpoints(self.customer2), ([2, None, 2, None], 1))

    def test_database_from_before_sharing(self):
        self.share("private")
        self.env["imap.share"].search([]).unlink()
        self.share("everything")
        self.assert_touchpoints(self.nothing)
        migrate(self.cr, "19.0.1.1.0")
        self.assert_touchpoints(self.all)
