"""A full run in a real Odoo that logs everything: no secret is in its log, its answers, or a dump of its database."""

import json
import os
import re
import time
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import requests
from cryptography.fernet import Fernet

from odoo.tests import BaseCase, tagged
from odoo.tools import config

from .fake_server import ago, mail
from .secret_forms import found_in
from .servers.certificates import LOOPBACK_HOSTS
from .servers.dovecot import DovecotServer
from .servers.odoo_server import OdooServer
from .servers.odoo_workers import PATIENCE, OdooWorkers, copied_database, dump, run_query
from .servers.sign_in_pages import CLIENT, SignInPages

OLGA, OTTO, CARLA = "olga@tea.example", "otto@tea.example", "carla@shop.example"
#: with characters that are written in other ways in URLs, JSON, and commands of IMAP
PASSWORD = 'tr0ub4dor+&3 "stäple"/7'
WRONG_PASSWORD = 'wr0ng+&4 "stäple"/8'
MICROSOFT = "outlook.office365.com"
HERE = Path(__file__).parent


class Browser:
    """Somebody who is signed in to Odoo, over HTTP. Keeps every answer."""

    def __init__(self, server, database, login, password):
        self._server = server
        self._session = requests.Session()
        self.answers = []
        who = {"db": database, "login": login, "password": password}
        self.rpc("/web/session/authenticate", **who)

    def rpc(self, path, **params):
        """Return the result of a call; the error, if it failed."""
        body = {"jsonrpc": "2.0", "method": "call", "params": params}
        answer = self._session.post(self._server.url + path, json=body, timeout=120)
        self.answers.append(answer.content)
        return answer.json().get("result", answer.json().get("error"))

    def call(self, model, method, *args, **kwargs):
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        return self.rpc(f"/web/dataset/call_kw/{model}/{method}", **params)

    def button(self, model, name, number):
        params = {"model": model, "method": name, "args": [[number]], "kwargs": {}}
        return self.rpc(f"/web/dataset/call_button/{model}/{name}", **params)

    def come_back(self, url):
        """Follow a link to Odoo, wherever it thinks that it is."""
        _scheme, _place, path, query, _fragment = urlsplit(url)
        url = f"{self._server.url}{path}?{query}"
        answer = self._session.get(url, timeout=120, allow_redirects=False)
        self.answers.append(answer.content)
        return answer


