"""The list of emails of a contact or opportunity, and reading one; each as the real user."""

from email import message_from_bytes, policy

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged

from .common import MailboxCase
from .fake_server import ago, mail


class EmailListCase(MailboxCase):
    """Two people of a company, a stranger to it, and an opportunity."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.partner"].create({"name": "Shop", "is_company": True})
        (cls.customer | cls.customer2).parent_id = cls.company
        cls.lead = cls.env["crm.lead"].create(
            {"name": "Tea for a year", "type": "opportunity", "user_id": cls.owner.id}
        )
        cls.employee = new_test_user(cls.env, "emil", groups="base.group_user")

    def deliver(self, from_, to, subject, folder=None, days=1, **headers):
        """Deliver and sync a mail; return its email."""
        self.put(mail(from_, to, subject, **headers), folder, days)
        return self.emails(subject)

    def put(self, raw, folder=None, days=1):
        (folder or self.server.inbox).deliver(raw, ago(days=days))
        self.connection._sync()

    def emails(self, *subjects):
        return self.env["imap.email"].search([("subject", "in", subjects)])

    def hide(self, record):
        """Hide a record from everybody who is bound by rules."""
        self.env["ir.rule"].create(
            {
                "name": "A secret",
                "model_id": self.env["ir.model"]._get_id(record._name),
                "domain_force": f"[('id', '!=', {record.id})]",
            }
        )

    def found(self, user, *domain):
        return self.env["imap.email"].with_user(user).search(list(domain)).mapped("subject")


@tagged("post_install", "-at_install")
class TestEmailCount(EmailListCase):
    def test_company_includes_its_people_and_counts_an_email_once(self):
        self.deliver("carla@shop.example", "olga@tea.example, chris@shop.example", "Both")
        self.deliver("chris@shop.example", "olga@tea.example", "One")
        for user in (self.owner, self.colleague, self.employee):
            with self.subTest(user.login):
                counts = (self.customer | self.customer2 | self.company).with_user(user)
                self.assertEqual(counts.mapped("imap_email_count"), [1, 2, 2])
        self.assertFalse(self.env["res.partner"].new({"name": "X"}).imap_email_count)

    def test_opportunity(self):
        offer = self.lead.message_post(body="Our offer", message_type="comment")
        self.deliver(
            "carla@shop.example", "olga@tea.example", "Re: Offer", In_Reply_To=offer.message_id
        )
        lead = self.lead.with_user(self.owner)
        self.assertEqual(lead.imap_email_count, 1)
        action = lead.action_open_imap_emails()
        self.assertEqual(self.found(self.owner, *action["domain"]), ["Re: Offer"])
        # a salesperson sees only their own opportunities, but the email stands on its contact too
        lead = self.lead.with_user(self.colleague)
        self.assertEqual(lead.imap_email_count, 0)
        self.assertEqual(self.found(self.colleague), ["Re: Offer"])

    def test_button_lists_what_it_counts(self):
        self.deliver("carla@shop.example", "olga@tea.example, chris@shop.example", "Both")
        action = self.company.with_user(self.colleague).action_open_imap_emails()
        self.assertEqual(self.found(self.colleague, *action["domain"]), ["Both"])
        self.assertEqual(action["res_model"], "imap.email")
        self.assertEqual(action["display_name"], "Emails of Shop")

    def test_people_whom_the_user_may_not_see_do_not_count(self):
        self.deliver("carla@shop.example", "olga@tea.example", "Hidden")
        self.hide(self.customer)
        company = self.company.with_user(self.colleague)
        self.assertEqual(company.imap_email_count, 0)

    def test_archived_contact_still_counts(self):
        self.deliver("carla@shop.example", "olga@tea.example", "Before")
        self.customer.active = False
        self.assertEqual(self.customer.with_user(self.colleague).imap_email_count, 1)
        self.assertEqual(self.company.with_user(self.colleague).imap_email_count, 1)

    def test_one_query(self):
        for n in range(5):
            self.deliver("carla@shop.example", "olga@tea.example", f"Mail {n}")
        company = self.company.with_user(self.colleague)
        self.assertTrue(company.imap_email_count, "and the caches of the rules are filled")
        company.invalidate_recordset()
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.assertEqual(company.imap_email_count, 5)

    def test_portal_user_sees_no_count(self):
        portal = new_test_user(self.env, "paul", groups="base.group_portal")
        with self.assertRaises(AccessError):
            portal.partner_id.with_user(portal).read(["imap_email_count"])


@tagged("post_install", "-at_install")
class TestEmailList(EmailListCase):
    def test_columns(self):
        received = self.deliver('"Carla C." <carla@shop.example>', "olga@tea.example", "In")
        sent = self.deliver(
            "olga@tea.example",
            "carla@shop.example, chris@shop.example",
            "Out",
            self.server.sent,
            Cc="<third@else.example>",
        )
        as_colleague = (received | sent).with_user(self.colleague)
        self.assertEqual(
            as_colleague.mapped("people"), ["Carla C.", "carla@shop.example, chris@shop.example +1"]
        )
        self.assertEqual(as_colleague.mapped("direction"), ["in", "out"])
        self.assertEqual(as_colleague[0].partner_ids, self.customer)
        self.assertEqual(as_colleague[1].partner_ids, self.customer | self.customer2)
        self.assertEqual(as_colleague.mailbox_user_ids, self.owner)

    def test_attachment(self):
        message = message_from_bytes(
            mail("carla@shop.example", "olga@tea.example", "List"), policy=policy.default
        )
        message.add_attachment(b"a;b", "text", "csv", filename="list.csv")
        self.put(message.as_bytes())
        self.deliver("carla@shop.example", "olga@tea.example", "Plain")
        self.assertEqual(self.emails("List", "Plain").mapped("has_attachment"), [False, True])
        for expected, value in (["List"], True), (["Plain"], False):
            self.assertEqual(self.found(self.colleague, ("has_attachment", "=", value)), expected)

    def test_search(self):
        self.deliver("carla@shop.example", "olga@tea.example", "Order", text="two <tins> & a pot")
        self.deliver("olga@tea.example", "chris@shop.example", "Other", self.server.sent)
        for domain, expected in (
            ([("body", "ilike", "<TINS> & a")], ["Order"]),
            ([("body", "not ilike", "tins")], ["Other"]),
            ([("people", "ilike", "carla@shop")], ["Order"]),
            ([("people", "ilike", "Chris")], ["Other"]),
            ([("people", "not ilike", "Chris")], ["Order"]),
            ([("partner_ids", "in", self.customer.ids)], ["Order"]),
            ([("partner_ids", "ilike", "chris")], ["Other"]),
            ([("partner_ids", "not any", [])], []),
            ([("partner_ids", "=", False)], []),
            ([("mailbox_user_ids", "in", self.owner.ids)], ["Other", "Order"]),
            ([("mailbox_user_ids", "ilike", "olga")], ["Other", "Order"]),
            ([("mailbox_user_ids", "in", self.colleague.ids)], []),
            ([("mailbox_user_ids", "=", False)], []),
        ):
            with self.subTest(domain):
                self.assertCountEqual(self.found(self.colleague, *domain), expected)

    def test_employee_without_sales_rights_opens_the_list(self):
        self.deliver("carla@shop.example", "olga@tea.example", "Order")
        emails = self.env["imap.email"].with_user(self.employee)
        action = self.env["ir.actions.act_window"]._for_xml_id("mail_imap_sync.imap_email_action")
        views = [(False, kind) for kind in (*action["view_mode"].split(","), "search")]
        arch = emails.get_views(views)["views"]["list"]["arch"]
        self.assertNotIn("lead_ids", arch)
        self.assertEqual(emails.search([]).people, "carla@shop.example")
        self.assertEqual(emails.search([]).partner_ids, self.customer)
        self.assertTrue(emails.search([]).reading_data()["message"])

    def test_one_page_costs_the_same_however_many_lines(self):
        specification = dict.fromkeys(
            ("subject", "people", "has_attachment", "date", "direction"), {}
        )
        specification["mailbox_user_ids"] = {"fields": {"display_name": {}}}
        emails = self.env["imap.email"].with_user(self.colleague)

        def queries():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            found = emails.web_search_read([], specification)
            return self.cr.sql_log_count - before, found["length"]

        for n in range(3):
            self.deliver("carla@shop.example", "olga@tea.example", f"Mail {n}")
        queries()
        few = queries()
        for n in range(3, 33):
            self.put(mail("carla@shop.example", "olga@tea.example", f"Mail {n}"))
        many = queries()
        self.assertEqual((few[1], many[1]), (3, 33))
        self.assertEqual(few[0], many[0])

    def test_nobody_connected_what_to_do_next(self):
        help_for = {
            user.login: self.env["imap.email"].with_user(user).get_empty_list_help("")
            for user in (self.owner, self.other_owner, self.colleague)
        }
        self.assertNotIn("href", help_for["olga"])
        self.assertIn("/odoo/connect-mailbox", help_for["otto"])
        self.assertNotIn("href", help_for["colin"])
        self.assertIn("administrator", help_for["colin"])
        action = self.env.ref("mail_imap_sync.connect_mailbox_action")
        self.assertEqual(action.with_user(self.other_owner).run()["res_model"], "imap.connect")
        with self.assertRaises(AccessError):
            action.with_user(self.colleague).run()


@tagged("post_install", "-at_install")
class TestEmailGroups(EmailListCase):
    def groups(self, user, groupby):
        result = (
            self.env["imap.email"]
            .with_user(user)
            .web_read_group([], [groupby], order="date DESC", auto_unfold=True)
        )
        return [
            (
                group[groupby] and group[groupby][1],
                len(self.found(user, *group["__extra_domain"])),
                group["__count"],
            )
            for group in result["groups"]
        ]

    def test_contact(self):
        """An email with two contacts is in both groups, and the group with the youngest email on top."""
        self.deliver("carla@shop.example", "olga@tea.example", "Old", days=9)
        self.deliver("chris@shop.example", "olga@tea.example", "Young", days=2)
        self.deliver("carla@shop.example", "olga@tea.example, chris@shop.example", "Both", days=5)
        carla, chris = self.customer.display_name, self.customer2.display_name
        self.assertEqual(self.groups(self.colleague, "partner_ids"), [(chris, 2, 2), (carla, 2, 2)])
        self.hide(self.customer)
        self.assertEqual(self.groups(self.colleague, "partner_ids"), [(chris, 2, 2)])

    def test_opportunity(self):
        offer = self.lead.message_post(body="Our offer", message_type="comment")
        self.deliver(
            "carla@shop.example", "olga@tea.example", "Re: Offer", In_Reply_To=offer.message_id
        )
        self.deliver("carla@shop.example", "olga@tea.example", "Else", days=3)
        self.assertEqual(
            self.groups(self.owner, "lead_ids"), [("Tea for a year", 1, 1), (False, 1, 1)]
        )
        self.assertEqual(self.groups(self.colleague, "lead_ids"), [(False, 2, 2)])

    def test_mailbox(self):
        """Two copies in one mailbox count once."""
        raw = mail("carla@shop.example", "olga@tea.example, otto@tea.example", "Hello")
        other = self._connect(self.other_owner)
        self.server.inbox.deliver(raw)
        self.server.add_folder("Archive").deliver(raw)
        self.connection._fetch_folders()
        self.connection.folder_ids.selected = True
        self.connection._sync()
        other._sync()
        email = self.emails("Hello")
        self.assertGreater(len(email.placement_ids), 2)
        self.assertCountEqual(
            self.groups(self.colleague, "mailbox_user_ids"), [("Olga", 1, 1), ("Otto", 1, 1)]
        )

    def test_month(self):
        self.deliver("carla@shop.example", "olga@tea.example", "Now", days=0)
        self.deliver("carla@shop.example", "olga@tea.example", "Before", days=45)
        self.assertEqual(
            [group[1:] for group in self.groups(self.colleague, "date:month")], [(1, 1), (1, 1)]
        )

    def test_conversation(self):
        """It has the subject of its first email, among those that the user may read."""
        first = "<first@shop.example>"
        self.deliver("carla@shop.example", "olga@tea.example", "Offer", days=9, message_id=first)
        self.deliver(
            "chris@shop.example", "olga@tea.example", "Re: Offer", days=2, In_Reply_To=first
        )
        self.deliver("chris@shop.example", "olga@tea.example", "Else", days=5)
        self.assertEqual(
            self.groups(self.colleague, "conversation_ids"), [("Offer", 2, 2), ("Else", 1, 1)]
        )
        answer = self.emails("Re: Offer").with_user(self.colleague)
        self.assertEqual(answer.conversation_count, 2)
        action = answer.action_open_conversation()
        self.assertEqual(self.found(self.colleague, *action["domain"]), ["Re: Offer", "Offer"])
        self.hide(self.customer)
        answer.invalidate_recordset()
        self.assertEqual(answer.conversation_count, 1)
        self.assertEqual(
            self.groups(self.colleague, "conversation_ids"), [("Re: Offer", 1, 1), ("Else", 1, 1)]
        )

    def test_email_without_message_id_is_a_conversation_of_its_own(self):
        self.deliver("carla@shop.example", "olga@tea.example", "One", message_id=" ")
        self.deliver("carla@shop.example", "olga@tea.example", "Two", message_id=" ", days=2)
        self.assertFalse(any(self.emails("One", "Two").mapped("thread_key")))
        self.assertEqual(
            self.groups(self.colleague, "conversation_ids"), [("One", 1, 1), ("Two", 1, 1)]
        )


@tagged("post_install", "-at_install")
class TestEmailLeaks(EmailListCase):
    """Nothing is found, counted or shown that the user could not read in a chatter."""

    def setUp(self):
        super().setUp()
        self.both = self.deliver(
            "carla@shop.example", "olga@tea.example, chris@shop.example", "Both"
        )
        self.only = self.deliver("chris@shop.example", "olga@tea.example", "Only", text="a pot")
        self.hide(self.customer2)

    def test_email_on_hidden_records_only(self):
        for domain in (
            [("body", "ilike", "pot")],
            [("subject", "=", "Only")],
            [("people", "ilike", "chris")],
            [("id", "=", self.only.id)],
            [("conversation_ids", "in", self.only.ids)],
        ):
            with self.subTest(domain):
                self.assertNotIn("Only", self.found(self.colleague, *domain))
                self.assertFalse(
                    self.env["imap.email"]
                    .with_user(self.colleague)
                    .search_count([("subject", "=", "Only"), *domain])
                )
        with self.assertRaises(AccessError):
            self.only.with_user(self.colleague).reading_data()
        with self.assertRaises(AccessError):
            self.only.with_user(self.colleague).read(["people", "body"])

    def test_what_a_hidden_entry_says(self):
        """A colleague changed one entry; its words are found by those who may read that entry."""
        hidden = self.entries(self.customer2).filtered(lambda e: e.imap_email_id == self.both)
        hidden.body = "the secret price"
        secret = ("body", "ilike", "secret price")
        self.assertEqual(self.found(self.env.user, secret), ["Both"])
        self.assertEqual(self.found(self.colleague, secret), [])
        self.assertNotIn("secret", self.both.with_user(self.colleague).body)

    def test_hidden_contact(self):
        both = self.both.with_user(self.colleague)
        self.assertEqual(both.partner_ids, self.customer)
        self.assertEqual([r["id"] for r in both.reading_data()["records"]], self.customer.ids)
        self.assertEqual(self.found(self.colleague, ("partner_ids", "in", self.customer2.ids)), [])

    def test_fields_of_the_entries_are_no_way_around(self):
        with self.assertRaises(AccessError):
            self.found(self.employee, ("placement_ids.uid", "!=", 0))
        self.assertEqual(self.found(self.colleague, ("entry_ids.body", "ilike", "pot")), [])


@tagged("post_install", "-at_install")
class TestReading(EmailListCase):
    def test_entry_of_the_record_from_which_it_was_opened(self):
        email = self.deliver("carla@shop.example", "olga@tea.example, chris@shop.example", "Both")
        for record in (self.customer, self.customer2):
            data = (
                email.with_user(self.colleague)
                .with_context(imap_model="res.partner", imap_res_id=record.id)
                .reading_data()
            )
            self.assertEqual(self.env["mail.message"].browse(data["message"]), self.entries(record))
            self.assertEqual(
                [(r["model"], r["id"]) for r in data["records"]],
                [("res.partner", self.customer.id), ("res.partner", self.customer2.id)],
            )
            self.assertEqual(data["store"]["mail.message"][0]["imap_direction"], "in")

    def test_without_a_subject(self):
        self.deliver("carla@shop.example", "olga@tea.example", "", message_id="<n@shop.example>")
        self.assertEqual(self.customer.imap_email_ids.display_name, "No subject")


@tagged("post_install", "-at_install")
class TestReadingInTheBrowser(EmailListCase, HttpCase):
    def test_read_emails(self):
        order = message_from_bytes(
            mail(
                '"Carla C." <carla@shop.example>',
                "olga@tea.example",
                "Order",
                text="A pound of earl grey please",
                message_id="<order@shop.example>",
            ),
            policy=policy.default,
        )
        order.add_attachment(b"%PDF-1.4", "application", "pdf", filename="Order.pdf")
        self.put(order.as_bytes(), days=3)
        self.deliver("chris@shop.example", "olga@tea.example", "Something else", days=2)
        self.deliver(
            "olga@tea.example",
            "carla@shop.example",
            "Re: Order",
            self.server.sent,
            In_Reply_To="<order@shop.example>",
        )
        url = f"/odoo/res.partner/{self.company.id}"
        self.start_tour(url, "mail_imap_sync.read_emails", login="colin")
