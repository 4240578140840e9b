"""What follows from who owns a mailbox: it is given to somebody else, or its owner leaves and comes back."""

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..lib.errors import OwnerArchived, PasswordMissing
from ..models import imap_schedule
from .common import MailboxCase
from .fake_server import ago, mail


class OwnerCase(MailboxCase):
    def setUp(self):
        super().setUp()
        self.deliver("Good")
        self.bad = self.deliver("Bad")
        self.server.unreadable.add(self.bad)
        self.connection._sync()

    def deliver(self, subject):
        return self.server.inbox.deliver(
            mail("carla@shop.example", "olga@tea.example", subject), ago(days=1)
        )

    def subjects(self):
        return sorted(self.entries(self.customer).mapped("subject"))


@tagged("post_install", "-at_install")
class TestNewOwner(OwnerCase):
    """Who manages all mailboxes reads nobody's mail, also not by making a mailbox their own."""

    def give(self, user=None, **vals):
        connection = self.connection.with_user(self.manager)
        connection.write({"user_id": (user or self.manager).id, **vals})
        return connection

    def test_password_is_forgotten_and_the_new_owner_asked(self):
        connection = self.give()
        self.assertFalse(connection.has_password)
        with self.assertRaises(PasswordMissing):
            self.connection._decrypted_secret()
        self.assertEqual((connection.state, connection.error_code), ("error", "owner_changed"))
        self.assertIn("new owner", connection.error_message)
        self.assertFalse(connection.next_sync)
        self.assertNotIn(connection, connection.search(imap_schedule.due_domain(self.env)))

    def test_new_owner_reaches_no_mail_without_the_password(self):
        uid = self.env["imap.placement"].search([("state", "=", "quarantined")])
        connection = self.give()
        self.assertFalse(uid.exists())
        self.assertFalse(connection.quarantine_count)
        before = self.sessions
        connection._sync()
        self.assertIn("Sign in", connection.action_sync_now()["params"]["message"])
        with self.assertRaises(UserError):
            connection.action_audit()
        why = self.env["imap.why"].with_user(self.manager)
        with self.assertRaises(UserError):
            why.create({"connection_id": connection.id, "subject": "Bad"}).action_search()
        self.assertEqual(self.sessions, before)

    def test_whatever_the_mailbox_was_doing(self):
        for state in ("paused", "disconnected"):
            self.connection.with_user(self.owner).write({"password": "again"})
            self.connection.with_user(self.owner).write({"state": state})
            connection = self.give()
            self.assertFalse(connection.has_password, state)
            self.assertEqual((connection.state, connection.error_code), ("error", "owner_changed"))
            self.give(self.owner)

    def test_other_ways_to_give_it(self):
        manager = self.manager.with_user(self.manager)
        for give in (
            lambda: self.give(password=""),
            lambda: self.give(password=False),
            lambda: manager.sudo().write({"imap_connection_ids": [(4, self.connection.id)]}),
        ):
            self.give(self.owner, password="right again")
            self.assertTrue(self.connection.has_password)
            give()
            self.assertEqual(self.connection.user_id, self.manager)
            self.assertFalse(self.connection.has_password)

    def test_empty_password_is_none_for_another_server_either(self):
        self.connection.with_user(self.manager).write({"host": "evil.example", "password": ""})
        self.assertFalse(self.connection.has_password)

    def test_who_may(self):
        with self.assertRaises(AccessError):
            self.connection.with_user(self.owner).user_id = self.other_owner
        self.assertTrue(self.connection.has_password)

    def test_same_owner_again_changes_nothing(self):
        self.give(self.owner)
        self.assertTrue(self.connection.has_password)
        self.assertEqual(self.connection.state, "connected")

    def test_new_owner_signs_in(self):
        """Everything is looked at anew, with the new owner's rights; what is in Odoo is recognised."""
        self.give(self.other_owner)
        self.server.unreadable.clear()
        mailbox = self.connection.with_user(self.other_owner)
        action = mailbox.action_open_setup()
        wizard = self.env[action["res_model"]].with_user(self.other_owner).browse(action["res_id"])
        wizard.action_sign_in()
        self.assertEqual(wizard.error_field, "password")
        wizard.password = "typed by otto"
        wizard.action_sign_in()
        self.assertEqual(mailbox.state, "connected")
        self.assertFalse(mailbox.error_message)
        self.assertEqual(self.connection._sync()["linked"], 2)
        self.assertEqual(self.subjects(), ["Bad", "Good"])

    def test_nothing_is_left_of_what_was_found_for_the_owner_before(self):
        inbox = self.connection.sudo().folder_ids[0]
        inbox.past_uids = [self.bad]
        self.connection.sudo().lookup_ids = self.env["imap.lookup"].create({"email": "a@b.example"})
        self.give()
        self.assertFalse(inbox.past_uids)
        self.assertFalse(self.connection.sudo().lookup_ids)
        self.assertFalse(inbox.seen)

    def test_given_with_its_password(self):
        self.give(self.other_owner, password="typed by maria")
        self.assertEqual(self.connection.state, "connected")
        self.assertEqual(self.connection._decrypted_secret(), "typed by maria")
        self.assertEqual(self.connection._sync()["seen"], 2)

    def test_set_up_that_was_not_finished(self):
        draft = self.connection.create(
            {"email": "new@tea.example", "host": "h.example", "password": "x"}
        )
        draft.with_user(self.manager).user_id = self.other_owner
        self.assertEqual(draft.state, "draft")
        self.assertFalse(draft.has_password)

    def test_what_the_owner_before_was_told_is_not_the_new_owners(self):
        """The new owner is told for themselves, and the owner before has nothing to do any more."""
        self.connection.with_user(self.owner).write({"host": "other.example"})
        told = self.connection.sudo().activity_id
        self.assertEqual(told.user_id, self.owner)
        self.give()
        self.assertFalse(told.exists())
        self.assertEqual(self.connection.sudo().activity_id.user_id, self.manager)

    def test_shares_no_more_than_a_new_mailbox_of_the_new_owner(self):
        company = self.connection.company_id.sudo()
        for before, at_first, after in (
            ("everything", "subject", "subject"),
            ("private", "subject", "private"),
            ("everything", "everything", "everything"),
        ):
            with self.subTest(before=before, at_first=at_first):
                company.imap_default_visibility = at_first
                self.connection.with_user(self.manager).user_id = self.owner
                self.connection.with_user(self.owner).visibility = before
                self.give()
                self.assertEqual(self.connection.visibility, after)

    def test_mail_of_before_stays_with_the_owner_before(self):
        """What they had kept to themselves does not become the new owner's, who signs in and finds only their own."""
        self.connection.with_user(self.owner).visibility = "private"
        self.server.inbox.messages.clear()
        self.give(self.other_owner, password="typed by otto")
        self.connection._sync()
        mine = self.entries(self.customer).with_user
        self.assertEqual(mine(self.owner).mapped("subject"), ["Good"])
        readable = self.env["mail.message"].with_user(self.other_owner)
        self.assertFalse(readable.search([("id", "in", self.entries(self.customer).ids)]))

    def test_run_of_the_old_owner_ends(self):
        """It goes on neither with their session nor with their rights, and leaves the state alone."""
        for number in range(4):
            self.deliver(f"More {number}")
        self.during_each_fetch(self.give)
        with patch("odoo.addons.mail_imap_sync.models.imap_sync.SLICE", 2):
            self.assertEqual(self.connection._sync()["seen"], 2)
        self.assertEqual(self.connection.error_code, "owner_changed")
        self.assertFalse(self.connection.next_sync)


