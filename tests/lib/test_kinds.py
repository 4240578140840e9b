"""What a mail is, by its header: every form that programs give it."""

import pytest

from lib.headers import read_header_facts

REPORT = b"Content-Type: multipart/report; report-type="

#: name -> (header, which of bulk, automated, bounce it is)
KINDS = {
    "person": (b"From: a@x.com", ""),
    "list": (b"List-Id: <l.x.com>", "bulk"),
    "newsletter": (b"List-Unsubscribe: <https://x.com>", "bulk"),
    "list that takes answers": (b"List-Post: <mailto:l@x.com>", "bulk"),
    "precedence": (b"Precedence: Bulk", "bulk"),
    "first class": (b"Precedence: first-class", ""),
    "feedback": (b"Feedback-ID: a:b", "bulk"),
    "vacation": (b"Auto-Submitted: auto-replied (vacation)", "automated"),
    "not automated": (b"Auto-Submitted: no; comment", ""),
    "old absence notice": (b"X-Autoreply: yes", "automated"),
    "another": (b"X-Autorespond: Away", "automated"),
    "and another": (b"Precedence: auto_reply", "automated"),
    "absence notice from nobody": (
        b"Return-Path: <>\nAuto-Submitted: auto-replied\nFrom: a@x.com", "automated",
    ),
    "suppress": (b"X-Auto-Response-Suppress: All", "automated"),
    "suppress answers": (b"X-Auto-Response-Suppress: DR, OOF, AutoReply", "automated"),
    "suppress absence notices": (b"X-Auto-Response-Suppress: OOF", ""),
    "suppress nothing": (b"X-Auto-Response-Suppress: None", ""),
    "no sender": (b"Return-Path: <>", "automated"),
    "delivery report": (REPORT + b"delivery-status; boundary=b", "automated bounce"),
    "folded, in quotes": (
        b"Content-Type: Multipart/Report;\n\tboundary=b;\n\treport-type=\"Delivery-Status\"",
        "automated bounce",
    ),
    "international delivery report": (REPORT + b"global-delivery-status", "automated bounce"),
    "receipt": (REPORT + b"disposition-notification", "automated"),
    "report of abuse": (REPORT + b"feedback-report", "automated"),
    "report of nothing": (b"From: a@x.com\nContent-Type: multipart/report", "automated"),
    "failed recipients": (b"X-Failed-Recipients: b@y.com", "automated bounce"),
    "daemon": (b"From: MAILER-DAEMON@x.com", "automated bounce"),
    "daemon, with a name": (b"From: Mail Delivery <mail-daemon@x.com>", "automated bounce"),
    "postmaster": (b"From: postmaster@x.com", "automated"),
    "no-reply": (b"From: Shop <No-Reply@x.com>", "automated"),
    "no-reply with more": (b"From: noreply-123@x.com", "automated"),
    "do not reply": (b"Sender: donotreply@x.com", "automated"),
    "Norbert": (b"From: norbert@x.com", ""),
    "Nora Reply": (b"From: nora.reply@x.com", ""),
    "writes about bounces": (b"From: a@x.com\nSubject: Undeliverable", ""),
    "postmaster, in words": (b"From: postmaster@x.com\nSubject: Undeliverable: Offer", "automated bounce"),
    "postmaster, status": (
        b"From: <Postmaster@x.com>\nSubject: Delivery Status Notification (Failure)",
        "automated bounce",
    ),
    "postmaster, encoded words": (
        b"From: postmaster@x.com\nSubject: =?utf-8?B?RGVsaXZlcnkgZmFpbHVyZQ==?=", "automated bounce",
    ),
    "postmaster about something else": (b"From: postmaster@x.com\nSubject: Your delivery", "automated"),
    "nobody, in words": (b"From: Postmaster <>\nSubject: Undeliverable: a@x.com", "automated bounce"),
    "report without a type": (
        b"From: postmaster@x.com\nContent-Type: multipart/report; boundary=b", "automated bounce",
    ),
    "delivery system": (b"From: Mail.Delivery.System@x.com", "automated bounce"),
    "nobody": (b"Subject: Hello", ""),
    "to nobody, in words": (
        b"From: imss@x.com\nReturn-Path: <MAILER-DAEMON@y.com>\nSubject: Mail could not be delivered",
        "automated bounce",
    ),
    "to nobody": (b"From: a@x.com\nReturn-Path: <MAILER-DAEMON>", "automated"),
    "MDaemon": (b"From: MDaemon@x.com", "automated bounce"),
}  # fmt: skip


@pytest.mark.parametrize(("header", "kinds"), KINDS.values(), ids=KINDS)
def test_kind(header, kinds):
    facts = read_header_facts(header, None)
    found = [name for name in ("bulk", "automated", "bounce") if getattr(facts, name)]
    assert " ".join(found) == kinds


def test_whom_it_was_not_delivered_to():
    facts = read_header_facts(b"X-Failed-Recipients: B@y.com,\n c@z.com", None)
    assert [one.email for one in facts.failed] == ["b@y.com", "c@z.com"]
    assert set(facts.failed) <= set(facts.everyone())


@pytest.mark.parametrize(
    ("value", "identifier"),
    [
        (b"Sales team <Sales.corp.com>", "sales.corp.com"),
        (b"sales.corp.com", "sales.corp.com"),
        (b"", ""),
    ],
)
def test_list_id(value, identifier):
    assert read_header_facts(b"List-Id: " + value, None).list_id == identifier
