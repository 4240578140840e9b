"""``make demo``: sample mailbox, database, sync, summary, and Odoo until Ctrl-C."""

import os
import subprocess
import sys
from datetime import datetime, timezone

from . import sample, server
from .ending import end_cleanly
from .mailbox import LOGIN, PASSWORD, SPARE_LOGIN, SampleMailbox
from .place import Place
from .users import USERS


def main():
    end_cleanly()
    place = Place.from_environment()
    fresh = _prepare_database(place)
    built_at = datetime.now(timezone.utc) if fresh else place.built_at()
    built = sample.build(built_at)
    with SampleMailbox.serve(place) as mailbox:
        if fresh:
            say(f"Mailbox: {len(built.mails)} mails in {len(sample.FOLDERS)} folders")
            mailbox.fill(built)
        landed = _sync(mailbox, built)
        if landed:
            place.remember(built_at)
        else:
            place.distrust()
            say("FAILED: the next run makes mailbox and database anew")
        if os.environ.get("ONCE"):
            if landed:
                say("To see it in a browser: make demo")
            return 0 if landed else 1
        return _serve(place, mailbox)


def _prepare_database(place):
    """Make or update the database; return whether the mailbox has to be made as well."""
    reason = place.reason_to_begin_anew()
    if not reason and not _database_exists():
        reason = "its database is gone"
    if reason:
        say(f"Demo: making it anew ({reason})")
        place.forget()
        _make_database("fresh")
    elif place.addon_has_changed():
        _make_database("update")
    else:
        say("Database: that of the last run, the addon is unchanged")
    return bool(reason)


def _database_exists():
    query = f"SELECT 1 FROM pg_database WHERE datname = '{os.environ['DEMO_DATABASE']}'"
    command = ["psql", "-XAtc", query, "postgres"]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    return answer.stdout.strip() == "1"


def _make_database(how):
    script = os.path.join(os.environ["CHECKOUT"], "dev", "database.sh")
    subprocess.run([script, how, "demo"], check=True)


def _sync(mailbox, built):
    """Connect and sync; return whether everything came to what it should."""
    say(f"Mailbox: {LOGIN} on localhost, port {mailbox.port} (SSL/TLS); connecting and syncing it")
    before = mailbox.content()
    landed = server.run_inside(
        "prepare",
        {
            "access": mailbox.access(),
            "built_at": built.now.isoformat(),
            "others": mailbox.count_of_others(built),
        },
    )
    changed = [
        folder for folder, messages in mailbox.content().items() if messages != before[folder]
    ]
    writing = mailbox.writing_commands()
    if changed or writing:
        say(f"NOT AS EXPECTED: the server was changed: {changed or writing}")
        return False
    say("On the server: nothing was changed, no mail was marked as read")
    return landed


def _serve(place, mailbox):
    """Run Odoo until Ctrl-C; return what the demo's exit status is to be."""
    say("Odoo: starting")
    with server.serve(place.odoo_log) as (url, process):
        _print_welcome(url, place, mailbox)
        try:
            process.wait()
        except KeyboardInterrupt:
            say("Stopping")
            return 0
        say(f"FAILED: Odoo has ended with status {process.returncode}, see {place.odoo_log}")
        return 1


def _print_welcome(url, place, mailbox):
    users = "\n".join(f"    {user.login:<10}{user.password:<10}{user.who}" for user in USERS)
    print(
        f"""
  Odoo is ready: {url}

    Login     Password
{users}

  To look at           Contacts > Amélie Laurent; as clara: My Preferences > Mailboxes
  Who sees what        Contacts > Noémie Faure, as felix and as clara: he shares subjects only
  A new mail           make demo-mail (in the chatter within minutes, or at once with Sync now)
  A mailbox to connect {SPARE_LOGIN}, password "{PASSWORD}"; under Change:
                       server localhost, port {mailbox.port}, SSL/TLS
  Odoo's log           {place.odoo_log}

  Ctrl-C stops everything.
""",
        flush=True,
    )


def say(text):
    """One plain line, as the scripts around us print them."""
    print(f"==> {text}", flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
