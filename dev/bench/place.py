"""Where things are measured: an Odoo in this process, and mailboxes on a Dovecot of our own."""

import logging
import os
import re
import ssl
import threading
import time
from contextlib import contextmanager
from pathlib import Path

from imapclient import IMAPClient

from .mails import OWNER

PASSWORD = "correct horse"


@contextmanager
def odoo(database=None):
    """An environment of the superuser, as scheduled actions have it."""
    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry
    from odoo.tools import config

    database = database or os.environ["BENCH_DATABASE"]
    config.parse_config(
        ["-c", os.environ["ODOO_CONF"], "-d", database, "--no-http"], setup_logging=False
    )
    logging.basicConfig(level=logging.ERROR)
    threading.current_thread().dbname = database
    with Registry(database).cursor() as cr:
        yield api.Environment(cr, SUPERUSER_ID, {})


def sales_person(env, login):
    """A user who may connect a mailbox, if this database knows mailboxes."""
    groups = ["base.group_user", "sales_team.group_sale_salesman", "mail_imap_sync.group_user"]
    groups = [group.id for name in groups if (group := env.ref(name, raise_if_not_found=False))]
    users = env["res.users"].with_context(no_reset_password=True)
    user = users.search([("login", "=", login)])
    return user or users.create(
        {
            "name": login,
            "login": login,
            "email": f"{login}@tea.example",
            "group_ids": [(6, 0, groups)],
        }
    )


def connect(env, login, port, ca_file=None, security="ssl", **values):
    """A new mailbox of a user of its own, connected, with its past still to be read."""
    parameters = env["ir.config_parameter"]
    parameters.set_param("mail_imap_sync.allowed_hosts", "localhost")
    if ca_file:
        parameters.set_param("mail_imap_sync.ca_file", ca_file)
    connection = env["imap.connection"].create(
        {
            "user_id": sales_person(env, login).id,
            "email": OWNER,
            "host": "localhost",
            "port": port,
            "security": security,
            "password": PASSWORD,
            "sync_since": False,
            **values,
        }
    )
    connection.action_connect()
    env.cr.commit()
    return connection


@contextmanager
def mailbox(mails):
    """A Dovecot whose only mailbox holds some mails."""
    from servers.dovecot import DovecotServer

    with DovecotServer() as server:
        server.add_user(OWNER, PASSWORD)
        for mail in mails:
            server.append(OWNER, mail.folder, mail.raw, internaldate=mail.date)
        yield server


@contextmanager
def plain_client(server):
    """IMAPClient as anybody uses it, signed in, with the inbox open."""
    context = ssl.create_default_context(cafile=server.ca_file)
    with IMAPClient("localhost", port=server.tls_port, ssl_context=context) as client:
        client.login(OWNER, PASSWORD)
        client.select_folder("INBOX", readonly=True)
        yield client


class Watch:
    """What a ``with`` block takes: seconds, seconds of our processor, SQL queries, and megabytes, by
    which our memory was larger at its peak than before.
    """

    def __enter__(self):
        self._megabytes = _memory("VmRSS")
        # from here on the kernel measures the peak anew
        Path("/proc/self/clear_refs").write_text("5")
        self._queries = _queries()
        self._begin, self._cpu = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_exception):
        self.seconds = time.perf_counter() - self._begin
        self.cpu_seconds = time.process_time() - self._cpu
        self.queries = _queries() - self._queries
        self.peak = _memory("VmHWM")
        self.megabytes = self.peak - self._megabytes


def _queries():
    from odoo import sql_db

    return sql_db.sql_counter


def _memory(name):
    status = Path("/proc/self/status").read_text()
    return int(re.search(rf"{name}:\s+(\d+) kB", status)[1]) / 1024
