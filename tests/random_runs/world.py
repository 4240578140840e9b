"""The mailboxes, people and records of one random run."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError

from ...models import imap_audit, imap_reader, imap_sync
from . import decisions, mails
from .faults import Plan


@dataclass(eq=False)
class Box:
    """A mailbox.

    :param held: keys of the mails of which it ever had a copy
    :param restored: folders whose UIDNEXT fell
    :param level: what colleagues see of its mail
    :param chosen: key of a mail -> what its owner chose for it
    """

    connection: object
    server: object
    held: set = field(default_factory=set)
    restored: set = field(default_factory=set)
    level: str = "everything"
    chosen: dict = field(default_factory=dict)

    @property
    def login(self):
        return self.connection.user_id.login

    @property
    def since(self):
        """The beginning of the period, aware; None if there is none."""
        since = self.connection.sudo().sync_since
        return since and since.replace(tzinfo=timezone.utc) or None

    def folder(self, name):
        return self.connection.sudo().folder_ids.filtered(lambda f: f.raw_path == name)


class World:
    """Two mailboxes, two contacts, two opportunities.

    :param people: a colleague without a mailbox, and who manages all mailboxes
    :param dict records: name (see :mod:`.mails`) -> record
    :param dict answered: name of a record -> Message-ID of a message on it
    :ivar set deleted: keys of mails that were deleted in Odoo
    :ivar set taken_off: keys of mails that were taken off the contact of :mod:`.decisions`
    :ivar set by_hand: (key of a mail, name of the record on which somebody put it)
    """

    def __init__(self, boxes, people, records, answered, checkpoints):
        self.boxes = boxes
        self.colleague, self.manager = people
        self.records = dict(records)
        self.checkpoints = checkpoints
        self.mails = {}
        self.deleted, self.taken_off, self.by_hand = set(), set(), set()
        self._contacts = {
            name: (record.name, record.email)
            for name, record in records.items()
            if record._name == "res.partner"
        }
        self.clock_offset = timedelta(0)
        self._answered = answered
        self._plan = Plan()
        self.env = boxes[0].connection.sudo().env

    def open(self):
        """Let the mailboxes talk to their servers, and time be what the run wants."""
        model = type(self.env["imap.connection"])
        by_id = {box.connection.id: box for box in self.boxes}

        def session(connection):
            return by_id[connection.id].server.session(connection, self._plan)

        def now(*_args):
            return (
                datetime.now(timezone.utc).replace(tzinfo=None, microsecond=0) + self.clock_offset
            )

        return (
            patch.object(model, "_session", session),
            patch.object(fields.Datetime, "now", staticmethod(now)),
        )

    def new_mail(self, box, kind, age, zone):
        """Return a mail that comes to a mailbox for the first time."""
        key = len(self.mails) + 1
        dates = mails.dates()
        mail = mails.make(
            key,
            kind,
            dates[age // 31 % len(dates)].astimezone(mails.ZONES[zone // 7 % len(mails.ZONES)]),
            box.connection.email,
            self._answered.get(kind.answers, ""),
        )
        self.mails[key] = mail
        if kind.in_odoo:
            carla = self.records["carla"]
            self.env["mail.message"].create(
                {
                    "model": carla._name,
                    "res_id": carla.id,
                    "message_type": "comment",
                    "message_id": mail.message_id,
                    "body": f"Text {key}",
                }
            )
        return mail

    # what there is

    @staticmethod
    def key_of(email):
        """Return the key of the mail that an ``imap.email`` is."""
        return int(email.subject.split()[-1])

    def links(self, mail, box):
        """Return the names of the records that a copy of a mail in a mailbox belongs to by now."""
        if mail.key in self.deleted:
            return set()
        off = {decisions.CONTACT} if mail.key in self.taken_off else set()
        links = mail.links(box.login) & {*self.records}
        # what no rule links does not come, wherever somebody has put it before
        return (links | self.put(mail)) - off if links else links

    def put(self, mail):
        """Return the names of the records on which somebody put a mail by hand, and which it may still stand on."""
        if mail.key in self.deleted:
            return set()
        return {name for key, name in self.by_hand if key == mail.key}

    def outcomes(self, mail, box, folder):
        """Return what may become of a copy of a mail that lies in a folder of a mailbox."""
        links = self.links(mail, box)
        found = mail.outcomes(links, box.since, folder)
        if mail.kind.in_odoo and not links and mail.key not in self.deleted:
            # as it stands there already, it may count as linked
            found |= mail.outcomes(mail.kind.links, box.since, folder)
        if not links:
            # the contact is gone because of whom it came, and it stays where somebody put it
            found |= mail.outcomes(self.put(mail), box.since, folder)
        return found

    def standing_on(self, email):
        """Return the records in whose chatter an email stands."""
        places = {(entry.model, entry.res_id) for entry in email.entry_ids}
        return {r for r in self.records.values() if (r._name, r.id) in places}

    def names(self, email, name):
        """Say whether the address of a contact stands in the header of an email."""
        return self._contacts[name][1] in self.mails[self.key_of(email)].people

    # what people do

    def add_contact(self, name):
        """Add a contact who was deleted."""
        if name in self.records:
            return
        title, email = self._contacts[name]
        self.records[name] = self.env["res.partner"].create({"name": title, "email": email})

    def connect(self, box):
        """Resume a mailbox, with its password if Odoo forgot it."""
        connection = box.connection
        if connection.state == "disconnected":
            connection.password = decisions.PASSWORD
        connection.action_resume()

    def refresh(self, box):
        """Fetch the list of folders, and choose all of them, if the mailbox is not paused."""
        connection = box.connection.sudo()
        if connection.state in ("connected", "error"):
            connection.action_connect()
            connection.folder_ids.selected = True

    def sync(self, box, plan, slice_size=200, batch_size=100, budget=None):
        """Sync a mailbox while a plan goes wrong; return the counters, None if it was killed."""
        result = None
        self._plan = plan
        with (
            patch.object(imap_sync, "SLICE", slice_size),
            patch.object(imap_reader, "BODY_BATCH", batch_size),
            self.checkpoints.during(plan),
        ):
            result = box.connection._sync(budget_seconds=budget)
        self._plan = Plan()
        return result

    def audit(self, box, plan, window=500):
        """Check the completeness of a mailbox while a plan goes wrong; return the report, None if it ended early."""
        report = None
        self._plan = plan
        with (
            patch.object(imap_audit, "WINDOW", window),
            self.checkpoints.during(plan),
            suppress(UserError),
        ):
            report = box.connection.action_audit()
        self._plan = Plan()
        return report
