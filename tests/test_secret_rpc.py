"""Nobody learns a password, not even its encrypted form, by any way that programs and screens have."""

import json
import logging

from odoo.exceptions import AccessError
from odoo.service.model import call_kw
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import MailboxCase

PASSWORD = "correct horse"

#: (model, method, arguments, keywords); ID stands for the record's id
READING = [
    ("read", [["ID"], ["secret"]], {}),
    ("web_read", [["ID"], {"secret": {}}], {}),
    ("web_save", [["ID"], {"name": "Work"}, {"secret": {}}], {}),
    ("search_read", [[]], {"fields": ["secret"]}),
    ("web_search_read", [[], {"secret": {}}], {}),
    ("export_data", [["ID"], ["secret"]], {}),
    ("copy_data", [["ID"]], {}),
    ("default_get", [["secret", "password"]], {}),
    ("onchange", [["ID"], {"name": "x"}, ["name"], {"secret": {}, "name": {}}], {}),
    ("formatted_read_group", [[], ["secret"], ["__count"]], {}),
    ("formatted_read_group", [[], [], ["secret:max"]], {}),
    ("formatted_read_group", [[], [], ["secret:array_agg"]], {}),
    ("web_read_group", [[], ["secret"], []], {}),
    ("mapped", [["ID"], "secret"], {}),
    ("get_metadata", [["ID"]], {}),
    ("fields_get", [], {}),
    ("_decrypted_secret", [["ID"]], {}),
    ("_credentials", [["ID"]], {}),
    ("_session", [["ID"]], {}),
    ("_vault", [], {}),
]
#: the same, where one answer for a right guess and another one for a wrong guess would tell a secret by and by
GUESSING = [
    ("search", [["GUESS"]], {}),
    ("search_count", [["GUESS"]], {}),
    ("search_read", [["GUESS"]], {"fields": ["name"]}),
    ("web_search_read", [["GUESS"], {"name": {}}], {}),
    ("name_search", [""], {"domain": ["GUESS"]}),
    ("formatted_read_group", [["GUESS"], ["state"], ["__count"]], {}),
    ("filtered_domain", [["ID"], ["GUESS"]], {}),
    (
        "read_progress_bar",
        [["GUESS"], "state", {"field": "state", "colors": {"connected": "green"}}],
        {},
    ),
]
#: operators by which a secret can be compared
OPERATORS = ("=", "!=", "like", "ilike", "=like", "=ilike", "not like", "in", "not in", ">", "<=")


def filled(value, **values):
    """Return the arguments of a call in which words stand for values."""
    if isinstance(value, list):
        return [filled(inner, **values) for inner in value]
    if isinstance(value, dict):
        return {key: filled(inner, **values) for key, inner in value.items()}
    return values.get(value, value) if isinstance(value, str) else value


