"""Folders that are new, renamed, deleted or made anew; lists that are wrong."""

import time
from datetime import timedelta
from unittest.mock import patch

from lxml import etree

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..lib.errors import CommandRefused
from ..lib.known import Tracking
from .fake_server import FakeSession, mail
from .test_changes import ChangesCase


@tagged("post_install", "-at_install")
class TestFolderList(ChangesCase):
    tracking = Tracking.QRESYNC

    def rename(self, name, new_name):
        folder = self.server.folders.pop(name)
        folder.name = new_name
        self.server.folders[new_name] = folder

    def folder(self, path):
        return self.connection.folder_ids.filtered(lambda f: f.path == path)

    def uids_read(self):
        """Sync, and return the UIDs whose headers were fetched."""
        read = []
        fetch_headers = FakeSession.fetch_headers

        def fetching(session, uids, **options):
            read.extend(uids)
            return fetch_headers(session, uids, **options)

        with patch.object(FakeSession, "fetch_headers", fetching):
            self.sync()
        return read

    # new

    def test_new_folder_appears_and_is_not_chosen(self):
        self.deliver(2)
        self.server.add_folder("Projects")
        self.sync()
        self.assertEqual(
            (self.folder("Projects").selected, self.folder("Projects").available), (False, True)
        )
        self.assertEqual(self.sync(), ["status"])

    def test_list_that_is_a_round_trip_of_its_own_comes_every_hour(self):
        self.server.list_status = False
        self.deliver(2)
        self.server.add_folder("Projects")
        self.assertEqual(self.sync(timedelta(hours=1)), ["list", "status"])
        self.assertTrue(self.folder("Projects"))
        self.assertEqual(self.sync(timedelta(minutes=50)), ["status"])

    def test_sent_folder_that_appears_is_chosen(self):
        del self.server.folders["Sent"]
        self.sync()
        self.sync()
        self.server.add_folder("Gesendet", "sent").uidvalidity = 99
        self.sync()
        self.assertTrue(self.folder("Gesendet").selected)

    # renamed

    def test_renamed_folder_keeps_its_place(self):
        folder, known = self.add_folder("Projects")
        uids = self.deliver(3, folder)
        self.rename("Projects", "Customers")
        read = self.uids_read()
        self.assertEqual(
            (known.path, known.raw_path, known.selected), ("Customers", "Customers", True)
        )
        self.assertEqual(set(read), set(uids), "a sample is compared, nothing is read anew")
        self.assertEqual(self.states(known), dict.fromkeys(uids, "linked"))
        self.assertFalse(self.folder("Projects"))
        uids += self.deliver(1, folder)
        self.assertEqual(self.states(known), dict.fromkeys(uids, "linked"))
        self.assertEqual(len(self.entries(self.customer)), 4)

    def test_renamed_without_list_status(self):
        self.server.list_status = False
        folder, known = self.add_folder("Projects")
        self.deliver(3, folder)
        self.rename("Projects", "Customers")
        self.sync()
        self.assertEqual(known.path, "Customers")

    def test_servers_that_give_every_folder_the_same_uidvalidity(self):
        folder, known = self.add_folder("Projects")
        folder.uidvalidity = 1
        self.deliver(3, folder)
        other = self.server.add_folder("Other")
        for number in range(5):
            other.deliver(mail("carla@shop.example", "olga@tea.example", f"Other {number}"))
        del self.server.folders["Projects"]
        self.sync()
        self.sync()
        self.assertEqual((known.path, known.available), ("Projects", False))
        self.assertFalse(self.folder("Other").selected)

    def test_renamed_to_the_name_of_a_folder_that_was_deleted(self):
        first, _known = self.add_folder("Old")
        self.deliver(1, first)
        folder, known = self.add_folder("Projects")
        uids = self.deliver(2, folder)
        del self.server.folders["Old"]
        self.sync()
        self.sync()
        self.rename("Projects", "Old")
        self.sync()
        self.assertEqual(known.path, "Old")
        self.assertEqual(len(self.folder("Old")), 1)
        self.assertEqual(self.states(known), dict.fromkeys(uids, "linked"))
        self.assertEqual(len(self.entries(self.customer)), 3)

    def test_renamed_folder_that_was_never_read_is_known_by_its_id(self):
        folder = self.server.add_folder("Projects")
        folder.mailbox_id = "F1"
        self.sync()
        known = self.folder("Projects")
        self.rename("Projects", "Customers")
        self.sync()
        self.assertEqual(known.path, "Customers")

    # deleted, made anew

    def test_deleted_folder_is_left_out_after_a_second_look(self):
        folder, known = self.add_folder("Projects")
        uids = self.deliver(3, folder)
        del self.server.folders["Projects"]
        self.sync()
        self.assertTrue(known.available)
        self.assertEqual(self.states(known), dict.fromkeys(uids, "linked"))
        self.sync()
        self.assertFalse(known.available)
        for _run in range(3):
            self.sync()
        self.assertEqual(self.states(known), dict.fromkeys(uids, "missing"))
        self.assertEqual(len(self.entries(self.customer)), 3)
        self.server.folders["Projects"] = folder
        self.sync()
        self.sync()
        self.assertTrue(known.available)
        self.assertEqual(self.states(known), dict.fromkeys(uids, "linked"))

    def test_deleted_and_made_anew(self):
        folder, known = self.add_folder("Projects")
        self.deliver(3, folder)
        anew = self.server.add_folder("Projects")
        anew.uidvalidity = 1234
        for message in folder.messages.values():
            anew.deliver(message.raw, message.internaldate)
        new = anew.deliver(mail("carla@shop.example", "olga@tea.example", "Only here"))
        self.sync()
        self.assertEqual(len(self.entries(self.customer)), 4)
        self.assertEqual(self.states(known), dict.fromkeys(anew.messages, "linked"))
        self.assertIn(new, anew.messages)

    # lists that are wrong

    def test_case_27_list_that_fails(self):
        uids = self.deliver(2)
        self.server.list_status = False
        with patch.object(FakeSession, "list_folders", return_value=None):
            self.sync(timedelta(hours=2))
            uids += self.deliver(1)
            self.sync(timedelta(hours=2))
        self.assertTrue(all(self.connection.folder_ids.mapped("available")))
        self.assertEqual(self.states(), dict.fromkeys(uids, "linked"))

    def test_list_that_is_short_for_a_moment(self):
        uids = self.deliver(2)
        self.server.list_status = False
        for infos in (
            (),
            self.server_list("Sent"),
            self.server_list("INBOX", "Sent"),
            self.server_list("Sent"),
        ):
            with patch.object(FakeSession, "list_folders", lambda _session, found=infos: found):
                self.sync(timedelta(hours=2))
        self.assertTrue(all(self.connection.folder_ids.mapped("available")))
        self.assertEqual(self.states(), dict.fromkeys(uids, "linked"))

    def server_list(self, *names):
        return tuple(info for info in FakeSession(self.server).list_folders() if info.path in names)

    def test_refused_list_when_connecting(self):
        self.deliver(2)
        with (
            patch.object(FakeSession, "list_folders", side_effect=CommandRefused("NO")),
            self.assertRaises(UserError),
            self.env.cr.savepoint(),
        ):
            self.connection.action_connect()
        self.assertTrue(all(self.connection.folder_ids.mapped("available")))

    def test_case_28_ten_thousand_folders(self):
        """One look, and no query for each of them; all renamed at once, and nothing takes long."""
        for number in range(10_000):
            self.server.add_folder(f"Folder {number}").mailbox_id = f"F{number}"
        started = time.monotonic()
        self.sync()
        self.assertEqual(len(self.connection.folder_ids), 10_002)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.assertEqual(self.sync(), ["status"])
        self.assertLess(self.env.cr.sql_log_count - before, 50)
        for number in range(10_000):
            self.rename(f"Folder {number}", f"Projects/Folder {number}")
        self.sync()
        self.assertEqual(len(self.connection.folder_ids), 10_002)
        self.assertEqual(self.folder("Projects/Folder 7777").mailbox_id, "F7777")
        self.assertLess(time.monotonic() - started, 60)

    def test_case_28_the_form_shows_a_page_of_ten_thousand_folders(self):
        for number in range(10_000):
            self.server.add_folder(f"Folder {number}")
        self.sync()
        self.env.flush_all()
        self.env.invalidate_all()
        connection = self.connection.with_user(self.owner)
        fields_of_list = {
            node.get("name"): {}
            for node in etree.fromstring(
                self.env["imap.folder"].get_view(view_type="list")["arch"]
            ).iter("field")
        }
        before, started = self.env.cr.sql_log_count, time.monotonic()
        shown = connection.web_read(
            {"folder_ids": {"fields": fields_of_list, "limit": 200, "order": ""}}
        )[0]["folder_ids"]
        self.assertEqual(len(shown), 10_002)
        self.assertEqual([shown[0]["path"], shown[1]["path"]], ["INBOX", "Sent"])
        self.assertNotIn("path", shown[200], "beyond the page only the ids are read")
        self.assertLess(self.env.cr.sql_log_count - before, 30)
        self.assertLess(time.monotonic() - started, 5)