@tagged("post_install", "-at_install")
class TestArchivedOwner(OwnerCase):
    def ways(self):
        users = self.env["res.users"].with_user(self.env.ref("base.user_admin"))
        owner = users.browse(self.owner.id)
        both = owner + users.browse(self.other_owner.id)
        return {
            "write": (
                lambda: owner.write({"active": False}),
                lambda: owner.write({"active": True}),
            ),
            "number": (lambda: owner.write({"active": 0}), lambda: owner.write({"active": 1})),
            "several": (
                lambda: both.write({"active": False}),
                lambda: both.write({"active": True}),
            ),
            "menu": (both.action_archive, both.action_unarchive),
        }

    def test_sync_stops_and_resumes(self):
        for name, (leave, come_back) in self.ways().items():
            with self.subTest(name):
                self.deliver(f"Before {name}")
                leave()
                self.assertEqual(self.connection.state, "paused")
                self.assertIn("archived", self.connection.error_message)
                self.assertFalse(self.connection._sync()["seen"])
                self.assertNotIn(
                    self.connection, self.connection.search(imap_schedule.due_domain(self.env))
                )
                come_back()
                self.assertEqual(self.connection.state, "connected")
                self.assertFalse(self.connection.error_message)
                self.assertIn(
                    self.connection, self.connection.search(imap_schedule.due_domain(self.env))
                )
                self.connection._sync()
                self.assertIn(f"Before {name}", self.subjects())

    def test_credentials_are_not_usable(self):
        """Not by a manager, on any path, and whatever the state says."""
        self.owner.active = False
        self.connection.sudo().state = "connected"
        mailbox = self.connection.with_user(self.manager)
        before = self.sessions
        with self.assertRaises(OwnerArchived):
            self.connection._decrypted_secret()
        mailbox._sync()
        for action in (mailbox.action_connect, mailbox.action_audit):
            with self.assertRaisesRegex(UserError, "archived|not connected"):
                action()
        self.connection.sudo().state = "paused"
        with self.assertRaisesRegex(UserError, "archived"):
            mailbox.action_resume()
        action = mailbox.action_open_setup()
        wizard = self.env[action["res_model"]].with_user(self.manager).browse(action["res_id"])
        wizard.action_sign_in()
        self.assertIn("archived", wizard.error_message)
        wizard.password = "another"
        wizard.action_sign_in()
        self.assertIn("archived", wizard.error_message)
        self.assertEqual(self.sessions, before)

    def test_what_the_owner_had_stopped_stays_so(self):
        other = self._connect(self.other_owner)
        self.connection.with_user(self.owner).action_pause()
        other.with_user(self.other_owner).action_disconnect()
        both = self.owner + self.other_owner
        both.active = False
        both.active = True
        self.assertEqual((self.connection.state, other.state), ("paused", "disconnected"))

    def test_problem_of_before_is_found_again(self):
        """Coming back is no sign-in: a forgotten password is asked for."""
        self.connection.with_user(self.owner).write({"host": "other.example"})
        self.owner.active = False
        self.owner.active = True
        self.connection._sync()
        self.assertEqual(
            (self.connection.state, self.connection.error_code), ("error", "password_missing")
        )

    def test_run_ends(self):
        for number in range(4):
            self.deliver(f"More {number}")
        self.during_each_fetch(lambda: self.owner.write({"active": False}))
        with patch("odoo.addons.mail_imap_sync.models.imap_sync.SLICE", 2):
            self.assertEqual(self.connection._sync()["seen"], 2)
        self.assertEqual(self.connection.state, "paused")
        self.assertEqual(self.connection.error_code, "owner_archived")
        self.assertFalse(self.connection.next_sync)
        self.owner.active = True
        self.assertEqual(self.connection._sync()["seen"], 2)
