"""What follows from who owns a mailbox: it is given to somebody else, or its owner leaves and comes back."""

import inspect
from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.base.models.ir_autovacuum import is_autovacuum

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


@tagged("post_install", "-at_install")
class TestSecretsOfArchivedOwners(OwnerCase):
    def setUp(self):
        super().setUp()
        self.connection = self.connection.sudo()

    def set_days(self, days):
        self.env["ir.config_parameter"].set_param("mail_imap_sync.secret_days", days)

    def vacuum(self, **since):
        """Run the daily clean-up as if some time had passed since the owner left."""
        self.connection.owner_left -= timedelta(**since)
        self.env["imap.connection"]._gc_secrets()
        return bool(self.connection.secret)

    def test_kept_for_thirty_days(self):
        self.owner.active = False
        self.assertTrue(self.connection.secret)
        self.assertTrue(self.vacuum(days=29, hours=23))
        self.assertFalse(self.vacuum(hours=2))
        self.assertEqual(self.connection.state, "paused")

    def test_runs_daily(self):
        vacuums = [
            name
            for name, _method in inspect.getmembers(
                type(self.env["imap.connection"]), is_autovacuum
            )
        ]
        self.assertIn("_gc_secrets", vacuums)

    def test_setting(self):
        self.set_days("7")
        self.owner.active = False
        self.assertTrue(self.vacuum(days=6, hours=23))
        self.assertFalse(self.vacuum(hours=2))

    def test_at_once(self):
        self.set_days("0")
        self.owner.active = False
        self.assertFalse(self.connection.secret)

    def test_whatever_state_the_mailbox_is_in(self):
        self.connection.with_user(self.owner).action_pause()
        self.owner.active = False
        self.assertFalse(self.vacuum(days=31))

    def test_nobody_elses(self):
        other = self._connect(self.other_owner).sudo()
        self.owner.active = False
        self.assertFalse(self.vacuum(days=31))
        self.assertTrue(other.secret)

    def test_back_in_time(self):
        self.owner.active = False
        self.vacuum(days=29)
        self.owner.active = True
        self.assertEqual(self.connection.state, "connected")
        self.deliver("Meanwhile")
        self.connection._sync()
        self.assertIn("Meanwhile", self.subjects())
        self.owner.active = False
        self.assertTrue(self.vacuum(days=29), "the days are counted anew")

    def test_back_too_late(self):
        """They are told to sign in, do so with the password alone, and sync goes on without a gap."""
        self.owner.active = False
        self.vacuum(days=31)
        self.deliver("Meanwhile")
        self.owner.active = True
        self.assertEqual(
            (self.connection.state, self.connection.error_code), ("error", "password_missing")
        )
        self.assertEqual(self.connection.activity_id.user_id, self.owner)
        action = self.env["imap.connect"].with_user(self.owner)._open_sign_in_again()
        form = action["params"]["form"]
        wizard = self.env[form["res_model"]].with_user(self.owner).browse(form["res_id"])
        wizard.password = "correct horse"
        wizard.action_sign_in()
        self.assertEqual(self.connection.state, "connected")
        self.connection._sync()
        self.assertEqual(self.subjects(), ["Good", "Meanwhile"])

    def test_archived_past_odoo(self):
        """In an older version, or by a statement of SQL: the days count from the first clean-up."""
        self.owner.flush_recordset()
        self.env.cr.execute("UPDATE res_users SET active = FALSE WHERE id = %s", [self.owner.id])
        self.owner.invalidate_recordset()
        self.env["imap.connection"]._gc_secrets()
        self.assertTrue(self.connection.owner_left)
        self.assertTrue(self.vacuum(days=29))
        self.assertFalse(self.vacuum(days=2))


@tagged("post_install", "-at_install")
class TestDeletedOwner(OwnerCase):
    def delete(self):
        self.owner.with_user(self.env.ref("base.user_admin")).unlink()
        self.env["imap.share"]._gc_mail_of_nobody()

    def test_mailbox_goes_and_shared_mail_stays(self):
        self.delete()
        self.assertFalse(self.connection.exists())
        self.assertEqual(self.subjects(), ["Good"])
        entries = self.entries(self.customer).with_user(self.colleague)
        self.assertEqual(entries.mapped("subject"), ["Good"])

    def test_mail_that_nobody_can_read_any_more_goes(self):
        self.connection.with_user(self.owner).visibility = "private"
        email = self.customer.imap_email_ids
        self.delete()
        self.assertFalse(email.exists())
        self.assertFalse(self.subjects())

    def test_what_colleagues_know_of_stays(self):
        self.connection.with_user(self.owner).visibility = "metadata"
        self.delete()
        entries = self.entries(self.customer)
        seen = (
            self.env["mail.message"].with_user(self.colleague).search([("id", "in", entries.ids)])
        )
        self.assertEqual(seen.mapped("imap_stub"), ["metadata"])

    def test_mail_of_somebody_else_too_stays(self):
        self.connection.with_user(self.owner).visibility = "private"
        other = self._connect(self.other_owner)
        other.with_user(self.other_owner).visibility = "private"
        other._sync()
        self.delete()
        self.assertEqual(self.subjects(), ["Good"])
        self.assertTrue(self.customer.imap_email_ids.with_user(self.other_owner).is_readable)

    def test_archived_owners_keep_theirs(self):
        self.connection.with_user(self.owner).visibility = "private"
        self.owner.active = False
        self.env["imap.share"]._gc_mail_of_nobody()
        self.assertEqual(self.subjects(), ["Good"])

    def test_mail_of_a_mailbox_that_was_removed_is_its_owners(self):
        self.connection.with_user(self.owner).visibility = "private"
        self.connection.unlink()
        self.env["imap.share"]._gc_mail_of_nobody()
        self.assertEqual(self.subjects(), ["Good"])

    def test_what_was_deleted_stays_deleted(self):
        email = self.customer.imap_email_ids.with_context(active_test=False)
        self.connection.with_user(self.owner).visibility = "private"
        email.with_user(self.owner)._delete()
        self.delete()
        self.assertTrue(email.exists())
