"""Who becomes a contact, as a table: who wrote to whom, by which policy -> who is made one."""

from datetime import datetime, timezone

import pytest

from lib.headers import read_header_facts
from lib.match import MatchContext, Outcome, Reason, match
from lib.newcomers import MOST_PEOPLE, Creation, Policy, is_deliverable

OWNER, COLLEAGUE, ANNA = "me@corp.com", "colleague@corp.com", "anna@client.com"
LEAD = ("crm.lead", 7)
CONTEXT = {
    "own": frozenset({OWNER}),
    "staff": frozenset({COLLEAGUE}),
    "excluded_domains": frozenset({"bank.com"}),
    "contacts": {ANNA: 1, "k@bücher.example": 4},
    "known": {"<offer@corp.com>": (LEAD,)},
}
NEW, OTHER = "nina@new.com", "olaf@new.com"
SENT, ALL = Policy.SENT, Policy.ALL
IN, OUT = {"From": NEW, "To": OWNER}, {"From": OWNER, "To": NEW}
BCC = {"From": NEW, "To": "list@elsewhere.com"}


def verdict_of(fields, policy, creation=None, **context):
    creation = Creation(policy, **{"internal_domains": frozenset({"corp.com"}), **(creation or {})})
    lines = (f"{name.replace('_', '-')}: {value}" for name, value in fields.items())
    facts = read_header_facts("\n".join(lines).encode(), datetime(2024, 5, 14, tzinfo=timezone.utc))
    return match(facts, MatchContext(**(CONTEXT | context), creation=creation))