@tagged("post_install", "-at_install")
class TestSecretsNowhere(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.source = cls.enterClassContext(copied_database(config["db_name"][0]))

    def setUp(self):
        super().setUp()
        self.key = Fernet.generate_key().decode()
        self.pages = self.enterContext(SignInPages())
        # less than a run needs to have left: each run asks for another
        self.pages.lifetime = 60
        self.mail_server = self.enterContext(
            DovecotServer(
                hosts=(*LOOPBACK_HOSTS, MICROSOFT), introspection=self.pages.url("introspect")
            )
        )
        for login in (OLGA, OTTO):
            self.mail_server.add_user(login, PASSWORD)
            raw = mail(CARLA, login, f"For {login}")
            self.mail_server.append(login, "INBOX", raw, internaldate=ago(days=1))
        self.workers = self.enterContext(OdooWorkers(self.source))
        parameters = {
            "mail_imap_sync.allowed_hosts": f"localhost,{MICROSOFT}",
            "mail_imap_sync.ca_file": self.mail_server.ca_file,
            "microsoft_outlook.endpoint": self.pages.url("microsoft/"),
            **{f"microsoft_outlook_{name}": value for name, value in CLIENT.items()},
        }
        self.workers.do(
            "prepare_people",
            people={OLGA: "signs in as olga", OTTO: "signs in as otto"},
            contacts=[CARLA],
            parameters=parameters,
        )
        self.database = self.workers.database

    def server(self):
        variables = {
            "ODOO_LOG_HANDLER": ":DEBUG",
            # what is logged into the database is in its dump
            "ODOO_LOG_DB": "%d",
            "ODOO_LOG_DB_LEVEL": "info",
            "ODOO_IMAP_SYNC_KEY": self.key,
            "PYTHONPATH": os.pathsep.join(
                [str(HERE / "servers/names"), os.environ.get("PYTHONPATH", "")]
            ),
            "TEST_HOSTS": json.dumps({MICROSOFT: self.mail_server.tls_port}),
        }
        return OdooServer(self.database, **variables)

    def test_full_run(self):
        with self.server() as server:
            server.wait_for_http()
            olga = Browser(server, self.database, OLGA, "signs in as olga")
            otto = Browser(server, self.database, OTTO, "signs in as otto")
            self.by_password(olga)
            self.by_token(otto)
            self.with_a_traceback(olga)
            log = server.log()
        self.check_that_it_was_a_full_run(log)
        secrets = [PASSWORD, WRONG_PASSWORD, *self.pages.given, CLIENT["client_secret"], self.key]
        with self.subTest("log"):
            self.assertEqual(found_in(log.encode(), secrets), [])
        with self.subTest("answers"):
            answers = b"\n".join(olga.answers + otto.answers)
            self.assertEqual(found_in(answers, secrets), [])
        # whose fields are core's own, which keeps it as it is
        secrets.remove(CLIENT["client_secret"])
        with self.subTest("dump"):
            written = dump(self.database)
            self.assertIn(f"For {OLGA}".encode(), written)
            self.assertEqual(found_in(written, secrets), [])

    def by_password(self, browser):
        wizard = browser.call("imap.connect", "create", {"email": OLGA})
        self.type_password(browser, wizard, WRONG_PASSWORD)
        browser.button("imap.connect", "action_sign_in", wizard)
        (row,) = browser.call("imap.connect", "read", [wizard], ["error_field", "step"])
        self.assertEqual((row["error_field"], row["step"]), ("password", "account"))
        self.type_password(browser, wizard, PASSWORD)
        browser.button("imap.connect", "action_sign_in", wizard)
        (row,) = browser.call("imap.connect", "read", [wizard], ["step", "connection_id"])
        self.assertEqual(row["step"], "folders")
        browser.button("imap.connect", "action_start", wizard)
        self.mailbox = row["connection_id"][0]
        self.sync(browser, self.mailbox, "connected")
        # and once more with a wrong one, from the form of the mailbox
        spec = {"email": {}, "password": {}, "has_password": {}}
        browser.call(
            "imap.connection", "web_save", [self.mailbox], {"password": WRONG_PASSWORD}, spec
        )
        self.sync(browser, self.mailbox, "error")
        browser.call("imap.connection", "web_save", [self.mailbox], {"password": PASSWORD}, spec)
        self.sync(browser, self.mailbox, "connected")

    def type_password(self, browser, wizard, password):
        """As a form does: first what follows from it, then saving it."""
        spec = {name: {} for name in ("email", "host", "port", "security", "login", "password")}
        values = {
            "host": "localhost",
            "port": self.mail_server.tls_port,
            "security": "ssl",
            "login": OLGA,
            "password": password,
        }
        browser.call("imap.connect", "onchange", [wizard], values, ["password"], spec)
        browser.call("imap.connect", "web_save", [wizard], values, spec)

    def by_token(self, browser):
        self.pages.account = OTTO
        wizard = browser.call("imap.connect", "create", {"email": OTTO})
        action = browser.button("imap.connect", "action_sign_in_at_microsoft", wizard)
        page = requests.get(action["url"], timeout=10).text
        browser.come_back(unescape(re.search(r'href="([^"]+)"', page)[1]))
        (row,) = browser.call("imap.connect", "read", [wizard], ["step", "connection_id"])
        self.assertEqual(row["step"], "folders")
        browser.button("imap.connect", "action_start", wizard)
        mailbox = row["connection_id"][0]
        self.sync(browser, mailbox, "connected")
        self.pages.withdraw(OTTO)
        self.sync(browser, mailbox, "error")

    def with_a_traceback(self, browser):
        """Something breaks that nobody foresaw, while the password is in use."""
        run_query(self.database, "ALTER TABLE imap_folder RENAME COLUMN uidnext TO away")
        self.sync_now(
            browser,
            self.mailbox,
            lambda said: "Traceback" in said.get("data", {}).get("debug", ""),
        )

    def sync(self, browser, mailbox, state):
        """Sync a mailbox until it is in a state."""

        def is_there(_said):
            (row,) = browser.call("imap.connection", "read", [mailbox], ["state"])
            return row["state"] == state

        self.sync_now(browser, mailbox, is_there)

    def sync_now(self, browser, mailbox, is_done):
        """Click again until it is done: while the scheduled action is at the mailbox, it is left alone."""
        deadline = time.monotonic() + PATIENCE
        while not is_done(browser.button("imap.connection", "action_sync_now", mailbox) or {}):
            self.assertLess(time.monotonic(), deadline)

    def check_that_it_was_a_full_run(self, log):
        """Else not finding anything would prove nothing."""
        for words in (
            "DEBUG",
            "odoo.sql_db: ",
            "call imap.connect(",
            "web_save({",
            "'password': '***'",
            "login_refused",
            "consent_withdrawn",
            # of the sign-in page, in the address that the browser came back to
            "code=***",
            "Traceback (most recent call last)",
        ):
            self.assertIn(words, log)
        logged = run_query(self.database, "SELECT count(*) FROM ir_logging")
        self.assertTrue(logged[0][0], "the log is in the database too")
        tokens = run_query(self.database, "SELECT secret FROM imap_connection ORDER BY id")
        self.assertTrue(all(token.startswith("gAAAA") for (token,) in tokens[:1]))
