"""Inside Odoo: what landed where, as tables, and whether it is what the sample promises."""

from collections import Counter

from .sample import expected, people
from .table import table


def report(connection, built, others):
    """Print what the sync came to.

    :param others: how many mails the mailbox holds besides the sample; if any, counters are not
        compared
    :return: whether every mail of the sample came to what it should
    """
    if connection.state != "connected":
        print(f"NOT AS EXPECTED: the mailbox cannot be synced: {connection.error_message}")
        return False
    folders = connection.sudo().folder_ids
    landed = _Landed(connection.sudo().env, built.mails)
    _print_folders(folders)
    _print_chatters(landed)
    print()
    differences = landed.differences()
    if others:
        print(f"Counters are not compared: besides the sample, {others} more came in.")
    else:
        differences += _folder_differences(folders)
        differences += landed.surplus()
    for difference in differences:
        print(f"NOT AS EXPECTED: {difference}")
    if not differences:
        print(f"As expected: {len(_expected_letters())} emails landed, once in each chatter.")
    print(flush=True)
    return not differences


class _Landed:
    """Which letters of the sample stand in which chatter."""

    def __init__(self, env, mails):
        self._env = env
        # a mail without Message-ID is known by its subject
        self._letters = {mail.message_id or mail.subject: mail.letter for mail in mails}
        self.contacts = {contact.key: self._chatter(contact.key) for contact in people.CONTACTS}
        self.documents = {key: self._chatter(key) for key in expected.DOCUMENTS}

    def record(self, key):
        return self._env.ref(f"mail_imap_sync_demo.{key}")

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

    def _chatter(self, key):
        """Letters on a record, oldest first; mail that is not of the sample is None."""
        record = self.record(key)
        entries = self._env["mail.message"].search(
            [
                ("model", "=", record._name),
                ("res_id", "=", record.id),
                ("imap_email_id", "!=", False),
            ],
            order="date, id",
        )
        emails = [entry.imap_email_id for entry in entries]
        return [self._letters.get(email.message_id or email.subject) for email in emails]


def _expected_letters():
    return {letter for letters in expected.CHATTER.values() for letter in letters}


def _folder_differences(folders):
    lines = []
    for folder in folders:
        wanted = expected.FOLDERS.get(folder.path, expected.Outcome(seen=0, linked=0))
        found = expected.Outcome(folder.seen, folder.linked, folder.skipped_by_rule or {})
        if found != wanted:
            lines.append(f"{folder.path} came to {found}, wanted was {wanted}")
        if folder.quarantined:
            lines.append(f"{folder.quarantined} mails of {folder.path} could not be read")
    missing = set(expected.FOLDERS) - set(folders.mapped("path"))
    return lines + [f"{path} is not in the list of folders" for path in sorted(missing)]


def _print_folders(folders):
    rows = []
    for folder in folders:
        rules = sorted((folder.skipped_by_rule or {}).items())
        skipped = ", ".join(f"{rule} {number}" for rule, number in rules)
        chosen = skipped if folder.selected else "(not chosen)"
        numbers = [folder.message_count, folder.seen, folder.linked, folder.skipped]
        rows.append([folder.path, *numbers, chosen])
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
    _print(("Contact", "Company", "Mails in the chatter"), rows)


def _print(header, rows):
    print("", *table(header, rows), sep="\n")