#: name -> (header fields, policy, what differs, reason, newcomers)
CASES = {
    # the policies
    "no policy": (OUT, Policy.NONE, {}, "nobody", []),
    "written to": (OUT, SENT, {}, "created", [NEW]),
    "written to, everybody": (OUT, ALL, {}, "created", [NEW]),
    "wrote": (IN, SENT, {}, "nobody", []),
    "wrote, everybody": (IN, ALL, {}, "created", [NEW]),
    "several": (OUT | {"Cc": f"{OTHER}, {NEW}"}, SENT, {}, "created", [NEW, OTHER]),
    "sender not verified": (
        IN | {"Authentication_Results": "mx.corp.com; dmarc=fail header.from=new.com"}, ALL, {}, "nobody", [],
    ),
    "in the owner's name, and not verified": (
        OUT | {"Authentication_Results": "mx.corp.com; dmarc=fail"}, SENT, {}, "nobody", [],
    ),
    "sender not known of": (
        IN | {"Authentication_Results": "mx.corp.com; dmarc=none"}, ALL, {}, "created", [NEW],
    ),
    "in blind copy": ({"From": OWNER, "To": OWNER, "Bcc": NEW}, SENT, {}, "nobody", []),
    "who got the same mail": (IN | {"Cc": OTHER}, ALL, {}, "created", [NEW, OTHER]),
    "a colleague wrote to them": (
        {"From": COLLEAGUE, "To": NEW, "Cc": OWNER}, SENT, {}, "nobody", [],
    ),
    "a colleague, everybody": (
        {"From": COLLEAGUE, "To": NEW, "Cc": OWNER}, ALL, {}, "created", [NEW],
    ),
    # which recipient is the owner under another address is not known
    "owner is not named": (BCC, ALL, {}, "created", [NEW]),
    # what the owner wrote
    "under an alias": (
        {"From": "alias@free.com", "To": NEW}, SENT, {"in_sent_folder": True}, "created", [NEW],
    ),
    "under a plus-address": ({"From": "me+x@corp.com", "To": NEW}, SENT, {}, "created", [NEW]),
    "a contact's mail in Sent": (
        {"From": ANNA, "To": NEW}, SENT, {"in_sent_folder": True}, "contact", [],
    ),
    # beside contacts and documents
    "beside a contact": (OUT | {"Cc": ANNA}, SENT, {}, "contact", [NEW]),
    "answers on a document": (
        OUT | {"In_Reply_To": "<offer@corp.com>"}, SENT, {}, "answer", [NEW],
    ),
    # never
    "a list": (IN | {"List_Id": "<l>"}, ALL, {"include_bulk": True}, "nobody", []),
    "a program": (
        IN | {"Auto_Submitted": "auto-generated"}, ALL, {"include_bulk": True}, "nobody", [],
    ),
    "absence notice on a document": (
        IN | {"In_Reply_To": "<offer@corp.com>", "Auto_Submitted": "auto-replied"},
        ALL, {}, "answer", [],
    ),
    "to a no-reply address": ({"From": OWNER, "To": "noreply@new.com"}, SENT, {}, "nobody", []),
    "to a token": (
        {"From": OWNER, "To": "reply+0123456789abcdef@new.com"}, SENT, {}, "nobody", [],
    ),
    "excluded": ({"From": OWNER, "To": "x@bank.com"}, SENT, {}, "excluded", []),
    "staff": ({"From": OWNER, "To": COLLEAGUE}, SENT, {}, "internal", []),
    "the company's own domain": ({"From": OWNER, "To": "boss@corp.com"}, SENT, {}, "nobody", []),
    "a draft": (OUT, SENT, {"is_draft": True}, "draft", []),
    "no address to write to": (OUT | {"To": "x@localhost"}, SENT, {}, "nobody", []),
    "not an address": (OUT | {"To": "a..b@new.com"}, SENT, {}, "nobody", []),
    "a service sends for them": (
        IN | {"From": f"Nina via DocuSign <{NEW}>"}, ALL, {}, "nobody", [],
    ),
    # shared addresses, by choice
    "shared": (OUT | {"To": "info@new.com"}, SENT, {}, "nobody", []),
    "shared, wanted": (
        OUT | {"To": "info@new.com"}, SENT, {"creation": {"roles": True}}, "created",
        ["info@new.com"],
    ),
    # many
    "to many": (
        OUT | {"To": ", ".join(f"p{n}@new.com" for n in range(200))}, SENT, {}, "nobody", [],
    ),
    "to just too many": (
        OUT | {"To": ", ".join(f"p{n}@new.com" for n in range(MOST_PEOPLE))}, SENT, {},
        "nobody", [],
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "policy", "context", "reason", "created"), CASES.values(), ids=CASES
)
def test_newcomers(fields, policy, context, reason, created):
    verdict = verdict_of(fields, policy, **context)
    assert verdict.reason is Reason(reason)
    assert [address.email for address in verdict.newcomers] == created
    assert (verdict.outcome is Outcome.LINK) == (reason in ("answer", "contact", "created"))


def test_as_many_as_a_conversation_has():
    people = ", ".join(f"p{n}@new.com" for n in range(MOST_PEOPLE - 1))
    assert len(verdict_of(OUT | {"To": people}, SENT).newcomers) == MOST_PEOPLE - 1


def test_contacts_and_documents_are_linked_as_well():
    fields = OUT | {"Cc": ANNA, "In_Reply_To": "<offer@corp.com>"}
    verdict = verdict_of(fields, SENT)
    assert (verdict.contacts, verdict.records) == ((1,), (LEAD,))
    assert [address.email for address in verdict.newcomers] == [NEW]


def test_a_contact_under_the_other_spelling_of_its_domain():
    verdict = verdict_of({"From": OWNER, "To": "k@xn--bcher-kva.example"}, SENT)
    assert (verdict.reason, verdict.contacts, verdict.newcomers) == (Reason.CONTACT, (4,), ())


@pytest.mark.parametrize(
    ("email", "fine"),
    [
        ("john@x.com", True),
        ("jörg@bücher.de", True),
        ("john+tag@x.com", True),
        ("john@localhost", False),
        ("john@x", False),
        ("john@x.test", False),
        ("john..doe@x.com", False),
        ('"john doe"@x.com', False),
        ("john@[10.0.0.1]", False),
        ("jo hn@x.com", False),
    ],
)
def test_syntax(email, fine):
    assert is_deliverable(email) == fine
