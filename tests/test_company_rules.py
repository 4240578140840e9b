"""What a company sets: exclusions, internal domains, and where mail of contacts appears besides."""

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from .common import MailboxCase
from .fake_server import ago, mail


@tagged("post_install", "-at_install")
class TestCompanyRules(MailboxCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.connection.company_id.with_env(cls.env)
        cls.other_company = cls.env["res.company"].create({"name": "Coffee"})

    def _sync(self, *senders, **headers):
        for sender in senders:
            self.server.inbox.deliver(mail(sender, "olga@tea.example", sender, **headers))
        return self.connection._sync()

    def test_exclusion_of_a_company_holds_there_only(self):
        exclusions = self.env["imap.exclusion"]
        exclusions.create(
            {"name": "carla@shop.example", "user_id": False, "company_id": self.other_company.id}
        )
        exclusions.create(
            {"name": "chris@shop.example", "user_id": False, "company_id": self.company.id}
        )
        result = self._sync("carla@shop.example", "chris@shop.example")
        self.assertEqual((result["linked"], result["skipped"]), (1, 1))
        self.assertTrue(self.entries(self.customer))

    def test_managers_change_the_lists_of_their_companies(self):
        values = {"name": "bank.example", "user_id": False}
        exclusions = self.env["imap.exclusion"].with_user(self.manager)
        own = exclusions.create({**values, "company_id": self.company.id})
        own.name = "bank2.example"
        with self.assertRaises(AccessError):
            exclusions.create({**values, "company_id": self.other_company.id})
        others = exclusions.sudo().create({**values, "company_id": self.other_company.id})
        with self.assertRaises(AccessError):
            others.with_user(self.manager).read(["name"])

    def test_exclusion_that_covers_the_mailbox_itself(self):
        exclusions = self.env["imap.exclusion"].with_user(self.owner)
        for name in ("olga@tea.example", "tea.example"):
            with self.assertRaises(ValidationError) as refused:
                exclusions.create({"name": name})
            self.assertIn("covers the mailbox olga@tea.example", str(refused.exception))
        exclusions.create({"name": "otto@tea.example"})
        self.connection.action_disconnect()
        exclusions.create({"name": "tea.example"})

    def test_internal_domains_are_staff(self):
        self.env["res.partner"].create({"name": "Copier", "email": "copier@tea.example"})
        self.company.imap_internal_domains = "Tea.example, @beans.example"
        result = self._sync("copier@tea.example", "farm@beans.example", "carla@shop.example")
        self.assertEqual((result["linked"], result["skipped"]), (1, 2))
        inbox = self.connection.folder_ids.filtered(lambda f: f.role == "inbox")
        self.assertEqual(inbox.skipped_by_rule, {"internal": 2})

    def test_internal_domains_are_checked(self):
        for text, sentence in (
            ("nonsense", "is no domain"),
            ("a@tea.example", "is no domain"),
            ("tea.example, gmail.com", "Anybody can have an address at gmail.com"),
        ):
            with self.assertRaises(ValidationError) as refused:
                self.company.imap_internal_domains = text
            self.assertIn(sentence, str(refused.exception))

    def test_settings_are_of_the_company(self):
        domain = self.env["mail.alias.domain"].create({"name": "mail.tea.example"})
        self.company.alias_domain_id = domain
        administrator = new_test_user(
            self.env, "ada", groups="base.group_system,mail_imap_sync.group_manager"
        )
        with Form(self.env["res.config.settings"].with_user(administrator)) as form:
            self.assertEqual(form.imap_suggested_domain, "mail.tea.example")
            self.assertEqual(form.imap_opportunities, "none")
            form.imap_opportunities = "all"
            form.imap_internal_domains = "tea.example"
        form.record.execute()
        self.assertEqual(self.company.imap_opportunities, "all")
        self.assertEqual(self.company.imap_internal_domains, "tea.example")
        self.assertEqual(self.other_company.imap_opportunities, "none")


@tagged("post_install", "-at_install")
class TestOpportunities(MailboxCase):
    """Mail of a contact on that contact's open opportunities."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.connection.company_id.with_env(cls.env)
        cls.shop = cls.env["res.partner"].create({"name": "Shop", "is_company": True})
        cls.customer.parent_id = cls.customer2.parent_id = cls.shop

    def _opportunity(self, partner, **values):
        return self.env["crm.lead"].create(
            {
                "name": "Tea",
                "type": "opportunity",
                "partner_id": partner.id,
                "user_id": self.owner.id,
                **values,
            }
        )

    def _standing_on(self, policy, *opportunities, date=None, **headers):
        """Sync a mail of Carla's under a policy; return on which of the opportunities it stands."""
        self.company.imap_opportunities = policy
        raw = mail("carla@shop.example", "olga@tea.example", policy, **headers)
        self.server.inbox.deliver(raw, date)
        self.assertEqual(self.connection._sync()["linked"], 1)
        self.assertEqual(self.entries(self.customer)[-1:].subject, policy)
        return [lead for lead in opportunities if policy in self.entries(lead).mapped("subject")]

    def test_none_unless_a_company_wants_it(self):
        self.assertEqual(self.company.imap_opportunities, "none")
        self.assertFalse(self._standing_on("none", self._opportunity(self.customer)))

    def test_the_only_one(self):
        lead = self._opportunity(self.customer)
        self.assertEqual(self._standing_on("only", lead), [lead])

    def test_the_only_one_of_two(self):
        leads = self._opportunity(self.customer), self._opportunity(self.customer)
        self.assertFalse(self._standing_on("only", *leads))

    def test_all(self):
        leads = [self._opportunity(self.customer), self._opportunity(self.customer)]
        self.assertEqual(self._standing_on("all", *leads), leads)

    def test_that_of_the_company(self):
        lead, of_colleague = self._opportunity(self.shop), self._opportunity(self.customer2)
        self.assertEqual(self._standing_on("only", lead, of_colleague), [lead])

    def test_own_before_that_of_the_company(self):
        of_company, own = self._opportunity(self.shop), self._opportunity(self.customer)
        self.assertEqual(self._standing_on("only", of_company, own), [own])
        self.assertEqual(self._standing_on("all", of_company, own), [of_company, own])

    def test_what_is_not_open(self):
        won, lost, lead = (self._opportunity(self.customer) for _number in range(3))
        won.action_set_won()
        lost.action_set_lost()
        lead.type = "lead"
        archived = self._opportunity(self.customer, active=False)
        other_company = self.env["res.company"].create({"name": "Coffee"})
        elsewhere = self._opportunity(self.customer, company_id=other_company.id, user_id=False)
        self.assertFalse(self._standing_on("all", won, lost, lead, archived, elsewhere))

    def test_what_the_owner_may_not_read(self):
        lead = self._opportunity(self.customer, user_id=self.colleague.id, team_id=False)
        self.assertFalse(lead.with_user(self.owner).has_access("read"))
        self.assertFalse(self._standing_on("all", lead))

    def test_mail_of_before_it_was_made(self):
        lead = self._opportunity(self.customer)
        self.assertFalse(self._standing_on("all", lead, date=ago(days=2)))
        self.assertEqual(self._standing_on("only", lead, date=ago(hours=20)), [lead])

    def test_queries_do_not_grow_with_contacts(self):
        self.company.imap_opportunities = "all"
        costs = []
        for number in (5, 50):
            for n in range(number):
                address = f"c{number}.{n}@shop.example"
                partner = self.env["res.partner"].create({"name": address, "email": address})
                self._opportunity(partner)
                self.server.inbox.deliver(mail(address, "olga@tea.example", address), ago(hours=20))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.assertEqual(self.connection._sync()["linked"], number)
            self.env.flush_all()
            costs.append(self.cr.sql_log_count - before)
        self.assertLess((costs[1] - costs[0]) / 45, 1)

    def test_won_later_keeps_what_it_has(self):
        lead = self._opportunity(self.customer)
        self.assertEqual(self._standing_on("only", lead), [lead])
        lead.action_set_won()
        raw = mail("carla@shop.example", "olga@tea.example", "Later")
        self.server.inbox.deliver(raw)
        self.connection._sync()
        self.assertEqual(self.entries(lead).mapped("subject"), ["only"])