@tagged("post_install", "-at_install")
class TestSecretOverRpc(MailboxCase):
    def setUp(self):
        super().setUp()
        self.wizard = self.env["imap.connect"].with_user(self.owner).create({"password": PASSWORD})
        self.owner.group_ids += self.env.ref("base.group_allow_export")
        self.users = self.owner, self.manager, self.env.ref("base.user_admin")
        logger = logging.getLogger("odoo.http")
        self.enterContext(mute_logger(logger.name, "odoo.orm", "odoo.models"))

    def records(self, user):
        yield self.connection.with_user(user)
        if user == self.owner:
            yield self.wizard.with_user(user)

    def call(self, record, method, arguments, keywords):
        """Return the answer to a call over RPC as text; None: it was refused."""
        try:
            with self.env.cr.savepoint():
                return json.dumps(
                    call_kw(record.browse(), method, arguments, keywords), default=str
                )
        except Exception as refusal:
            self.assertNotIn("gAAAA", str(refusal))
            return None

    def test_reading(self):
        for user in self.users:
            for record in self.records(user):
                for method, arguments, keywords in READING:
                    with self.subTest(user=user.login, model=record._name, call=method):
                        arguments = filled(arguments, ID=record.id)
                        answer = self.call(record, method, arguments, keywords)
                        if answer is not None:
                            self.assertNotIn("gAAAA", answer)
                            self.assertNotIn(PASSWORD, answer)

    def test_these_calls_would_tell(self):
        """With another column they read, and they tell a right guess from a wrong one: these tests can see."""
        record = self.connection.with_user(self.owner)
        for method, arguments, keywords in self.about_names(READING):
            answer = self.call(record, method, filled(arguments, ID=record.id), keywords)
            private = method.startswith("_") or method == "mapped"
            with self.subTest(method=method, arguments=arguments):
                self.assertEqual(answer is None, private)
        record.name = "Findable"
        for method, arguments, keywords in self.about_names(GUESSING):
            answers = {
                self.call(
                    record,
                    method,
                    *filled([arguments, keywords], ID=record.id, GUESS=["name", "=", guess]),
                )
                for guess in ("Findable", "else")
            }
            with self.subTest(method=method):
                private = method == "filtered_domain"
                self.assertEqual(answers == {None}, private)
                self.assertEqual(len(answers), 1 if private else 2)

    @staticmethod
    def about_names(calls):
        return json.loads(json.dumps(calls).replace('"secret', '"name'))

    def test_guessing(self):
        """An answer that depends on the guess would be an oracle: refused, or the same whatever is guessed."""
        for user in self.users:
            for record in self.records(user):
                token = record.sudo().secret
                for operator in OPERATORS:
                    right, wrong = (token, "x") if "like" not in operator else ("gAAAA%", "x%")
                    if "in" in operator.split():
                        right, wrong = [right], [wrong]
                    for method, arguments, keywords in GUESSING:
                        with self.subTest(user=user.login, call=method, operator=operator):
                            self.assert_no_oracle(
                                record, method, arguments, keywords, operator, right, wrong
                            )

    def assert_no_oracle(self, record, method, arguments, keywords, operator, *guesses):
        answers = set()
        for guess in guesses:
            words = {"ID": record.id, "GUESS": ["secret", operator, guess]}
            answers.add(
                self.call(record, method, filled(arguments, **words), filled(keywords, **words))
            )
        self.assertEqual(answers, {None})

    def test_sorting(self):
        for user in self.users:
            for order in ("secret", "secret desc", "id, secret"):
                for method, arguments in (
                    ("search", [[]]),
                    ("search_read", [[], ["name"]]),
                    ("web_search_read", [[], {"name": {}}]),
                ):
                    with self.subTest(user=user.login, method=method, order=order):
                        record = self.connection.with_user(user)
                        answer = self.call(record, method, arguments, {"order": order})
                        self.assertIsNone(answer)

    def test_from_other_records(self):
        """Through a folder, the wizard, or whatever else leads to a mailbox."""
        folder = self.connection.folder_ids[0]
        self.wizard.connection_id = self.connection
        roads = (
            (folder, "connection_id.secret", "connection_id/secret"),
            (self.wizard, "connection_id.secret", "connection_id/secret"),
            (self.wizard, "folder_ids.connection_id.secret", "folder_ids/connection_id/secret"),
        )
        for record, path, column in roads:
            record = record.with_user(self.owner)
            domain = [[path, "like", "gAAAA"]]
            group = [path, "__count"]
            spec = {"connection_id": {"fields": {"secret": {}}}}
            for method, arguments in (
                ("search_count", [domain]),
                ("filtered_domain", [[record.id], domain]),
                ("export_data", [[record.id], [column]]),
                ("formatted_read_group", [[], group[:1], group[1:]]),
                ("web_read", [[record.id], spec]),
                ("search_read", [[], ["id", path]]),
            ):
                with self.subTest(model=record._name, call=method, path=path):
                    answer = self.call(record, method, arguments, {})
                    self.assertNotIn("gAAAA", answer or "")
                    if "search" in method or "domain" in method:
                        self.assertIsNone(answer)

    def test_a_form_gets_no_password_back(self):
        for user in self.users[:2]:
            with Form(self.connection.with_user(user)) as form:
                form.password = "another"
            self.assertFalse(form.password)
        values = {"email": "olga@tea.example", "password": "another"}
        spec = {name: {} for name in ("email", "password", "host", "has_password")}
        answer = self.call(
            self.env["imap.connect"].with_user(self.owner),
            "onchange",
            [[], values, ["password"], spec],
            {},
        )
        self.assertNotIn("another", answer)

    def test_a_template_or_an_automation_of_a_user_reads_nothing(self):
        """What people may write who are no administrators runs with their own rights."""
        connection = self.connection.with_user(self.owner)
        with self.assertRaises(AccessError):
            _ = connection.secret
        self.assertFalse(connection.password)
        self.assertEqual(self.connection._decrypted_secret(), PASSWORD)

    def test_writing_the_encrypted_form_is_refused(self):
        """Else a token could be moved to a mailbox whose server its thief chooses."""
        token = self.connection.sudo().secret
        for user in self.users:
            for record in self.records(user):
                for method, arguments in (
                    ("write", [[record.id], {"secret": token}]),
                    ("web_save", [[record.id], {"secret": token}, {}]),
                    ("create", [{"email": "x@tea.example", "host": "h.example", "secret": token}]),
                    ("load", [["email", "host", "secret"], [["x@tea.example", "h", token]]]),
                ):
                    with self.subTest(user=user.login, model=record._name, call=method):
                        answer = self.call(record, method, arguments, {})
                        if method == "load":
                            self.assertFalse(answer and json.loads(answer)["ids"])
                        else:
                            self.assertIsNone(answer)
