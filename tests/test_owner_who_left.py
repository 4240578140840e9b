"""What becomes of passwords and mail of owners who are archived or deleted."""

import inspect
from datetime import timedelta

from odoo.tests import tagged

from odoo.addons.base.models.ir_autovacuum import is_autovacuum

from .test_owner import OwnerCase


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
