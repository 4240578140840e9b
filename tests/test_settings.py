"""Each setting does what it says, at once or from then on, and refuses with a sentence what it cannot be."""

from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..models import imap_schedule, imap_sync
from ..models.imap_numbers import LARGEST_MAIL, SECRET_DAYS
from .fake_server import mail
from .servers.certificates import CertificateAuthority
from .settings_common import SettingsCase


@tagged("post_install", "-at_install")
class TestWhoMayConnect(SettingsCase):
    def test_members_only_at_first(self):
        self.assertEqual(self.shown("imap_who_connects"), "members")
        self.assertTrue(self.owner.has_group("mail_imap_sync.group_user"))
        self.assertFalse(self.colleague.has_group("mail_imap_sync.group_user"))
        with self.assertRaises(AccessError):
            self.add_mailbox(self.colleague)

    def test_everybody(self):
        self.save(imap_who_connects="everybody")
        self.assertEqual(self.shown("imap_who_connects"), "everybody")
        self.assertTrue(self.add_mailbox(self.colleague).is_own)
        newcomer = new_test_user(self.env, "nora", groups="base.group_user")
        self.assertTrue(newcomer.has_group("mail_imap_sync.group_user"))
        self.assertFalse(newcomer.has_group("mail_imap_sync.group_manager"))

    def test_back_to_members(self):
        """Who was given the permission keeps it."""
        self.save(imap_who_connects="everybody")
        self.save(imap_who_connects="members")
        self.assertEqual(self.shown("imap_who_connects"), "members")
        self.assertFalse(self.colleague.has_group("mail_imap_sync.group_user"))
        self.assertTrue(self.owner.has_group("mail_imap_sync.group_user"))
        self.assertTrue(self.manager.has_group("mail_imap_sync.group_manager"))

    def test_mailbox_of_who_may_not_any_more_stops(self):
        """The owner would not even see it. With the permission again they resume it, and nothing is missing."""
        self.save(imap_who_connects="everybody")
        theirs = self._connect(self.colleague).sudo()
        self.assertEqual(theirs.state, "connected")
        self.save(imap_who_connects="members")
        self.server.inbox.deliver(mail("carla@shop.example", "colin@tea.example"))
        self.assertFalse(theirs._sync()["seen"])
        self.assertEqual((theirs.state, theirs.error_code), ("paused", "owner_not_permitted"))
        self.assertNotIn(theirs, theirs.search(imap_schedule.due_domain(self.env)))
        with self.assertRaisesRegex(UserError, "permission"):
            theirs.with_user(self.manager).action_resume()
        self.save(imap_who_connects="everybody")
        theirs.with_user(self.colleague).action_resume()
        self.assertEqual(theirs._sync()["linked"], 1)

    def test_a_run_ends_when_the_permission_is_taken(self):
        group = self.env.ref("mail_imap_sync.group_user")
        for number in range(4):
            self.server.inbox.deliver(mail("carla@shop.example", "olga@tea.example", f"{number}"))
        self.during_each_fetch(lambda: self.owner.write({"group_ids": [(3, group.id)]}))
        self.patch(imap_sync, "SLICE", 2)
        self.assertEqual(self.connection._sync()["seen"], 2)

    def test_nobody_sets_one_up_for_whom_it_is_not_allowed(self):
        with self.refused("Colin has no permission"):
            self.add_mailbox(self.manager, user_id=self.colleague.id)

    def test_never_portal_users(self):
        portal = new_test_user(self.env, "paula", groups="base.group_portal")
        self.save(imap_who_connects="everybody")
        self.assertFalse(portal.has_group("mail_imap_sync.group_user"))
        portal.group_ids += self.env.ref("mail_imap_sync.group_user")
        self.assertFalse(portal._is_internal())
        with self.refused("internal"):
            self.add_mailbox(portal)

    def test_only_administrators_change_settings(self):
        with self.assertRaises(AccessError):
            self.env["res.config.settings"].with_user(self.manager).create({}).execute()


