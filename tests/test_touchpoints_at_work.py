"""Touchpoints at work: what they cost, workers side by side, automation rules, filters."""

from ast import literal_eval
from datetime import timedelta
from unittest.mock import patch

from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..lib.errors import ConnectionLost
from ..models.imap_touched import Touched
from ..models.imap_touchpoint_mixin import TOUCHPOINTS
from .fake_server import FakeSession
from .test_touchpoints import CARLA, CHRIS, OLGA, TouchpointCase


@tagged("post_install", "-at_install")
class TestHowItIsDone(TouchpointCase):
    def setUp(self):
        super().setUp()
        self.settled = []
        origin = Touched.settle

        def settle(touched):
            self.env.flush_all()
            before = self.cr.sql_log_count
            places = len(touched._places)
            origin(touched)
            self.env.flush_all()
            if places:
                self.settled.append((places, self.cr.sql_log_count - before))

        self.patch(Touched, "settle", settle)

    def test_queries(self):
        """The same number for all contacts of a slice, however much mail there is."""
        people = self.env["res.partner"].create(
            [{"name": f"P {n}", "email": f"p{n}@many.example"} for n in range(90)]
        )
        people.parent_id = self.shop
        for number, touched in ((1, 1), (90, 90), (500, 90)):
            for n in range(number):
                self.deliver(f"p{n % 90}@many.example", OLGA, 1, f"{number} {n}")
            self.sync()
            self.assertEqual(self.settled.pop(), (touched, 8))
        self.assertFalse(self.settled)
        self.assertEqual(self.shop.imap_mail_count, 591)

    def test_no_mail_no_query(self):
        self.deliver(CARLA, OLGA, 1)
        self.sync()
        self.settled.clear()
        self.connection._sync()
        self.assertFalse(self.settled)
        self.assertFalse(any(self.connection.folder_ids.mapped("touched")))

    def test_killed_after_the_mail_was_stored(self):
        self.deliver(CARLA, OLGA, 1)

        def killed(touched):
            if touched._places:
                raise ConnectionLost("killed")

        with patch.object(Touched, "settle", killed):
            self.connection._sync()
        self.assertEqual(len(self.entries(self.customer)), 1)
        self.assertFalse(self.customer.imap_mail_count)
        self.sync()
        self.assertEqual(self.customer.imap_mail_count, 1)
        self.assertFalse(any(self.connection.folder_ids.mapped("touched")))

    def test_rows_of_contacts_are_not_written_with_the_mail(self):
        """Two workers with mail of one contact would throw each other's slices back."""
        written = []

        def fetch(session, *args, **kwargs):
            yield from origin(session, *args, **kwargs)
            self.env.flush_all()
            written.append(self.customer.imap_mail_count)

        origin = FakeSession.fetch_bodies
        self.patch(FakeSession, "fetch_bodies", fetch)
        with patch.object(Touched, "settle", lambda touched: None):
            self.deliver(CARLA, OLGA, 1)
            self.sync()
        self.assertEqual(written, [0])
        self.assertEqual(self.customer.imap_mail_count, 0)

    def test_creating_a_contact_costs_no_query(self):
        def queries():
            self.env.flush_all()
            before = self.cr.sql_log_count
            self.env["res.partner"].create({"name": "X"})
            self.env.flush_all()
            return self.cr.sql_log_count - before

        queries()
        usual = queries()
        with patch.object(
            type(self.customer), "_imap_touchpoint_rows", side_effect=AssertionError("asked")
        ):
            self.assertEqual(queries(), usual)

    def test_installed_where_there_is_mail(self):
        """All at once, and no contact without mail is written to."""
        self.deliver(CARLA, OLGA, 1)
        with patch.object(Touched, "settle", lambda touched: None):
            self.sync()
        self.env.flush_all()
        self.env.cr.execute("UPDATE res_partner SET write_date = '2020-01-01'")
        self.env["res.partner"]._imap_touch_first()
        self.assertEqual(self.touchpoints(self.customer), ([1, None, 1, None], 1))
        self.assertEqual(self.customer2.write_date.year, 2020)


