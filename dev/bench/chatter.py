"""Opening a chatter with thousands of synced mails, beside the same chatter in an Odoo without the
addon.
"""

import json
import os
import random
import statistics
import subprocess
import sys
from datetime import datetime, timedelta

from . import sizes
from .figures import Figure
from .place import Watch, odoo, sales_person

ROUNDS = 40
GOAL = 1.3
_TEXT = "<p>We have added two samples from the new harvest.</p>" * 20


def measure():
    """Measure both databases in turn, each in a process of its own, and take the medians."""
    ours, plain = [], []
    for _turn in range(2):
        ours.append(_in_a_process("BENCH_DATABASE"))
        plain.append(_in_a_process("BENCH_PLAIN_DATABASE"))
    best = {
        name: (min(one[name] for one in ours), min(one[name] for one in plain)) for name in ours[0]
    }
    return [_figure(f"{name}, {sizes.CHATTER:,} mails", *best[name]) for name in best]


def _figure(name, ours, plain):
    return Figure(
        name,
        ours,
        plain,
        "ms",
        f"{GOAL} times the chatter without",
        ours <= GOAL * plain,
        {"times the chatter without": round(ours / plain, 2)},
    )


def _in_a_process(database):
    done = subprocess.run(
        [sys.executable, "-m", "bench.chatter", os.environ[database]],
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def medians(database):
    """Milliseconds for opening the chatter and for its pages of older messages."""
    with odoo(database) as env:
        partner = env["res.partner"].search([("name", "=", "Chatter")]) or _fill(env)
        env.cr.commit()
        reader = sales_person(env, "reader")
        thread = partner.with_user(reader)
        opening = [_load(thread) for _ in range(ROUNDS)]
        older, before = [], None
        for _ in range(ROUNDS):
            milliseconds, ids = _load(thread, before=before)
            before = ids[-1]
            older.append(milliseconds)
        return {
            "opening a chatter": statistics.median(ms for ms, _ids in opening),
            "older messages of a chatter": statistics.median(older),
        }


def _load(thread, **fetch_params):
    """What the route /mail/thread/messages does; return milliseconds and the messages' ids."""
    from odoo.addons.mail.tools.discuss import Store

    model = thread.env["mail.message"]
    model.env.invalidate_all()
    with Watch() as watch:
        result = model._message_fetch(domain=None, thread=thread, **fetch_params)
        messages = result.pop("messages")
        messages.set_message_done()
        Store().add(messages).get_result()
    if len(messages) != 30:
        raise RuntimeError(f"{len(messages)} messages")
    return watch.seconds * 1000, messages.ids


def _fill(env):
    """A contact with thousands of mails, stored in another order than they were written in."""
    partner = env["res.partner"].create({"name": "Chatter", "email": "chatter@shop.example"})
    numbers = list(range(sizes.CHATTER))
    random.Random(1).shuffle(numbers)
    messages = [_message(partner, number) for number in numbers]
    if "imap.email" in env:
        _sync(env, messages)
    env["mail.message"].create(messages)
    # as autovacuum does within a minute
    env.cr.commit()
    env.cr.execute("ANALYZE mail_message")
    return partner


def _message(partner, number):
    return {
        "model": partner._name,
        "res_id": partner.id,
        "author_id": partner.id,
        "email_from": partner.email,
        "reply_to": partner.email,
        "message_type": "email",
        "subtype_id": partner.env.ref("mail.mt_note").id,
        "is_internal": True,
        "subject": f"Mail {number}",
        "message_id": f"<chatter{number}@shop.example>",
        "date": datetime(2024, 6, 1) - timedelta(minutes=number),
        "body": _TEXT,
    }


def _sync(env, messages):
    """Turn messages into entries of synced mails."""
    emails = env["imap.email"].create(
        [
            {
                "message_id": message["message_id"],
                "digest": message["message_id"],
                "subject": message["subject"],
                "date": message["date"],
                "direction": "in",
            }
            for message in messages
        ]
    )
    for message, email in zip(messages, emails, strict=True):
        message["imap_email_id"] = email.id
        message["subtype_id"] = env.ref("mail_imap_sync.mt_email").id
    env["imap.share"].create(
        [{"email_id": email.id, "kept_visibility": "everything"} for email in emails]
    )
    env["imap.email"]._register_entry_models({"res.partner"})


if __name__ == "__main__":
    print(json.dumps(medians(sys.argv[1])))
