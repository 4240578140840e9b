"""Inside Odoo: what landed where, as tables, and whether it is what the sample promises."""

from collections import Counter

from odoo.addons.mail_imap_sync.models.imap_reason import label

from .sample import expected, people
from .table import table

#: people who look at chatters: owners of mailboxes, a colleague, the administrator, a customer in the portal
_READERS = {
    "clara": "Clara",
    "felix": "Felix",
    "tomas": "a colleague",
    "ingrid": "administrator",
    "amelie": "portal user",
}


def report(connections, built, others):
    """Print what the sync came to.

    :param connections: the mailboxes of Clara and Felix
    :param others: how many mails they hold besides the sample; if any, counters are not compared
    :return: whether every mail of the sample came to what it should
    """
    for connection in connections:
        if connection.state != "connected":
            said = connection.error_message
            print(f"NOT AS EXPECTED: {connection.email} cannot be synced: {said}")
            return False
    folders = [connection.sudo().folder_ids for connection in connections]
    landed = _Landed(connections[0].sudo().env, built)
    for connection, of_connection in zip(connections, folders, strict=True):
        print(f"\nThe mailbox {connection.email}, which shares {_label(connection)}:")
        _print_folders(of_connection)
    _print_chatters(landed)
    _print_sharing(landed)
    print()
    differences = landed.differences() + landed.seen_differently()
    if others:
        print(f"Counters are not compared: besides the sample, {others} more came in.")
    else:
        wanted = (expected.FOLDERS, expected.FELIX_FOLDERS)
        for of_connection, outcomes in zip(folders, wanted, strict=True):
            differences += _folder_differences(of_connection, outcomes)
        differences += landed.surplus()
    for difference in differences:
        print(f"NOT AS EXPECTED: {difference}")
    if not differences:
        print(
            f"All is as expected: {len(_expected_letters())} emails landed, once in each chatter."
        )
    print(flush=True)
    return not differences


def _label(connection):
    return dict(connection._fields["visibility"].selection)[connection.visibility].lower()


class _Landed:
    """Which letters of the sample stand in which chatter."""

    def __init__(self, env, built):
        self._env = env
        # a mail without Message-ID is known by its subject
        self._letters = {
            mail.message_id or mail.subject: mail.letter for mail in built.mails + built.felix
        }
        self._subjects = {mail.letter: mail.subject for mail in built.mails + built.felix}
        self.contacts = {contact.key: self._chatter(contact.key) for contact in people.CONTACTS}
        self.documents = {key: self._chatter(key) for key in expected.DOCUMENTS}

    def record(self, key):
        return self._env.ref(f"mail_imap_sync_demo.{key}")

    def subject(self, letter):
        return self._subjects[letter]

    def differences(self):
        """Letters of the sample that are not where they should be, or not once."""
        wanted = {**expected.CHATTER, **expected.DOCUMENTS}
        found = {**self.contacts, **self.documents}
        lines = []
        for key, letters in found.items():
            # None is a mail that came after the sample
            counts = Counter(letter for letter in letters if letter)
            for letter, number in (counts - Counter(wanted.get(key, ()))).items():
                lines.append(f"{letter} stands {number} times too often on {key}")
            for letter, number in (Counter(wanted.get(key, ())) - counts).items():
                lines.append(f"{letter} is {number} times missing on {key}")
        return lines

    def surplus(self):
        """Emails that are stored although they stand on nothing of the above."""
        stored = self._env["imap.email"].search_count([])
        expected_number = len(_expected_letters())
        if stored == expected_number:
            return []
        return [f"{stored} emails are stored instead of {expected_number}"]

    def seen(self, login, key):
        """What a user sees of the letters in a chatter: letter -> "everything", "subject" or "metadata"."""
        entries = self._entries(
            key, self._env["mail.message"].with_user(self.record(f"user_{login}"))
        )
        return {self._letter(entry): entry.sudo().imap_stub or "everything" for entry in entries}

    def seen_differently(self):
        """Letters of which somebody sees more or less than their owners share."""
        lines = []
        for key, letters in expected.CHATTER.items():
            for login in _READERS:
                seen = self.seen(login, key)
                for letter in letters:
                    found, wanted = seen.get(letter, "nothing"), _wanted(login, letter)
                    if found != wanted:
                        lines.append(f"{login} sees of {letter} {found}, wanted was {wanted}")
        return lines

    def _chatter(self, key):
        """Letters on a record, oldest first; mail that is not of the sample is None."""
        entries = self._entries(key, self._env["mail.message"])
        return [self._letter(entry) for entry in entries if not entry.imap_stub]

    def _entries(self, key, messages):
        record = self.record(key)
        return messages.search(
            [
                ("model", "=", record._name),
                ("res_id", "=", record.id),
                ("imap_email_id", "!=", False),
            ],
            order="date, id",
        )

    def _letter(self, entry):
        email = entry.sudo().imap_email_id
        return self._letters.get(email.message_id or email.subject)


def _wanted(login, letter):
    """What a user sees of a letter, in a chatter that they may read."""
    if login == "amelie":
        return "nothing"
    return "subject" if letter in expected.SUBJECT_ONLY and login != "felix" else "everything"


def _expected_letters():
    return {letter for letters in expected.CHATTER.values() for letter in letters}


def _folder_differences(folders, outcomes):
    lines = []
    for folder in folders:
        wanted = outcomes.get(folder.path, expected.Outcome(seen=0, linked=0))
        found = expected.Outcome(folder.seen, folder.linked, folder.skipped_by_rule or {})
        if found != wanted:
            lines.append(f"{folder.path} came to {found}, wanted was {wanted}")
        if folder.quarantined:
            lines.append(f"{folder.quarantined} mails of {folder.path} could not be read")
    missing = set(outcomes) - set(folders.mapped("path"))
    return lines + [f"{path} is not in the list of folders" for path in sorted(missing)]


def _print_folders(folders):
    rows = []
    for folder in folders.filtered("message_count"):
        numbers = [folder.message_count, folder.seen, folder.linked, folder.skipped]
        rules = sorted((folder.skipped_by_rule or {}).items(), key=lambda rule: -rule[1])
        first, *more = [f"{label(folder.env, rule)}: {number}" for rule, number in rules] or [""]
        rows.append([folder.path, *numbers, first if folder.selected else "(folder not chosen)"])
        rows += [["", "", "", "", "", rule] for rule in more]
    _print(("Folder", "On server", "Seen", "Linked", "Skipped", "by which rule"), rows)


def _print_chatters(landed):
    rows = []
    for contact in people.CONTACTS:
        number = len(landed.contacts[contact.key])
        company = people.person(contact.company).name if contact.company else ""
        if number:
            rows.append([contact.name, company, number])
    for key, letters in landed.documents.items():
        rows.append([landed.record(key).name, "(opportunity)", len(letters)])
    print("\nWhere the linked mails are:")
    _print(("Contact", "Company", "Mails in the chatter"), rows)


def _print_sharing(landed):
    rows = [
        [
            landed.subject(letter),
            *(landed.seen(login, "noemie").get(letter, "nothing") for login in _READERS),
        ]
        for letter in expected.CHATTER["noemie"]
    ]
    name = people.person("noemie").name
    print(f"\nHow much who sees of the mail with {name}:")
    _print(("Subject", *_READERS.values()), rows)


def _print(header, rows):
    print(*table(header, rows), sep="\n")
