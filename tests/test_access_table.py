"""Who may read, change, make and delete what: every model of the addon and every button, each as the real user."""

import inspect

from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import new_test_user, tagged

from .common import MailboxCase
from .fake_server import mail

#: stands in rows that nobody but Olga may read
SECRET = "zanzibar"
OPERATIONS = {"r": "read", "w": "write", "c": "create", "d": "unlink"}
#: Olga, whose rows they are; Otto, who has a mailbox of his own; Colin, who has no permission; Maria, who manages all
#: mailboxes; Sven, who manages those of another company; an administrator of Odoo who manages no mailboxes
PEOPLE = (
    "owner",
    "other_owner",
    "colleague",
    "manager",
    "stranger",
    "administrator",
    "portal",
    "public",
)
OWN = {"owner": "rwcd"}
READ_BY_STAFF = dict.fromkeys(
    ("owner", "other_owner", "colleague", "manager", "administrator"), "r"
)
#: what a client may call without a row: it opens or does something about rows that the user may read
NOT_ABOUT_THE_ROW = ("action_open_quarantine", "action_retry_all", "action_done")
#: what people may do with a row of Olga's: read, write, create, delete; nothing where nothing is said
RIGHTS = {
    "imap.connection": {"owner": "rwcd", "manager": "rwcd"},
    "imap.folder": {"owner": "rw", "manager": "rw"},
    "imap.run": {"owner": "r", "manager": "r"},
    "imap.placement": {"owner": "r"},
    "imap.placement of a mail that cannot be read": {"owner": "r", "manager": "r"},
    "imap.email": READ_BY_STAFF,
    "imap.email that is private": {"owner": "r"},
    "imap.share": {},
    "imap.conversation": {},
    "imap.kept.choice": {},
    "imap.link": {},
    "imap.lookup": {},
    "imap.newcomer": {"administrator": "r"},
    "imap.exclusion": OWN,
    "imap.exclusion of the company": {"owner": "r", "other_owner": "r", "manager": "rwcd"},
    "imap.deletion": {"owner": "r"},
    "imap.connect": OWN,
    "imap.backfill": OWN,
    "imap.backfill.folder": {"owner": "rwc"},
    "imap.backfill.person": {"owner": "rw"},
    "imap.why": OWN,
    "imap.why.line": {"owner": "r"},
    "imap.disconnect": OWN,
    "imap.diagnostics": OWN,
    "imap.delete": OWN,
    "imap.link.to": OWN,
    "imap.exclusion.past": OWN,
}


