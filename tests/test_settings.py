"""Each setting does what it says, at once or from then on, and refuses with a sentence what it cannot be."""

from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from ..models import imap_schedule, imap_sync
from ..models.imap_numbers import LARGEST_MAIL, SECRET_DAYS
from .common import MailboxCase
from .fake_server import FakeServer, ago, mail
from .servers.certificates import CertificateAuthority


class SettingsCase(MailboxCase):
    def setUp(self):
        super().setUp()
        self.administrator = new_test_user(
            self.env,
            "ada",
            groups="base.group_user,base.group_system,mail_imap_sync.group_manager",
        )
        self.company = self.env.company
        self.connection = self.connection.sudo()

    def save(self, **values):
        """Type values into the page of the settings, as the administrator, and save it."""
        settings = self.env["res.config.settings"].with_user(self.administrator)
        with Form(settings) as form:
            for name, value in values.items():
                form[name] = value
        form.record.execute()
        self.env.invalidate_all()

    def set(self, **values):
        """The same without the screen."""
        settings = self.env["res.config.settings"].with_user(self.administrator)
        settings.create(values).execute()

    @contextmanager
    def refused(self, sentence):
        with self.assertRaisesRegex(ValidationError, sentence), self.env.cr.savepoint():
            yield

    def shown(self, name):
        settings = self.env["res.config.settings"].with_user(self.administrator)
        return settings.create({})[name]

    def add_mailbox(self, user=None, **values):
        connections = self.env["imap.connection"].with_user(user or self.owner)
        vals = {"email": "new@tea.example", "host": "imap.tea.example", "password": "x", **values}
        return connections.create(vals)


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
class TestPeriod(SettingsCase):
    def days_back(self, connection):
        return (fields.Datetime.now() - connection.sync_since).days

    def test_what_new_mailboxes_start_with(self):
        self.assertIn(self.days_back(self.add_mailbox()), (58, 59, 60, 61, 62))
        self.save(imap_default_period="6")
        self.assertGreater(self.days_back(self.add_mailbox(email="b@tea.example", login="b")), 170)
        wizard = self.env["imap.connect"].with_user(self.owner).create({})
        self.assertEqual(wizard.period, "6")
        self.save(imap_default_period="all")
        self.assertFalse(self.add_mailbox(email="c@tea.example", login="c").sync_since)

    def test_shortens_the_default(self):
        form = Form(self.env["res.config.settings"].with_user(self.administrator))
        form.imap_default_period = "12"
        form.imap_longest_period = "3"
        self.assertEqual(form.imap_default_period, "3")
        form.save().execute()
        self.assertEqual(self.company.imap_default_period, "3")
        self.company.imap_default_period = "12"
        self.assertLess(self.days_back(self.add_mailbox()), 100)

    def test_owners_cannot_go_further_back(self):
        self.save(imap_longest_period="3")
        mailbox = self.connection.with_user(self.owner)
        now = fields.Datetime.now()
        for since in (False, now - timedelta(days=120)):
            with self.refused("3 months"):
                mailbox.sync_since = since
            with self.refused("3 months"):
                self.add_mailbox(sync_since=since)
        mailbox.sync_since = now - timedelta(days=85)
        mailbox.sync_since = now

    def test_not_by_the_wizards_either(self):
        self.save(imap_longest_period="1")
        account = {"email": "new@tea.example", "host": "imap.tea.example", "password": "x"}
        wizard = self.env["imap.connect"].with_user(self.owner).create(account)
        wizard.action_sign_in()
        wizard.period = "all"
        with self.refused("1 month"):
            wizard.action_start()
        wizard.period = "1"
        wizard.action_start()
        backfill = self.env["imap.backfill"].with_user(self.owner)
        look = backfill._of(self.connection.with_user(self.owner), period="all")
        for action in (look.action_look, look.action_start):
            with self.refused("1 month"):
                action()

    def test_what_was_chosen_before_stays(self):
        self.connection.with_user(self.owner).sync_since = False
        self.save(imap_longest_period="1")
        self.assertFalse(self.connection.sync_since)
        self.server.inbox.deliver(
            mail("carla@shop.example", "olga@tea.example", date=ago(days=300)), ago(days=300)
        )
        self.assertEqual(self.connection._sync()["linked"], 1)
        self.connection.with_user(self.owner).name = "Work"

    def test_from_now_on_only(self):
        self.save(imap_longest_period="now")
        mailbox = self.add_mailbox()
        self.assertEqual(self.days_back(mailbox), 0)
        with self.refused("From now on"):
            mailbox.sync_since = fields.Datetime.now() - timedelta(days=3)

    def test_of_each_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.save(imap_longest_period="1")
        self.owner.company_ids += other
        self.add_mailbox(company_id=other.id, sync_since=False)