@tagged("post_install", "-at_install")
class TestSchedule(SettingsCase):
    def test_how_often(self):
        self.assertEqual(self.shown("imap_interval"), 5)
        self.set(imap_interval=30, imap_worker_count=2)
        crons = imap_schedule._crons(self.env)
        self.assertEqual(crons.mapped("interval_number"), [30, 30])
        self.assertEqual(set(crons.mapped("interval_type")), {"minutes"})
        before = fields.Datetime.now()
        self.connection._sync()
        self.assertGreater(self.connection.next_sync, before + timedelta(minutes=25))

    def test_one_that_was_set_at_the_action_itself(self):
        cron = self.env.ref("mail_imap_sync.ir_cron_sync")
        cron.write({"interval_number": 2, "interval_type": "days"})
        self.assertEqual(self.shown("imap_interval"), 2880)
        self.set(imap_largest_mail=20)
        self.assertEqual((cron.interval_number, cron.interval_type), (2, "days"))

    def test_connections_per_server(self):
        self.set(imap_connections_per_host=2)
        self.assertEqual(self.connection._host_limit(), 2)
        self.set(imap_connections_per_host=0)
        self.assertEqual(self.connection._host_limit(), 8)


@tagged("post_install", "-at_install")
class TestBounds(SettingsCase):
    def test_numbers(self):
        for name, least, most in (
            ("imap_interval", 1, 1440),
            ("imap_worker_count", 1, 16),
            ("imap_connections_per_host", 0, 100),
            ("imap_largest_mail", 1, 60),
            ("imap_largest_attachment", 0, 60),
            ("imap_secret_days", 0, 365),
        ):
            for value in (least - 1, most + 1):
                with (
                    self.subTest(name, value=value),
                    self.refused(f"from {least} to {most}"),
                ):
                    self.set(**{name: value})
            self.set(**{name: least})
            self.assertEqual(self.shown(name), least)

    def test_what_somebody_wrote_into_the_system_parameters(self):
        set_param = self.env["ir.config_parameter"].set_param
        for text, number in (("many", 50), ("-3", 1), ("1000", 60), ("7", 7), ("", 50)):
            set_param(LARGEST_MAIL.parameter, text)
            self.assertEqual(LARGEST_MAIL.value(self.env), number)

    def test_zero_is_not_the_default(self):
        self.set(imap_secret_days=0)
        self.assertEqual(SECRET_DAYS.value(self.env), 0)
        self.set(imap_secret_days=30)
        self.assertFalse(self.env["ir.config_parameter"].get_param(SECRET_DAYS.parameter))

    def test_servers_in_the_own_network(self):
        for text in (
            "imap://mail.tea.example",
            "mail.tea.example:993",
            "mail tea",
            "*.tea.example",
            "mail.tea.example, -x-",
        ):
            with self.subTest(text), self.refused("no name of a server"):
                self.set(imap_allowed_hosts=text)
        self.set(imap_allowed_hosts="mail.tea.example, 10.0.0.5, ::1, intern, müller.example,")
        policy = self.connection._network_policy()
        self.assertIn("10.0.0.5", policy.allowed_hosts)
        self.assertIn("mail.tea.example", policy.allowed_hosts)

    def test_own_certificate_authority(self):
        with self.refused("No such file"):
            self.set(imap_ca_file="/nowhere/ca.pem")
        with self.refused("no certificates"):
            self.set(imap_ca_file=imap_schedule.__file__)
        with TemporaryDirectory() as folder:
            own = str(CertificateAuthority(Path(folder)).ca_file)
            self.set(imap_ca_file=own)
            self.assertEqual(self.connection._network_policy().ca_file, own)

    def test_file_that_vanished_later_does_not_block_the_page(self):
        self.env["ir.config_parameter"].set_param("mail_imap_sync.ca_file", "/nowhere/ca.pem")
        self.env["ir.config_parameter"].set_param("mail_imap_sync.allowed_hosts", "a b")
        self.set(imap_largest_mail=20)
        self.assertEqual(self.shown("imap_ca_file"), "/nowhere/ca.pem")
