"""python -m screenshots CAMERA_PYTHON FOLDER: run a demo and let the camera look at it."""

import json
import os
import subprocess
import sys
from datetime import datetime, timezone
from pathlib import Path

from demo import sample, server
from demo.mailbox import LOGIN, PASSWORD
from demo.sample.people import FELIX, STAFF
from servers.dovecot import DovecotServer

HOST = "imap.kestreltea.example"


def main(camera_python, target):
    folder = Path(os.environ["DEMO_FOLDER"])
    folder.mkdir(parents=True)
    now = datetime.now(timezone.utc)
    with DovecotServer(hosts=("localhost", "127.0.0.1", HOST)) as mail_server:
        os.environ["SCREENSHOT_IMAP_PORT"] = str(mail_server.tls_port)
        built = sample.build(now)
        _fill(mail_server, built)
        access = {
            "host": "localhost",
            "port": mail_server.tls_port,
            "ca_file": mail_server.ca_file,
            "login": LOGIN,
            "password": PASSWORD,
        }
        parameters = {"access": access, "built_at": now.isoformat(), "others": 0}
        if not server.run_inside("prepare", parameters):
            return 1
        log_file = folder / "odoo.log"
        with server.serve(log_file) as (url, _process):
            plan = {"url": url, "host": HOST, "password": PASSWORD, "target": target}
            script = Path(__file__).parent / "camera.py"
            return subprocess.run([camera_python, script, json.dumps(plan)], check=False).returncode


def _fill(mail_server, built):
    """Mailboxes as in the demo; those of other colleagues hold what they wrote or got."""
    for person in STAFF:
        mail_server.add_user(person.email, PASSWORD)
        mailbox = mail_server.mailbox(person.email)
        for name in sample.FOLDERS:
            if name not in mailbox.folders():
                mailbox.create_folder(name)
        own = {LOGIN: built.mails, FELIX.email: built.felix}.get(person.email)
        for mail in own or built.mails:
            header = mail.raw.partition(b"\r\n\r\n")[0].lower()
            if own:
                mailbox.append(mail.folder, mail.raw, mail.flags, mail.date)
            elif person.email.encode() in header:
                mailbox.append("INBOX", mail.raw, mail.flags, mail.date)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