@tagged("post_install", "-at_install")
class TestAutomationRules(TouchpointCase):
    """Rules on touchpoints, by Odoo's own automation (base_automation)."""

    def rule(self, model, trigger, field, code, **values):
        rule = self.env["base.automation"].create(
            {
                "name": "Rule",
                "model_id": self.env["ir.model"]._get_id(model),
                "trigger": trigger,
                **values,
            }
        )
        action = self.env["ir.actions.server"].create(
            {
                "name": "Action",
                "model_id": rule.model_id.id,
                "base_automation_id": rule.id,
                "state": "code",
                "code": code,
            }
        )
        field_id = self.env["ir.model.fields"]._get(model, field).id
        name = "trg_date_id" if trigger == "on_time" else "trigger_field_ids"
        rule.write({name: field_id if trigger == "on_time" else [(6, 0, [field_id])]})
        return action

    def test_mail_received(self):
        self.rule(
            "res.partner",
            "on_create_or_write",
            "imap_last_received",
            "for r in records: r.write({'comment': (r.comment or '') + 'x'})",
        )
        for days, expected in ((3, "x"), (2, "xx"), (9, "xx")):
            self.deliver(CARLA, OLGA, days)
            self.sync()
            self.assertEqual((self.customer.comment or "").count("x"), len(expected), days)
        self.deliver(OLGA, CARLA, 1)
        self.sync()
        self.assertEqual(self.customer.comment.count("x"), 2)

    def test_unanswered_for_two_days(self):
        self.rule(
            "res.partner",
            "on_time",
            "imap_awaiting_us_since",
            "records.write({'comment': 'Answer!'})",
            trg_date_range=2,
            trg_date_range_mode="after",
            trg_date_range_type="day",
            last_run=fields.Datetime.now() - timedelta(days=30),
        )
        self.deliver(CARLA, OLGA, 3)
        self.deliver(CHRIS, OLGA, 1)
        self.sync()
        with self.enter_registry_test_mode():
            self.env.ref(
                "base_automation.ir_cron_data_base_automation_check"
            ).method_direct_trigger()
        self.env.invalidate_all()
        self.assertIn("Answer!", self.customer.comment)
        self.assertFalse(self.customer2.comment)

    @mute_logger("odoo.addons.mail_imap_sync.models.imap_touched")
    def test_rule_that_fails(self):
        """It costs the touchpoints of the contact for which it fails, and nothing else."""
        self.rule(
            "res.partner",
            "on_create_or_write",
            "imap_last_received",
            "if 'Carla' in records.mapped('name'): raise UserError('no')",
        )
        self.deliver(CARLA, OLGA, 3)
        self.deliver(CHRIS, OLGA, 3)
        result = self.connection._sync()
        self.env.invalidate_all()
        self.assertEqual((result["linked"], self.connection.state), (2, "connected"))
        self.assertFalse(self.customer.imap_last_received)
        self.assertTrue(self.customer2.imap_last_received)


@tagged("post_install", "-at_install")
class TestUse(TouchpointCase):
    def test_filters_and_groups(self):
        self.deliver(CARLA, OLGA, 40)
        self.deliver(OLGA, CHRIS, 2)
        self.sync()
        partners = self.env["res.partner"].with_user(self.colleague)
        found = partners.search([("imap_awaiting_us_since", "!=", False)])
        self.assertEqual(found, self.customer)
        found = partners.search([("imap_awaiting_them_since", "<", "now")])
        self.assertEqual(found, self.customer2)
        for view, model in (
            ("res_partner_view_search", partners),
            ("crm_lead_view_search_opportunity", self.env["crm.lead"]),
            ("crm_lead_view_search_lead", self.env["crm.lead"]),
        ):
            for node in self.filters(view):
                model.with_user(self.colleague).search(node)
        silent = self.filters("res_partner_view_search")[-1]
        self.assertEqual(partners.search(silent) & (self.customer | self.customer2), self.customer)
        rows = partners._read_group(
            [("imap_mail_count", ">", 0)], ["imap_last_received:month"], ["imap_mail_count:sum"]
        )
        self.assertEqual([number for _month, number in rows], [1, 1])

    def filters(self, view):
        """Return the domains of the filters that a view adds."""
        arch = etree.fromstring(self.env.ref(f"mail_imap_sync.{view}").arch)
        return [literal_eval(node.get("domain")) for node in arch.iterfind(".//filter[@domain]")]

    def test_portal_user_sees_none_of_it(self):
        portal = new_test_user(self.env, "paul", groups="base.group_portal")
        for name in (*TOUCHPOINTS, "imap_touchpoint_text", "imap_waiting", "imap_settled_at"):
            with self.assertRaises(AccessError):
                portal.partner_id.with_user(portal).read([name])
        with self.assertRaises(AccessError):
            self.env["res.partner"].with_user(portal).search([("imap_mail_count", ">", 0)])
