"""What people decide in Odoo, in random runs: delete, link and share mail, delete and add contacts, disconnect."""

from ...models.imap_share import LEVELS
from .check import Finding
from .faults import Plan

PASSWORD = "correct horse"
#: the contact who is deleted and added again; what Odoo itself sent stands on the other one
CONTACT = "chris"


class Decisions:
    """Steps of people in Odoo, which they take when mail has come; for :class:`~.steps.Steps`."""

    #: step -> how often it is drawn
    WEIGHTS = {
        "delete_email": 3,
        "delete_mail_of_contact": 2,
        "delete_contact": 2,
        "add_contact": 2,
        "disconnect": 3,
        "connect": 2,
        "set_level": 2,
        "choose_level": 3,
        "link_by_hand": 3,
    }

    # mail leaves Odoo

    def delete_email(self, box, email, kind):
        """An owner deletes an email: it never comes back, through whosever mailbox."""
        self._let_mail_come(box, email, kind)
        email = self._pick(self._own_emails(self._box(box)), email)
        if email:
            self._world.deleted.add(self._world.key_of(email))
            email._delete()

    def delete_mail_of_contact(self, box, with_others, kind):
        """A manager deletes the mail of a contact; what others have too stays with them, or leaves as well."""
        self._let_mail_come(box, with_others, kind)
        contact = self._world.records.get(CONTACT)
        if not contact:
            return
        contacts = {
            record for record in self._world.records.values() if record._name == "res.partner"
        }
        with_others = ("keep", "delete")[with_others % 2]
        for email in self._world.env["imap.email"].search([]):
            standing = self._world.standing_on(email)
            if contact not in standing and not self._world.names(email, CONTACT):
                continue
            if with_others == "delete" or not standing & (contacts - {contact}):
                self._world.deleted.add(self._world.key_of(email))
            elif contact in standing:
                self._world.taken_off.add(self._world.key_of(email))
                self._world.by_hand.discard((self._world.key_of(email), CONTACT))
        deletions = self._world.env["imap.deletion"].with_user(self._world.manager)
        deletion = deletions.create({"partner_id": contact.id, "with_others": with_others})
        if deletion.emails or deletion.shared:
            deletion.action_delete()
            deletion.invalidate_recordset()
            if deletion.state != "done" or deletion.emails or deletion.shared:
                raise Finding(f"{deletion.emails} emails left to be deleted")

    def delete_contact(self, _unused, _unused2, _unused3):
        """Their mail goes along, unless somebody else is in it; it may come back with them."""
        contact = self._world.records.pop(CONTACT, None)
        if contact:
            self._world.taken_off.clear()
            self._world.by_hand = {place for place in self._world.by_hand if place[1] != CONTACT}
            contact.unlink()

    def add_contact(self, _unused, _unused2, _unused3):
        """Past mail comes from all mailboxes, also those that are stopped at the moment."""
        self._world.add_contact(CONTACT)

    # mailboxes

    def disconnect(self, box, what, kind):
        """An owner disconnects the mailbox, with its mail or without."""
        self._let_mail_come(box, what, kind)
        box = self._box(box)
        connection = box.connection
        if connection.state not in ("connected", "error", "paused"):
            return
        wizard = connection.env["imap.disconnect"].browse(
            connection.action_open_disconnect()["res_id"]
        )
        wizard.mail = ("keep", "delete")[what % 2]
        wizard.action_disconnect()
        if wizard.mail == "delete":
            for model in ("imap.share", "imap.placement"):
                of_mailbox = [("connection_id", "=", connection.id)]
                if model == "imap.share":
                    # of what is deleted for good nothing is left to be read
                    of_mailbox.append(("email_id.deleted_date", "=", False))
                if left := self._world.env[model].search_count(of_mailbox):
                    raise Finding(f"{box.login}: {left} rows of {model} are left")

    def connect(self, box, _unused, _unused2):
        self._world.connect(self._box(box))

    # where mail stands

    def link_by_hand(self, box, every, record):
        """An owner lets emails stand on another record too: also after they have left and come back."""
        self._let_mail_come(box, every, record)
        box = self._box(box)
        records = {
            name: record.with_user(box.connection.user_id)
            for name, record in self._world.records.items()
            if record.with_user(box.connection.user_id).has_access("write")
        }
        name = self._pick(sorted(records), record)
        for email in self._own_emails(box)[:: 1 + every % 3]:
            if email.env["imap.link"]._add(self._entry(email), records[name]):
                self._world.by_hand.add((self._world.key_of(email), name))
                if name == CONTACT:
                    self._world.taken_off.discard(self._world.key_of(email))

    @staticmethod
    def _entry(email):
        entries = email.env["mail.message"].search(
            [("imap_email_id", "=", email.id), ("imap_stub", "=", False)]
        )
        return entries[0]

    # who sees what

    def set_level(self, box, level, _unused):
        """An owner decides what colleagues see of the mailbox."""
        box = self._box(box)
        box.level = box.connection.visibility = LEVELS[level % len(LEVELS)]

    def choose_level(self, box, email, level):
        """An owner decides what colleagues see of one email, or takes the decision back."""
        box = self._box(box)
        email = self._pick(self._own_emails(box), email)
        if email:
            key, level = self._world.key_of(email), (*LEVELS, False)[level % (len(LEVELS) + 1)]
            self._entry(email).imap_set_sharing(level)
            box.chosen[key] = level

    def _let_mail_come(self, box, number, kind):
        """Let mail come to one mailbox, and some of it to both, and have it synced where that is possible."""
        self.deliver_many(box, kind, number)
        self.share(box, number, kind)
        for each in self._world.boxes:
            self._world.sync(each, Plan())

    def _own_emails(self, box):
        """Return the emails that the owner of a mailbox reads and that came through it, as they see them."""
        emails = box.connection.env["imap.email"].search([], order="id")
        shares = self._world.env["imap.share"].search([("connection_id", "=", box.connection.id)])
        return emails.filtered(lambda email: email.id in shares.email_id.ids)
