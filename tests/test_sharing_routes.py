"""The same over HTTP: what a browser can ask, for the people from whom mail is kept."""

import json

from odoo.http import Request
from odoo.tests import HttpCase, JsonRpcException, new_test_user, tagged
from odoo.tools import mute_logger

from .sharing_common import SECRET_FILE, SECRET_TEXT, SUBJECT, SharingCase


@tagged("post_install", "-at_install")
class TestRoutes(HttpCase, SharingCase):
    def setUp(self):
        super().setUp()
        self.entry = self.deliver()
        self.file = self.entry.attachment_ids
        portal = new_test_user(self.env, "percy", name="Percy", groups="base.group_portal")
        author = new_test_user(self.env, "carla", name="Carla", groups="base.group_portal")
        # the author of the mail has an account in the portal
        self.env.cr.execute(
            "UPDATE res_users SET partner_id = %s WHERE id = %s", (self.customer.id, author.id)
        )
        self.env.invalidate_all()
        self.people = [*self.others, portal, author, None]
        self.some_people = [self.colleague, self.administrator, author]

    def sign_in(self, user):
        if user is None:
            self.authenticate(None, None)
        else:
            self.authenticate(user.login, user.login + "x" * (8 - len(user.login)))

    def ask(self, route, **params):
        """Return all that a route answers, as text."""
        with mute_logger("odoo.http"):
            try:
                return json.dumps(self.make_jsonrpc_request(route, params))
            except JsonRpcException as error:
                return str(error)

    def get(self, path):
        with mute_logger("odoo.http"):
            response = self.url_open(path, allow_redirects=False)
        return response.text

    def post(self, path, **data):
        with mute_logger("odoo.http"):
            return self.url_open(path, data={**data, "csrf_token": Request.csrf_token(self)}).text

    def answers(self):
        """Yield what every route that has to do with messages or files answers, by its name."""
        entry, file = self.entry.id, self.file.id
        thread = {"thread_model": "res.partner", "thread_id": self.customer.id}
        for term in (None, SECRET_TEXT, "figures"):
            fetch = {"search_term": term} if term else {}
            yield "messages", self.ask("/mail/thread/messages", **thread, fetch_params=fetch)
        yield "around", self.ask("/mail/thread/messages", **thread, fetch_params={"around": entry})
        for box in ("inbox", "history", "starred"):
            for term in (None, SECRET_TEXT, "figures"):
                fetch = {"search_term": term} if term else {}
                yield box, self.ask(f"/mail/{box}/messages", fetch_params=fetch)
        yield "counters", self.ask("/mail/data", fetch_params=["init_messaging", "failures"])
        yield (
            "data",
            self.ask(
                "/mail/data",
                fetch_params=[
                    [
                        "mail.thread",
                        {
                            **thread,
                            "request_list": ["followers", "attachments", "suggestedRecipients"],
                        },
                    ]
                ],
            ),
        )
        yield "translate", self.ask("/mail/message/translate", message_id=entry)
        yield "preview", self.ask("/mail/link_preview", message_id=entry)
        for action in ("add", "remove"):
            reaction = {"message_id": entry, "content": "👍", "action": action}
            yield "reaction", self.ask("/mail/message/reaction", **reaction)
        yield (
            "edit",
            self.ask(
                "/mail/message/update_content", message_id=entry, update_data={"body": "mine"}
            ),
        )
        yield "recipients", self.ask("/mail/thread/recipients", **thread, message_id=entry)
        yield "delete file", self.ask("/mail/attachment/delete", attachment_id=file)
        for method, args in (
            ("read", [[entry]]),
            ("read", [[entry], ["body", "subject"]]),
            ("search_read", [[["id", "=", entry]]]),
            ("search_read", [[["body", "ilike", SECRET_TEXT]]]),
            ("web_search_read", [[["subject", "!=", False]], {"body": {}, "subject": {}}]),
            ("formatted_read_group", [[], ["subject"], ["__count"]]),
            ("toggle_message_starred", [[entry]]),
            ("imap_sharing_options", [[entry]]),
        ):
            yield (
                method,
                self.ask(
                    "/web/dataset/call_kw",
                    model="mail.message",
                    method=method,
                    args=args,
                    kwargs={},
                ),
            )
        yield (
            "partner",
            self.ask(
                "/web/dataset/call_kw",
                model="res.partner",
                method="web_read",
                args=[self.customer.ids],
                kwargs={
                    "specification": {
                        "message_ids": {"fields": {"body": {}}},
                        "imap_email_ids": {"fields": {"subject": {}}},
                    }
                },
            ),
        )
        yield (
            "files",
            self.ask(
                "/web/dataset/call_kw",
                model="ir.attachment",
                method="web_search_read",
                args=[[["name", "ilike", "figures"]], {"name": {}, "datas": {}}],
                kwargs={},
            ),
        )
        for path in (
            f"/web/content/{file}",
            f"/web/content/{file}?download=1",
            f"/web/content/{file}?access_token={self.token}",
            f"/web/content/ir.attachment/{file}/raw?access_token={self.token}",
            f"/web/content/{file}?access_token={self.file.sudo().access_token}",
            f"/web/image/{file}",
            f"/web/image/{file}?access_token={self.token}",
            f"/mail/attachment/pdf_first_page/{file}?access_token={self.ownership}",
            f"/mail/message/{entry}",
            f"/mail/view?message_id={entry}",
            f"/web/content/mail.message/{entry}/body",
        ):
            yield path, self.get(path)
        yield "zip", self.post("/mail/attachment/zip", file_ids=str(file), zip_name="all.zip")
        export = {
            "model": "mail.message",
            "ids": [entry],
            "domain": [],
            "fields": [{"name": "body", "label": "Body", "type": "html"}],
            "import_compat": False,
            "groupby": [],
        }
        yield "export", self.post("/web/export/csv", data=json.dumps(export))

    def test_what_a_browser_can_ask(self):
        self.token = self.file.with_user(self.owner)._get_raw_access_token()
        self.ownership = self.file.with_user(self.owner)._get_ownership_token()
        self.file.generate_access_token()
        self.entry.starred_partner_ids = self.colleague.partner_id
        for level in ("private", "metadata", "subject"):
            self.share(level)
            for user in self.people if level == "private" else self.some_people:
                self.sign_in(user)
                for name, answer in self.answers():
                    who = (level, user and user.login, name)
                    self.assertNotIn(SECRET_TEXT, answer, who)
                    self.assertNotIn(SECRET_FILE.decode(), answer, who)
                    self.assertNotIn("figures.csv", answer, who)
                    if level != "subject" or not user or user.share:
                        self.assertNotIn(SUBJECT, answer, who)
        self.env.invalidate_all()
        self.assertTrue(self.file.exists())
        self.assertIn(SECRET_TEXT, self.entry.body)
        self.assertFalse(self.entry.reaction_ids)

    def test_these_questions_would_find_it(self):
        """The owner gets from the same routes what the others must not get."""
        self.token = self.file.with_user(self.owner)._get_raw_access_token()
        self.ownership = self.file.with_user(self.owner)._get_ownership_token()
        self.share("private")
        self.sign_in(self.owner)
        found = {name for name, answer in self.answers() if SECRET_TEXT in answer}
        self.assertLessEqual({"messages", "around", "read", "search_read", "partner"}, found)
        found = {name for name, answer in self.answers() if SECRET_FILE.decode() in answer}
        self.assertIn(f"/web/content/{self.file.id}", found)