@tagged("post_install", "-at_install")
class TestContactPolicy(SettingsCase):
    def test_what_new_mailboxes_start_with(self):
        self.save(imap_contact_policy="all")
        self.assertEqual(self.add_mailbox().contact_policy, "all")
        self.company.imap_most_contact_policy = "sent"
        self.assertEqual(self.add_mailbox(email="b@tea.example", login="b").contact_policy, "sent")

    def test_lowers_the_default(self):
        form = Form(self.env["res.config.settings"].with_user(self.administrator))
        form.imap_contact_policy = "all"
        form.imap_most_contact_policy = "sent"
        self.assertEqual(form.imap_contact_policy, "sent")

    def test_owners_cannot_choose_more(self):
        self.save(imap_most_contact_policy="sent")
        mailbox = self.connection.with_user(self.owner)
        with self.refused("People whom I write to"):
            mailbox.contact_policy = "all"
        mailbox.contact_policy = "sent"
        with self.refused("People whom I write to"):
            self.add_mailbox(contact_policy="all")

    def test_mailboxes_that_create_more_stop_doing_so(self):
        self.owner.group_ids += self.env.ref("base.group_partner_manager")
        self.connection.contact_policy = "all"
        form = Form(self.env["res.config.settings"].with_user(self.administrator))
        form.imap_most_contact_policy = "none"
        self.assertEqual(form.imap_creates_too_much, 1)
        form.save().execute()
        self.assertEqual(self.connection.contact_policy, "none")
        self.server.inbox.deliver(mail("nina@new.example", "olga@tea.example"))
        self.connection._sync()
        self.assertFalse(self.env["res.partner"].search([("email", "=", "nina@new.example")]))


@tagged("post_install", "-at_install")
class TestSizes(SettingsCase):
    def deliver(self, subject, text="Hello", file=b"", server=None, **headers):
        message = mail("carla@shop.example", "olga@tea.example", subject, text, **headers)
        if file:
            message = (
                message.replace(b"Content-Type: text/plain", b"X-Was: text/plain", 1)
                .replace(b"MIME-Version: 1.0\n", b"")
                .partition(b"\n\n")[0]
                + b"\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
                + b"--b\nContent-Type: text/plain\n\n"
                + text.encode()
                + b'\n--b\nContent-Type: text/csv; name="prices.csv"\n'
                + b"Content-Disposition: attachment\n\n"
                + file
                + b"\n--b--\n"
            )
        (server or self.server).inbox.deliver(message)

    def one(self):
        self.connection._sync()
        (entry,) = self.entries(self.customer)
        return entry

    def test_largest_mail(self):
        self.set(imap_largest_mail=1)
        self.deliver("Huge", "x" * 1_100_000)
        self.assertIn("was not copied", self.one().body)

    def test_a_smaller_one_is_copied(self):
        self.set(imap_largest_mail=1)
        self.deliver("Small", "y" * 900_000)
        self.assertNotIn("was not copied", self.one().body)

    def test_largest_attachment(self):
        self.set(imap_largest_attachment=1)
        self.deliver("Prices", file=b"z" * 1_100_000)
        entry = self.one()
        self.assertFalse(entry.attachment_ids)
        self.assertIn("too large to be copied", entry.body)
        self.assertIn("Hello", entry.body)

    def test_no_attachments(self):
        self.set(imap_largest_attachment=0)
        self.deliver("Prices", file=b"1;2;3")
        self.assertFalse(self.one().attachment_ids)

    def test_another_limit_makes_no_second_email(self):
        """The same mail is met again, in another mailbox, when less is copied, or more."""
        other = self._connect(self.other_owner).sudo()
        theirs = self.servers["otto@tea.example"] = FakeServer()
        for name, before, after in (
            ("imap_largest_mail", 50, 1),
            ("imap_largest_mail", 1, 50),
            ("imap_largest_attachment", 50, 0),
            ("imap_largest_attachment", 0, 50),
        ):
            subject = f"{name} {before}"
            with self.subTest(subject):
                self.set(**{name: before})
                self.deliver(subject, file=b"z" * 1_100_000)
                self.connection._sync()
                self.set(**{name: after})
                self.deliver(subject, file=b"z" * 1_100_000, server=theirs)
                other._sync()
                entries = self.entries(self.customer)
                self.assertEqual(entries.mapped("subject").count(subject), 1)
                email = entries.filtered(lambda e, s=subject: e.subject == s).imap_email_id
                self.assertEqual(len(email.placement_ids), 2)
                self.set(imap_largest_mail=50, imap_largest_attachment=50)

    def test_nobody_hides_a_mail_behind_a_huge_one_with_its_number(self):
        self.set(imap_largest_mail=1)
        fake, real = {"text": "x" * 1_100_000}, {"text": "Please pay"}
        for first, second in ((fake, real), (real, fake)):
            number = f"<same{len(first['text'])}@shop.example>"
            for subject, mail_ in (("First", first), ("Second", second)):
                self.deliver(f"{subject} {number}", **mail_, message_id=number)
                self.connection._sync()
            subjects = self.entries(self.customer).mapped("subject")
            self.assertIn(f"First {number}", subjects)
            self.assertIn(f"Second {number}", subjects)

    def test_every_file_stands_on_every_record(self):
        """Also on one that the mail comes to when another size is the largest."""
        self.set(imap_largest_attachment=1)
        self.deliver("Prices", file=b"1;2;3")
        self.connection._sync()
        self.entries(self.customer).unlink()
        self.connection.folder_ids._forget_messages()
        self.set(imap_largest_attachment=50)
        self.assertEqual(self.one().attachment_ids.mapped("name"), ["prices.csv"])


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