@tagged("post_install", "-at_install")
class TestAccessTable(MailboxCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stranger = cls.manager_elsewhere()
        cls.administrator = new_test_user(cls.env, "adam", groups="base.group_system")
        cls.portal = new_test_user(cls.env, "percy", groups="base.group_portal")
        cls.public = cls.env.ref("base.public_user")

    def setUp(self):
        super().setUp()
        # of this company, so that Sven does not read its mail
        self.customer.company_id = self.env.company
        for subject in ("Shared", "Private", "Not readable"):
            uid = self.server.inbox.deliver(mail("carla@shop.example", "olga@tea.example", subject))
        self.server.unreadable.add(uid)
        self.connection._sync()
        self.entry = self.entries(self.customer).filtered(lambda m: m.subject == "Shared")
        private = self.entries(self.customer) - self.entry
        private.with_user(self.owner).imap_set_sharing("private")
        self.rows = self.rows_of_mailbox(self.entry.imap_email_id, private.imap_email_id)
        self.rows |= self.rows_of_decisions(self.entry.imap_email_id)
        self.rows |= self.rows_of_dialogs()
        self.env.flush_all()
        self.env.invalidate_all()

    def rows_of_mailbox(self, email, private):
        placements = self.env["imap.placement"].search([])
        return {
            "imap.connection": self.connection,
            "imap.folder": self.connection.folder_ids.filtered(lambda f: f.role == "inbox"),
            "imap.run": self.connection.run_ids,
            "imap.placement": email.placement_ids,
            "imap.placement of a mail that cannot be read": placements.filtered(
                lambda p: not p.email_id
            ),
            "imap.email": email,
            "imap.email that is private": private,
            "imap.share": email.share_ids,
        }

    def rows_of_decisions(self, email):
        """What people have decided, and what the sync remembers."""
        hers = {"user_id": self.owner.id}
        values = {
            "imap.conversation": {**hers, "thread_key": "<first@x>", "visibility": "private"},
            "imap.kept.choice": {**hers, "digest": "of a mail", "visibility": "private"},
            "imap.link": {
                **hers,
                "email_id": email.id,
                "model": "res.partner",
                "res_id": self.customer2.id,
                "kind": "removed",
            },
            "imap.lookup": {"email": "carla@shop.example"},
            "imap.newcomer": {"key": "of an address"},
            "imap.exclusion": {**hers, "name": "doctor@far.example"},
            "imap.exclusion of the company": {
                "user_id": False,
                "company_id": self.env.company.id,
                "name": "bank.example",
            },
            "imap.deletion": {**hers, "connection_id": self.connection.id},
        }
        return {name: self.env[name.split()[0]].create(row) for name, row in values.items()}

    def rows_of_dialogs(self):
        """What is open on Olga's screen."""
        own = self.env(user=self.owner)
        mailbox = {"connection_id": self.connection.id}
        folder = {"folder_id": self.connection.folder_ids[0].id}
        values = {
            "imap.connect": mailbox,
            "imap.backfill": {**mailbox, "folder_ids": [(0, 0, folder)]},
            "imap.why": mailbox,
            "imap.disconnect": mailbox,
            "imap.diagnostics": mailbox,
            "imap.delete": {"email_ids": self.entry.imap_email_id.ids},
            "imap.link.to": {"message_id": self.entry.id, "model": "res.partner"},
            "imap.exclusion.past": {
                "mode": "apply",
                "exclusion_id": own["imap.exclusion"].create({"name": "lawyer@far.example"}).id,
            },
        }
        rows = {name: own[name].create(row) for name, row in values.items()}
        lines = {
            "imap.backfill.person": {
                "backfill_id": rows["imap.backfill"].id,
                "name": "Xerxes",
                "email": "xerxes@far.example",
            },
            "imap.why.line": {"wizard_id": rows["imap.why"].id, **folder},
        }
        rows |= {name: own[name].sudo().create(row) for name, row in lines.items()}
        rows["imap.backfill.folder"] = rows["imap.backfill"].folder_ids
        return rows

    def as_person(self, name, person):
        return self.rows[name].with_user(getattr(self, person)).sudo(False)

    def test_rights(self):
        for name, expected in RIGHTS.items():
            self.assertEqual(len(self.rows[name]), 1, name)
            for person in PEOPLE:
                with self.subTest(f"{person}: {name}"):
                    row = self.as_person(name, person)
                    may = [
                        key for key, operation in OPERATIONS.items() if row.has_access(operation)
                    ]
                    self.assertEqual("".join(may), expected.get(person, ""))
                    self.assertEqual(self.is_found(row), "r" in may)

    @staticmethod
    def is_found(row):
        try:
            return bool(row.search([("id", "=", row.id)]))
        except AccessError:
            return False

    def test_no_model_is_left_out(self):
        models = {
            name
            for name, model in self.env.registry.items()
            if model._original_module == "mail_imap_sync" and not model._abstract
        }
        self.assertEqual(models, {name.split()[0] for name in RIGHTS})
        self.assertEqual(self.rows.keys(), RIGHTS.keys())

    def test_who_may_not_read_a_row_has_no_button_of_it(self):
        """Every public method can be called over RPC, whatever the screens show."""
        self.patch(type(self.env["imap.connection"]), "_session", self.no_session)
        pressed = 0
        for name, row in self.rows.items():
            for person in ("other_owner", "colleague", "stranger"):
                if RIGHTS[name].get(person):
                    continue
                for method in self.buttons(row):
                    with self.subTest(f"{person}: {name}, {method}"):
                        pressed += 1
                        with self.assertRaises(AccessError):
                            self.call(self.as_person(name, person), method)
        self.assertGreater(pressed, 150)

    def no_session(self):
        raise AssertionError("a mailbox was about to be connected to")

    @staticmethod
    def buttons(row):
        """Return the names of what the addon lets clients call with nothing but the row."""
        for name, method in inspect.getmembers(type(row), inspect.isfunction):
            ours = method.__module__.startswith("odoo.addons.mail_imap_sync")
            if ours and not name.startswith("_") and name not in NOT_ABOUT_THE_ROW:
                arguments = list(inspect.signature(method).parameters.values())[1:]
                if all(one.default is not one.empty for one in arguments):
                    yield name

    @staticmethod
    def call(row, method, *arguments):
        """Call a method as a browser does."""
        return call_kw(row.browse(), method, [row.ids, *arguments], {})

    def test_no_dialog_tells_of_what_its_user_may_not_read(self):
        """Related fields and names of records are worked out in superuser mode, and a client may name any row."""
        own = self.env(user=self.other_owner)
        mailbox = {"connection_id": self._connect(self.other_owner).id}
        backfill = own["imap.backfill"].create(mailbox)
        private = self.rows["imap.email that is private"]
        exclusion = self.rows["imap.exclusion"]
        folder = self.rows["imap.folder"]
        self.connection.write({"name": SECRET, "host": SECRET, "visibility": "metadata"})
        folder.path = SECRET
        exclusion.name = f"{SECRET}.example"
        private.sudo().subject = private.sudo().entry_ids.subject = SECRET
        for model, field, row, more in (
            ("imap.connect", "connection_id", self.connection, {}),
            ("imap.backfill", "connection_id", self.connection, {}),
            ("imap.why", "connection_id", self.connection, {}),
            ("imap.why", "folder_id", folder, mailbox),
            ("imap.disconnect", "connection_id", self.connection, {}),
            ("imap.diagnostics", "connection_id", self.connection, {}),
            ("imap.deletion", "connection_id", self.connection, {}),
            ("imap.backfill.folder", "folder_id", folder, {"backfill_id": backfill.id}),
            ("imap.exclusion.past", "exclusion_id", exclusion, {"mode": "apply"}),
            ("imap.link.to", "message_id", private.entry_ids, {"model": "res.partner"}),
            ("imap.delete", "email_ids", private, {}),
        ):
            dialog = own[model]
            about = row.id if dialog._fields[field].type == "many2one" else [(6, 0, row.ids)]
            values = {**more, field: about}
            every = dict.fromkeys(dialog.fields_get(), {})
            every[field] = {"fields": {"display_name": {}}}
            calls = [
                # one by one: what is refused of one field must not hide what another one tells
                *(("web_save", [[], values, {name: spec}]) for name, spec in every.items()),
                ("onchange", [[], values, [field], every]),
                ("onchange", [[], values, [], every]),
            ]
            for method, arguments in calls:
                asked = next(iter(arguments[-1])) if method == "web_save" else "all"
                with self.subTest(f"{model}, {field}, {method}: {asked}"):
                    said = self.said(dialog, method, arguments)
                    self.assertNotIn(SECRET, said)
                    self.assertNotIn("'visibility': 'metadata'", said)
                    if "folder" not in field:
                        self.assertNotRegex(said, rf"'folder_ids?': .{{0,20}}\b{folder.id}\b")

    def said(self, model, method, arguments):
        """Return what a call answers, as text; what refuses it tells nothing either."""
        try:
            with self.env.cr.savepoint():
                answer = repr(call_kw(model, method, arguments, {}))
        except (AccessError, UserError, ValueError) as refusal:
            answer = str(refusal)
        self.env.invalidate_all()
        return answer
