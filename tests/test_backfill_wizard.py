"""Contacts and past mail: looking without storing anything, choosing people, creating them, and reading."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, new_test_user, tagged

from ..lib.errors import ConnectionLost, FolderGone, LoginRefused
from ..models import imap_claim
from ..models.imap_survey import Survey
from ..wizards import imap_backfill_job, imap_backfill_lines
from .common import MailboxCase
from .fake_server import FakeServer, FakeSession, ago, mail
from .test_dovecot_sync import LOGIN, DovecotCase

OWNER = "olga@tea.example"
NINA, NORA, NILS = "nina@leaf.example", "nora@root.example", "nils@stem.example"


class WizardCase(MailboxCase):
    def receive(self, from_=NINA, subject="", days=10, to=OWNER, folder=None, **headers):
        folder = folder or self.server.inbox
        subject = subject or f"In {folder.uidnext}"
        return folder.deliver(
            mail(from_, to, subject, date=ago(days=days), **headers), ago(days=days)
        )

    def send(self, to=NINA, days=9):
        subject = f"Out {self.server.sent.uidnext}"
        return self.server.sent.deliver(
            mail(OWNER, to, subject, date=ago(days=days)), ago(days=days)
        )

    def wizard(self, connection=None, **values):
        connection = connection or self.connection
        action = connection.with_user(connection.user_id).action_open_backfill()
        wizard = (
            self.env[action["res_model"]].with_user(connection.user_id).browse(action["res_id"])
        )
        wizard.write(values)
        return wizard

    def look(self, connection=None, **values):
        wizard = self.wizard(connection, **values)
        wizard.action_look()
        return wizard

    def people(self, wizard):
        """Return the people found as address -> (from them, to them)."""
        return {person.email: (person.received, person.sent) for person in wizard.person_ids}

    def person(self, wizard, email):
        return wizard.person_ids.filtered(lambda person: person.email == email)

    def slices(self, number=2):
        """Let every piece of work be one slice of a few mails."""
        self.patch(imap_backfill_job, "SLICE", number)
        self.patch(imap_backfill_job, "CONTACTS", number)
        self.patch(imap_backfill_job, "FIRST_PIECE", 0)
        self.patch(imap_backfill_job, "PIECE", 0)

    def cron(self):
        self.run_scheduled("ir_cron_backfill")


@tagged("post_install", "-at_install")
class TestLooking(WizardCase):
    def test_what_is_found(self):
        company = self.env["res.partner"].create(
            {"name": "Leaf", "is_company": True, "website": "https://leaf.example"}
        )
        self.receive(NILS, days=300)
        self.receive("carla@shop.example", days=3)
        self.receive('"LEAF, Nina (Sales)" <nina@leaf.example>', days=5)
        self.send(NINA, days=4)
        self.receive(NORA, days=7)
        self.receive("info@stem.example")
        self.receive("news@list.example", List_Id="<news>")
        self.receive("robot@list.example", Auto_Submitted="auto-generated")
        self.receive("colin@tea.example")
        wizard = self.look(period="3")
        self.assertEqual(wizard.step, "found")
        self.assertEqual(
            self.people(wizard), {NINA: (1, 1), NORA: (1, 0), "info@stem.example": (1, 0)}
        )
        nina = self.person(wizard, NINA)
        self.assertEqual((nina.name, nina.company_id), ("Nina Leaf", company))
        self.assertEqual(nina.last_date.date(), ago(days=4).date())
        self.assertEqual(wizard.person_ids.filtered("selected"), nina, "who wrote both ways")
        self.assertTrue(self.person(wizard, "info@stem.example").is_role)
        inbox, sent = wizard.folder_ids
        self.assertEqual((inbox.seen, inbox.linked, inbox.missing), (7, 1, 1))
        self.assertEqual((sent.seen, sent.linked), (1, 0))
        for words in ("no contact: 3", "mailing lists and newsletters: 1", "among staff: 1"):
            self.assertIn(words, inbox.skipped)
        self.assertEqual(
            wizard.mails_found,
            "1 of 8 mails are with your contacts. 0 of them are in Odoo already.",
        )
        self.assertEqual(wizard.examples, "For example: “In 2” by carla@shop.example")
        self.assertEqual(wizard.people_found, "3 people are no contacts yet. 1 of them are chosen.")
        self.assertRegex(
            wizard.estimate, r"Mails to be copied: about 3 \(.+\). Time: about a minute."
        )

    def test_nothing_is_stored_and_no_text_is_fetched(self):
        counted = ("res.partner", "mail.message", "imap.email", "imap.placement", "imap.newcomer")
        before = {name: self.env[name].search_count([]) for name in counted}
        self.receive()
        self.receive("carla@shop.example")
        cursors = [folder._cursor() for folder in self.connection.folder_ids]
        self.look(contact_policy="all")
        self.assertEqual({name: self.env[name].search_count([]) for name in counted}, before)
        self.assertFalse(self.server.bodies_fetched)
        self.assertEqual([folder._cursor() for folder in self.connection.folder_ids], cursors)

    def test_default_choice_by_policy(self):
        self.receive(NINA)
        self.send(NINA)
        self.receive(NORA)
        self.send(NILS)
        self.receive("info@stem.example")
        self.send("info@stem.example")
        cases = {"none": {NINA}, "sent": {NINA, NILS}, "all": {NINA, NORA, NILS}}
        for policy, expected in cases.items():
            with self.subTest(policy):
                wizard = self.look(contact_policy=policy)
                chosen = wizard.person_ids.filtered("selected")
                self.assertEqual(set(chosen.mapped("email")), expected)
                wizard.action_discard()

    def test_what_is_in_odoo_already(self):
        self.receive("carla@shop.example")
        self.connection._sync()
        self.receive("carla@shop.example", days=100)
        wizard = self.look(period="6")
        inbox = wizard.folder_ids[0]
        self.assertEqual((inbox.seen, inbox.linked, inbox.missing), (2, 2, 1))
        self.assertFalse(wizard.person_ids)

    def test_what_was_deleted_in_odoo(self):
        """It does not come back, so nobody is told that it would."""
        self.receive("carla@shop.example")
        self.connection._sync()
        email = self.entries(self.customer).imap_email_id
        action = email.with_user(self.owner).action_delete()
        self.env[action["res_model"]].with_user(self.owner).browse(action["res_id"]).action_delete()
        wizard = self.look()
        inbox = wizard.folder_ids[0]
        self.assertEqual((inbox.seen, inbox.linked, inbox.missing), (1, 0, 0))
        self.assertEqual(inbox.skipped, "deleted in Odoo: 1")
        wizard.action_start()
        self.connection._sync()
        self.assertFalse(self.entries(self.customer))

    def test_only_chosen_folders(self):
        archive = self.server.add_folder("Archive", "archive")
        self.receive(NINA, folder=archive)
        self.connection._fetch_folders()
        self.assertFalse(self.look().person_ids)
        wizard = self.wizard()
        wizard.action_back()
        wizard.folder_ids.filtered(lambda line: line.path == "Archive").selected = True
        wizard.action_look()
        self.assertEqual(self.people(wizard), {NINA: (1, 0)})
        known = self.connection.folder_ids.filtered(lambda f: f.path == "Archive")
        self.assertFalse(known.selected, "nothing is changed by looking")
        wizard.folder_ids.selected = False
        with self.assertRaisesRegex(UserError, "at least one folder"):
            wizard.action_look()

    def draft(self):
        """Make a mailbox whose first sync has not begun."""
        self.servers["otto@tea.example"] = self.server
        connections = self.env["imap.connection"].with_user(self.other_owner)
        connection = connections.create(
            {"email": "otto@tea.example", "host": "imap.tea.example", "password": "correct horse"}
        )
        connection._fetch_folders()
        return connection

    def test_draft_that_was_left_while_looking(self):
        """Whoever closes the window finds again what was found, where the set-up of the mailbox is finished."""
        connection = self.draft()
        self.receive(to="otto@tea.example")
        wizard = self.look(connection=connection)
        opened = connection.action_open_setup()
        self.assertEqual((opened["res_model"], opened["res_id"]), (wizard._name, wizard.id))
        with self.subTest("whoever manages mailboxes gets there only"):
            managed = connection.with_user(self.manager)
            self.assertEqual(managed.action_open_setup()["res_model"], "imap.connect")
        with self.subTest("something is wrong with the account"):
            wizard.sudo().error_message = "The server does not answer."
            self.assertEqual(connection.action_open_setup()["res_model"], "imap.connect")
        with self.subTest("thrown away"):
            wizard.action_discard()
            self.assertEqual(connection.action_open_setup()["res_model"], "imap.connect")

    def test_draft_mailbox(self):
        """The first sync has not begun."""
        connection = self.draft()
        self.receive("carla@shop.example", to="otto@tea.example")
        wizard = self.look(connection=connection)
        self.assertEqual((wizard.step, wizard.folder_ids[0].linked), ("found", 1))
        self.assertEqual(connection.state, "draft")
        wizard.action_start()
        self.assertEqual(connection.state, "connected")
        connection._sync()
        self.assertEqual(len(self.entries(self.customer)), 1)

    def test_folder_that_cannot_be_read(self):
        self.receive()
        examine = FakeSession.examine

        def refusing(session, raw):
            if raw == b"Sent":
                raise FolderGone("no such folder")
            return examine(session, raw)

        with patch.object(FakeSession, "examine", refusing):
            wizard = self.look()
        self.assertEqual(wizard.step, "found")
        self.assertIn("folder", wizard.folder_ids[1].skipped)
        self.assertEqual(self.people(wizard), {NINA: (1, 0)})

    def test_contact_that_the_owner_may_not_see(self):
        hidden = self.env["res.partner"].create({"name": "Hidden", "email": NINA})
        self.env["ir.rule"].create(
            {
                "name": "Not this one",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": [("id", "!=", hidden.id)],
            }
        )
        self.receive()
        self.assertFalse(self.look().person_ids)

    def test_many_people(self):
        self.patch(imap_backfill_lines, "MOST", 3)
        self.patch(imap_backfill_lines, "MOST_MEANWHILE", 6)
        self.patch(imap_backfill_job, "SLICE", 5)
        for number in range(20):
            for _mail in range(1 + number // 5):
                self.receive(f"p{number}@far.example", days=40 - number)
        wizard = self.look()
        self.assertTrue(wizard.cut)
        self.assertEqual(len(wizard.person_ids), 3)
        self.assertEqual(set(wizard.person_ids.mapped("received")), {4})

    def test_queries(self):
        """A slice costs the same, whoever is in it."""
        counts = []
        for number in (20, 220):
            self.server = FakeServer()
            for n in range(number):
                self.receive(f"p{n}@far.example")
            wizard = self.wizard()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            wizard.action_look()
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
            self.assertEqual(len(wizard.person_ids), number)
            wizard.action_discard()
        self.assertLess((counts[1] - counts[0]) / 200, 0.2)


@tagged("post_install", "-at_install")
class TestInTheBackground(WizardCase):
    def test_in_pieces_with_live_progress(self):
        self.slices()
        for _number in range(5):
            self.receive()
        wizard = self.look()
        self.assertEqual((wizard.step, wizard.progress_text), ("looking", "2 of 5 mails"))
        self.assertTrue(wizard.progress_moving)
        self.cron()
        self.assertEqual((wizard.progress, wizard.progress_text), (80, "4 of 5 mails"))
        with self.subTest("the person comes back"):
            self.assertEqual(self.wizard(), wizard)
        while wizard.step == "looking":
            self.cron()
        self.assertEqual(self.people(wizard), {NINA: (5, 0)}, "nothing is counted twice")
        self.assertEqual(wizard.folder_ids[0].seen, 5)

    def test_stopped(self):
        self.slices()
        for _number in range(5):
            self.receive()
        wizard = self.look()
        wizard.action_stop_looking()
        self.assertEqual((wizard.step, wizard.stopped), ("found", True))
        self.assertEqual(self.people(wizard), {NINA: (2, 0)})
        self.cron()
        self.assertEqual(self.people(wizard), {NINA: (2, 0)})

    def test_thrown_away_while_it_goes_on(self):
        self.slices()
        for _number in range(5):
            self.receive()
        wizard = self.look()
        wizard.action_discard()
        self.cron()
        self.assertFalse(self.env["imap.backfill.person"].search([]))
        self.assertEqual(self.wizard().step, "choose")

    def test_told_when_it_is_done_and_led_there(self):
        told = []
        self.patch(
            type(self.env["res.users"]),
            "_bus_send",
            lambda user, kind, message, **kwargs: told.append((user, kind, message)),
        )
        self.slices()
        for _number in range(3):
            self.receive()
        self.send()
        wizard = self.look()
        self.assertFalse(told)
        while wizard.step == "looking":
            self.cron()
        [(user, kind, message)] = told
        self.assertEqual((user, kind), (self.owner, "mail_imap_sync/notice"))
        self.assertIn("1 people are no contacts yet. 1 of them are chosen.", message["message"])
        self.assertNotIn("nina", str(message), "what waits to be sent names nobody")
        opened = message["open"]
        self.assertEqual((opened["res_model"], opened["res_id"]), (wizard._name, wizard.id))
        told.clear()
        with self.claimed_by_somebody():
            wizard.action_start()
        wizard.sudo().next_try = False
        self.cron()
        self.assertEqual(wizard.step, "running")
        [(user, _kind, message)] = told
        self.assertEqual(user, self.owner)
        self.assertIn("contacts were created", message["message"])
        self.assertEqual(message["open"]["res_model"], "imap.connection")

    def claimed_by_somebody(self):
        return imap_claim.claimed(
            self.env, self.connection.id, self.connection.host, 8, kind=imap_claim.LOOK_SPACE
        )

    def test_somebody_else_looks_at_this_moment(self):
        self.receive()
        with self.claimed_by_somebody():
            wizard = self.look()
            self.assertEqual(
                (wizard.step, wizard.progress_text), ("looking", "Counting the mails…")
            )
        cron = self.env.ref("mail_imap_sync.ir_cron_backfill")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        self.assertIn(wizard.next_try, triggers.mapped("call_at"))
        self.cron()
        self.assertEqual(wizard.step, "looking", "a moment later")
        wizard.sudo().next_try = fields.Datetime.now() - timedelta(seconds=1)
        self.cron()
        self.assertEqual(wizard.step, "found")

    def test_a_sync_may_go_on_meanwhile(self):
        self.receive()
        with imap_claim.claimed(self.env, self.connection.id, self.connection.host, 8):
            self.assertEqual(self.look().step, "found")

    def test_cut_connection_goes_on(self):
        self.slices()
        for _number in range(5):
            self.receive()
        wizard = self.look()
        with patch.object(FakeSession, "fetch_headers", side_effect=ConnectionLost("cut")):
            self.cron()
        self.assertTrue(wizard.progress_moving)
        self.assertEqual(wizard.failures, 1)
        while wizard.step == "looking":
            wizard.sudo().next_try = False
            self.cron()
        self.assertEqual(self.people(wizard), {NINA: (5, 0)})

    def test_server_that_stays_away(self):
        self.slices()
        for _number in range(5):
            self.receive()
        wizard = self.look()
        self.server.error = ConnectionLost("cut")
        for _run in range(3):
            wizard.sudo().next_try = False
            self.cron()
        self.assertFalse(wizard.progress_moving)
        self.assertTrue(wizard.error_message)
        self.server.error = None
        wizard.action_try_again()
        self.assertFalse(wizard.error_message)
        self.assertEqual(wizard.progress_text, "4 of 5 mails")

    def test_fault_of_our_own(self):
        """It is tried again some times, and does not go on for ever."""
        self.slices()
        for _number in range(5):
            self.receive()
        wizard = self.look()
        with (
            patch.object(Survey, "look", side_effect=ValueError("a bug")),
            patch.object(type(self.env.cr), "rollback"),
            self.assertLogs(imap_backfill_job.__name__, "ERROR"),
        ):
            for _run in range(3):
                wizard.sudo().next_try = False
                self.cron()
        self.assertFalse(wizard.progress_moving)
        self.assertTrue(wizard.error_message)

    def test_wrong_password_is_said_at_once(self):
        connection = (
            self.env["imap.connection"]
            .with_user(self.other_owner)
            .create(
                {
                    "email": "otto@tea.example",
                    "host": "imap.tea.example",
                    "password": "correct horse",
                }
            )
        )
        connection._fetch_folders()
        self.server.error = LoginRefused("no")
        wizard = self.look(connection=connection)
        self.assertIn("does not accept", wizard.error_message)

    def test_renumbered_folder_begins_again(self):
        self.slices()
        for _number in range(5):
            self.receive()
        wizard = self.look()
        self.server.inbox.renumber()
        while wizard.step == "looking":
            self.cron()
        self.assertGreaterEqual(self.people(wizard)[NINA][0], 5)

    def test_mailbox_of_somebody_else_by_now(self):
        self.slices()
        for _number in range(5):
            self.receive()
        wizard = self.look()
        self.connection.sudo().user_id = self.other_owner
        self.cron()
        self.assertFalse(wizard.exists())


@tagged("post_install", "-at_install")
class TestStarting(WizardCase):
    def setUp(self):
        super().setUp()
        self.receive(NINA, "From Nina", days=100)
        self.send(NINA, days=99)
        self.receive(NORA, "From Nora", days=98)
        self.receive("carla@shop.example", "From Carla", days=97)

    def found(self, email):
        return self.env["res.partner"].search([("email", "=", email)])

    def test_create_and_start(self):
        self.connection._sync()
        wizard = self.look(period="6")
        nina = self.person(wizard, NINA)
        nina.name = "Nina from the fair"
        wizard.action_start()
        self.assertEqual(wizard.step, "running")
        self.assertFalse(wizard.person_ids, "who was found is forgotten")
        self.assertEqual(self.found(NINA).name, "Nina from the fair")
        self.assertEqual(self.found(NINA).create_uid, self.owner)
        self.assertTrue(self.connection.progress_moving)
        self.connection._sync()
        self.assertEqual(self.entries(self.found(NINA)).mapped("subject"), ["From Nina", "Out 1"])
        self.assertEqual(len(self.entries(self.customer)), 1)
        self.assertFalse(self.found(NORA))
        self.assertEqual(len(self.server.bodies_fetched), 3)
        self.assertEqual(self.connection.sync_since.date(), wizard.since.date())
        self.assertEqual(self.wizard().step, "choose", "the next one begins anew")

    def test_in_the_background(self):
        for number in range(5):
            self.receive(f"p{number}@far.example")
            self.send(f"p{number}@far.example")
        wizard = self.look()
        self.slices()
        wizard.action_start()
        self.assertEqual((wizard.step, wizard.progress_text), ("creating", "2 of 5 contacts"))
        self.cron()
        self.assertEqual(wizard.progress_text, "4 of 5 contacts")
        while wizard.step == "creating":
            self.cron()
        self.assertEqual(
            self.env["res.partner"].search_count([("email", "like", "@far.example")]), 5
        )

    def test_extended_later_and_nothing_is_fetched_twice(self):
        self.connection._sync()
        wizard = self.look(period="6")
        wizard.action_start()
        self.connection._sync()
        fetched = sorted(self.server.bodies_fetched)
        self.receive(NINA, "Older", days=300)
        wizard = self.look(period="12")
        self.assertEqual(wizard.folder_ids[0].missing, 1)
        wizard.action_start()
        self.connection._sync()
        self.assertEqual(len(self.server.bodies_fetched), len(fetched) + 1)
        self.assertEqual(len(self.entries(self.found(NINA))), 3)

    def test_a_shorter_period_shortens_nothing(self):
        self.connection.sync_since = False
        self.look(period="1").action_start()
        self.connection._sync()
        self.assertFalse(self.connection.sync_since)

    def test_policy_is_for_new_mail(self):
        wizard = self.look(period="6", contact_policy="all")
        self.person(wizard, NORA).selected = False
        wizard.action_start()
        self.connection._sync()
        self.assertTrue(self.found(NINA))
        self.assertFalse(self.found(NORA), "was left out by hand")
        self.assertEqual(self.connection.contact_policy, "all")

    def test_without_looking(self):
        wizard = self.wizard(period="6", contact_policy="all")
        wizard.action_start()
        self.connection._sync()
        self.assertTrue(self.found(NINA) and self.found(NORA))

    def test_folders_are_chosen(self):
        archive = self.server.add_folder("Archive", "archive")
        self.receive("carla@shop.example", "Filed", days=5, folder=archive)
        self.connection._fetch_folders()
        wizard = self.wizard()
        wizard.folder_ids.filtered(lambda line: line.path == "Archive").selected = True
        wizard.action_start()
        self.connection._sync()
        self.assertIn("Filed", self.entries(self.customer).mapped("subject"))

    def test_deleted_contact_can_be_chosen_again(self):
        self.connection.write({"contact_policy": "all", "sync_since": False})
        self.connection._sync()
        self.found(NORA).unlink()
        self.found(NINA).unlink()
        wizard = self.look()
        wizard.person_ids.action_choose()
        wizard.action_start()
        self.assertTrue(self.found(NINA) and self.found(NORA))

    def test_company_is_suggested_and_can_be_changed(self):
        company = self.env["res.partner"].create({"name": "Leaf", "is_company": True})
        wizard = self.look(period="6")
        self.person(wizard, NINA).company_id = company
        wizard.action_start()
        self.assertEqual(self.found(NINA).parent_id, company)

    def test_the_mailbox_is_shown(self):
        wizard = self.look(period="6")
        shown = wizard.action_start()["params"]["next"]
        self.assertEqual(
            (shown["res_model"], shown["res_id"]), ("imap.connection", self.connection.id)
        )


@tagged("post_install", "-at_install")
class TestWhoMay(WizardCase):
    def test_nobody_else_sees_what_was_found(self):
        self.receive()
        wizard = self.look()
        administrator = self.env.ref("base.user_admin")
        for user in (self.manager, self.other_owner, administrator, self.colleague):
            with self.subTest(user.login):
                for records in (wizard, wizard.folder_ids, wizard.person_ids):
                    with self.assertRaises(AccessError):
                        records.with_user(user).mapped("create_uid")
                    self.assertFalse(
                        user.has_group("mail_imap_sync.group_user")
                        and records.with_user(user).search([("id", "in", records.ids)])
                    )

    def test_nobody_else_looks(self):
        backfill = self.env["imap.backfill"]
        for user in (self.manager, self.other_owner):
            with self.assertRaises(AccessError):
                backfill.with_user(user).create({"connection_id": self.connection.id})

    def test_folder_of_another_mailbox(self):
        other = self._connect(self.other_owner)
        wizard = self.wizard()
        with self.assertRaises(ValidationError):
            self.env["imap.backfill.folder"].with_user(self.owner).create(
                {"backfill_id": wizard.id, "folder_id": other.folder_ids[0].id}
            )

    def test_owner_who_may_not_create_contacts(self):
        reader = new_test_user(
            self.env,
            "rosa",
            email="rosa@tea.example",
            groups="base.group_user,mail_imap_sync.group_user",
        )
        self.servers["rosa@tea.example"] = self.server
        connection = self._connect(reader)
        self.receive(NINA, to="rosa@tea.example")
        self.send(NINA)
        wizard = self.look(connection=connection)
        self.assertFalse(wizard.chosen_count)
        wizard.person_ids.action_choose()
        with self.assertRaisesRegex(UserError, "You may not create contacts"):
            wizard.action_start()
        wizard.person_ids.action_leave_out()
        wizard.action_start()
        self.assertEqual(wizard.step, "running")

    def test_paused_mailbox(self):
        wizard = self.wizard()
        self.connection.action_pause()
        with self.assertRaisesRegex(UserError, "Resume it first"):
            wizard.action_look()

    def test_forgotten_after_a_day(self):
        self.receive()
        wizard = self.look()
        people = wizard.person_ids
        self.env.flush_all()
        for table in ("imap_backfill", "imap_backfill_folder", "imap_backfill_person"):
            self.cr.execute(f"UPDATE {table} SET write_date = write_date - interval '25 hours'")
        self.env.invalidate_all()
        for name in ("imap.backfill.person", "imap.backfill"):
            self.env[name]._transient_vacuum()
        self.assertFalse(people.exists() or wizard.exists())


@tagged("post_install", "-at_install")
class TestOnScreen(WizardCase, HttpCase):
    def test_from_looking_to_the_chatter(self):
        self.env["res.partner"].create(
            {"name": "Leaf Ltd", "is_company": True, "email": "tea@leaf.example"}
        )
        self.receive('"LEAF, Nina" <nina@leaf.example>', "Question about oolong")
        self.receive("Nils <nils@stem.example>")
        self.receive("carla@shop.example")
        self.receive("colin@tea.example")
        self.receive("news@list.example", List_Id="<news>")
        self.send(NINA)
        self.connection._sync()
        self.slices()
        self.start_tour(
            f"/odoo/imap.connection/{self.connection.id}", "mail_imap_sync.backfill", login="olga"
        )


@tagged("post_install", "-at_install")
class TestDovecot(DovecotCase):
    def test_whole_path(self):
        self.owner.group_ids += self.env.ref("base.group_partner_manager")
        for number in range(5):
            date = ago(days=10 + number)
            raw = mail("Nina Leaf <nina@leaf.example>", LOGIN, f"In {number}", date=date)
            self.server.append(LOGIN, "INBOX", raw, internaldate=date)
        raw = mail(LOGIN, "nina@leaf.example", "Out", date=ago(days=9))
        self.server.append(LOGIN, "Sent", raw, internaldate=ago(days=9))
        raw = mail("carla@shop.example", LOGIN, "From Carla", date=ago(days=100))
        self.server.append(LOGIN, "INBOX", raw, internaldate=ago(days=100))
        before = self.server.messages(LOGIN, "INBOX")
        connection = self.connect()
        connection._fetch_folders()
        start = len(self.server.client_commands(LOGIN))
        action = connection.action_open_backfill()
        wizard = self.env["imap.backfill"].with_user(self.owner).browse(action["res_id"])
        wizard.period = "6"
        wizard.action_look()
        person = wizard.person_ids
        self.assertEqual((person.name, person.received, person.sent), ("Nina Leaf", 5, 1))
        self.assertTrue(person.selected)
        self.assertEqual(sum(wizard.folder_ids.mapped("linked")), 1)
        commands = self.server.client_commands(LOGIN)[start:]
        self.assertTrue(any("HEADER.FIELDS" in command for command in commands))
        self.assertFalse(any("BODY.PEEK[]" in command for command in commands))
        wizard.action_start()
        self.assertEqual(connection._sync()["linked"], 7)
        nina = self.env["res.partner"].search([("email", "=", NINA)])
        found = [("model", "=", "res.partner"), ("imap_email_id", "!=", False)]
        entries = self.env["mail.message"].search([*found, ("res_id", "=", nina.id)])
        self.assertEqual(len(entries), 6)
        self.assertEqual(len(self.entries()), 1)
        self.assertEqual(self.server.messages(LOGIN, "INBOX"), before)
        self.assertFalse(connection._sync()["seen"])
