"""Keeps the list of a mailbox's folders like that of the server: new, renamed, deleted and made anew.

A list never deletes a folder. One that it lacks is left out (``available``) only when the next list, over another
connection, lacks it as well, and keeps its cursor and its copies for the day when it is back.
"""

import logging
from collections import Counter
from datetime import timedelta

from odoo import fields

from ..lib.errors import FolderGone, MessageUnreadable
from ..lib.folder_roles import roles_by_default
from ..lib.headers import read_header_facts

_logger = logging.getLogger(__name__)

#: where the list is a round trip of its own: how often it is asked for
LIST_EVERY = timedelta(hours=1)
#: emails that are compared to know a renamed folder by its content
SAMPLE = 5


class FolderList:
    """The folders of one mailbox.

    :param connection: the ``imap.connection`` (sudo)
    """

    def __init__(self, connection):
        self._connection = connection
        self._folders = connection.env["imap.folder"]

    def survey(self, session):
        """Ask for the state of all folders, and bring the list up to date where it is at hand or due.

        :return: dict of raw name -> :class:`~..lib.session.FolderStatus`
        """
        connection = self._connection
        wanted = connection.folder_ids.filtered(lambda f: f.selected and f.available)
        last = connection.folders_listed
        due = (
            not last or fields.Datetime.now() - last >= LIST_EVERY or any(wanted.mapped("unlisted"))
        )
        raws = [folder.raw_path.encode("latin-1") for folder in wanted]
        infos, states = session.survey(raws, listed=due)
        if infos is None and not due and len(states) < len(raws):
            # one is missing: deleted, or renamed
            infos, states = session.survey(raws, listed=True)
        if infos is not None:
            self.update(session, infos, states)
        return states

    def update(self, session, infos, states):
        """Bring the folders up to date with a list.

        :param infos: all :class:`~..lib.session.FolderInfo`
        :param dict states: raw name -> :class:`~..lib.session.FolderStatus`
        """
        listed = {info.raw.decode("latin-1"): info for info in infos if info.selectable}
        if not listed:
            return
        now = fields.Datetime.now()
        last = self._connection.folders_listed
        if not last or now - last >= LIST_EVERY:
            self._connection.folders_listed = now
        known = self._known()
        if any(raw_path not in listed for raw_path in known):
            self._note_renames(session, known, listed, states)
            known = self._known()
        first = not known
        roles = roles_by_default({info.role for info in listed.values()}, session.quirks.labels)
        if not first:
            # "All Mail" that its owner shows later must not widen what they chose
            roles -= {"all"}
        new = []
        for raw_path, info in listed.items():
            values = self._values(info, states.get(info.raw))
            folder = known.get(raw_path)
            if folder:
                self._write_changed(folder, values)
            else:
                new.append(
                    {
                        **values,
                        "connection_id": self._connection.id,
                        "raw_path": raw_path,
                        "selected": info.role in roles and not info.is_copy,
                    }
                )
        self._folders.create(new)
        for raw_path, folder in known.items():
            if raw_path not in listed:
                self._note_absent(folder)

    def _known(self):
        return {folder.raw_path: folder for folder in self._connection.folder_ids}

    @staticmethod
    def _values(info, state):
        values = {"path": info.path, "role": info.role, "available": True, "unlisted": False}
        if state:
            values["message_count"] = state.messages
            values["mailbox_id"] = state.mailbox_id or False
        return values

    @staticmethod
    def _write_changed(folder, values):
        changed = {name: value for name, value in values.items() if folder[name] != value}
        if changed:
            folder.write(changed)

    @staticmethod
    def _note_absent(folder):
        if not folder.unlisted:
            folder.unlisted = True
        elif folder.available:
            folder.available = False
            folder._lose_copies()

    # ------------------------------------------------------------------
    # renamed folders
    # ------------------------------------------------------------------

    def _note_renames(self, session, known, listed, states):
        """Give folders that are not listed any more the name under which they are now, if there is one."""
        counts = Counter(state.uidvalidity for state in states.values())
        # looked up, not tried one by one: a parent of thousands may have been renamed
        by_mark = {}
        for new_path, info in listed.items():
            if info.raw in states and self._is_free(known.get(new_path)):
                state = states[info.raw]
                for mark in filter(None, (state.mailbox_id, state.uidvalidity)):
                    by_mark.setdefault(mark, {})[new_path] = info
        taken = set()
        for raw_path, folder in known.items():
            if raw_path in listed:
                continue
            marks = filter(None, (folder.mailbox_id, folder.uidvalidity))
            candidates = {
                path: info for mark in marks for path, info in by_mark.get(mark, {}).items()
            }
            same = [
                new_path
                for new_path, info in candidates.items()
                if new_path not in taken
                and self._is_same(session, folder, info, states[info.raw], counts)
            ]
            if len(same) == 1:
                new_path = same[0]
                taken.add(new_path)
                self._rename(folder, known.get(new_path), new_path, candidates[new_path])

    @staticmethod
    def _is_free(folder):
        return not folder or not folder.available

    def _rename(self, folder, former, new_path, info):
        """:param former: the folder that had this name once, and is not there any more"""
        _logger.info("Folder %s is called %s now", folder.id, new_path)
        if former:
            former.unlink()
        folder.write({"raw_path": new_path, "path": info.path, "role": info.role})

    def _is_same(self, session, folder, info, state, counts):
        """Say whether a folder is the one that was known under another name."""
        if folder.mailbox_id and state.mailbox_id:
            return folder.mailbox_id == state.mailbox_id
        if not folder.uidvalidity or folder.uidvalidity != state.uidvalidity:
            return False
        if state.uidnext is not None and state.uidnext < folder.uidnext:
            return False
        expected = self._sample(folder)
        if expected:
            found = self._message_ids(session, info, folder, expected)
            if found:
                return all(expected[uid] == message_id for uid, message_id in found.items())
        # nothing to compare: many servers give every folder another UIDVALIDITY
        alike = self._folders.search_count(
            [
                ("connection_id", "=", self._connection.id),
                ("uidvalidity", "=", folder.uidvalidity),
            ]
        )
        return alike == 1 and counts[folder.uidvalidity] == 1

    def _sample(self, folder):
        """Return UID -> Message-ID of some known emails of a folder."""
        placements = self._connection.env["imap.placement"].search(
            [
                ("folder_id", "=", folder.id),
                ("uidvalidity", "=", folder.uidvalidity),
                ("email_id.message_id", "!=", False),
                ("state", "in", ("linked", "missing")),
            ],
            order="uid desc",
            limit=SAMPLE,
        )
        return {placement.uid: placement.email_id.message_id for placement in placements}

    @staticmethod
    def _message_ids(session, info, folder, uids):
        """Return UID -> Message-ID of messages of a listed folder, as far as they are there."""
        try:
            if session.examine(info.raw).uidvalidity != folder.uidvalidity:
                return {}
            headers = session.fetch_headers(list(uids))
        except FolderGone:
            return {}
        return {
            uid: read_header_facts(raw.header, raw.internaldate).message_id
            for uid, raw in headers.items()
            if not isinstance(raw, MessageUnreadable)
        }
