"""The rules of linking, as a table: who wrote to whom -> what is done and why."""

from datetime import datetime, timedelta, timezone

import pytest

from lib.headers import read_header_facts
from lib.match import (
    MatchContext,
    Opportunity,
    Outcome,
    Reason,
    addresses_of_interest,
    ids_of_interest,
    match,
)
from lib.newcomers import Creation, Policy

CAME = datetime(2024, 5, 14, tzinfo=timezone.utc)
OWNER, COLLEAGUE = "me@corp.com", "colleague@corp.com"
ANNA, BERT = "anna@client.com", "bert@client.com"
LEAD = ("crm.lead", 7)

CONTEXT = {
    "own": frozenset({OWNER}),
    "staff": frozenset({OWNER, COLLEAGUE}),
    "staff_domains": frozenset({"internal.example"}),
    "excluded": frozenset({"doctor@health.com"}),
    "excluded_domains": frozenset({"bank.com"}),
    "contacts": {ANNA: 1, BERT: 2, COLLEAGUE: 3, "k@bücher.example": 4},
    "known": {"<offer@corp.com>": (LEAD,), "<old@corp.com>": (("sale.order", 8),), "<none@x>": ()},
}
DEAL, DEAL2 = ("crm.lead", 8), ("crm.lead", 9)
OPPORTUNITIES = {
    1: (Opportunity(DEAL, CAME - timedelta(days=9)), Opportunity(DEAL2, CAME + timedelta(days=9))),
    2: (Opportunity(DEAL, CAME - timedelta(days=9)),),
}
BOUNCE = {"From": "MAILER-DAEMON@provider.com", "To": OWNER}


def facts_of(**fields):
    lines = (f"{name.replace('_', '-')}: {value}" for name, value in fields.items())
    return read_header_facts("\n".join(lines).encode(), CAME)


def verdict_of(fields, **context):
    return match(facts_of(**fields), MatchContext(**(CONTEXT | context)))


#: name -> (header fields, context that differs, outcome, reason, direction, contacts, records)
LINKED = {
    "a contact wrote": ({"From": ANNA, "To": OWNER}, {}, "contact", "in", (1,), ()),
    "written to a contact": ({"From": OWNER, "To": ANNA}, {}, "contact", "out", (1,), ()),
    "in copy": ({"From": "x@y.com", "To": OWNER, "Cc": ANNA}, {}, "contact", "in", (1,), ()),
    "in blind copy": ({"From": OWNER, "To": OWNER, "Bcc": ANNA}, {}, "contact", "out", (1,), ()),
    "somebody new": (
        {"From": OWNER, "To": "x@y.com"}, {"creation": Creation(Policy.SENT)},
        "created", "out", (), (),
    ),
    "several, once each": (
        {"From": ANNA, "To": f"{BERT}, {OWNER}", "Cc": f"{ANNA}, x@y.com"},
        {}, "contact", "in", (1, 2), (),
    ),
    "a colleague's mail": (
        {"From": COLLEAGUE, "To": ANNA, "Cc": OWNER}, {}, "contact", "out", (1,), (),
    ),
    "through a plus-address": (
        {"From": ANNA, "To": "me+shop@corp.com"}, {}, "contact", "in", (1,), (),
    ),
    "from an own plus-address": (
        {"From": "me+shop@corp.com", "To": ANNA}, {}, "contact", "out", (1,), (),
    ),
    "sent under an alias": (
        {"From": "alias@freemail.com", "To": ANNA},
        {"in_sent_folder": True}, "contact", "out", (1,), (),
    ),
    "only a Sender": ({"Sender": OWNER, "To": ANNA}, {}, "contact", "out", (1,), ()),
    "other spelling of the domain": (
        {"From": "k@xn--bcher-kva.example", "To": OWNER}, {}, "contact", "in", (4,), (),
    ),
    "upper case": ({"From": ANNA.upper(), "To": OWNER}, {}, "contact", "in", (1,), ()),
    "hidden recipients": (
        {"From": ANNA, "To": "undisclosed-recipients:;"}, {}, "contact", "in", (1,), (),
    ),
    "a list, wanted": (
        {"From": ANNA, "To": OWNER, "List-Id": "<l>"},
        {"include_bulk": True}, "contact", "in", (1,), (),
    ),
    "on the first day": (
        {"From": ANNA, "To": OWNER}, {"period_start": CAME}, "contact", "in", (1,), (),
    ),
    "an answer": (
        {"From": ANNA, "To": OWNER, "In_Reply_To": "<offer@corp.com>"},
        {}, "answer", "in", (1,), (LEAD,),
    ),
    "an answer by a stranger": (
        {"From": "x@y.com", "To": OWNER, "In_Reply_To": "<offer@corp.com>"},
        {}, "answer", "in", (), (LEAD,),
    ),
    "answers the nearest ancestor": (
        {"From": ANNA, "To": OWNER, "In_Reply_To": "<unknown@x>",
         "References": "<old@corp.com> <offer@corp.com> <none@x>"},
        {}, "answer", "in", (1,), (LEAD,),
    ),
    "out of office": (
        {"From": ANNA, "To": OWNER, "In_Reply_To": "<offer@corp.com>",
         "Auto_Submitted": "auto-replied"},
        {}, "answer", "in", (1,), (LEAD,),
    ),
    "through a list of our own": (
        {"From": ANNA, "To": "sales@corp.com", "List_Id": "Sales <sales.corp.com>",
         "Precedence": "list"},
        {}, "contact", "in", (1,), (),
    ),
    "a program, wanted": (
        {"From": ANNA, "To": OWNER, "Auto_Submitted": "auto-generated"},
        {"include_bulk": True}, "contact", "in", (1,), (),
    ),
    "a bounce of what stands on a record": (
        BOUNCE | {"References": "<offer@corp.com>", "X_Failed_Recipients": f"{ANNA}, x@y.com"},
        {}, "bounce", "in", (1,), (LEAD,),
    ),
    "a bounce of our own mail server": (
        {"From": "mailer-daemon@internal.example", "To": OWNER, "In_Reply_To": "<offer@corp.com>"},
        {}, "bounce", "in", (), (LEAD,),
    ),
    "a bounce, wanted": (
        BOUNCE | {"X_Failed_Recipients": f"{ANNA}, {COLLEAGUE}"},
        {"include_bulk": True}, "bounce", "in", (1,), (),
    ),
    "open opportunities of that time": (
        {"From": ANNA, "To": OWNER, "Cc": BERT},
        {"opportunities": OPPORTUNITIES}, "contact", "in", (1, 2), (DEAL,),
    ),
    "the mail that an opportunity is made for": (
        {"From": ANNA, "To": OWNER},
        {"opportunities": {1: (Opportunity(DEAL, CAME + timedelta(hours=23)),)}},
        "contact", "in", (1,), (DEAL,),
    ),
    "an answer stays where it belongs": (
        {"From": ANNA, "To": OWNER, "In_Reply_To": "<offer@corp.com>"},
        {"opportunities": OPPORTUNITIES}, "answer", "in", (1,), (LEAD,),
    ),
    "a newsletter is on no opportunity": (
        {"From": ANNA, "To": OWNER, "List_Id": "<l>"},
        {"include_bulk": True, "opportunities": OPPORTUNITIES}, "contact", "in", (1,), (),
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "context", "reason", "direction", "contacts", "records"), LINKED.values(), ids=LINKED
)
def test_linked(fields, context, reason, direction, contacts, records):
    verdict = verdict_of(fields, **context)
    assert (verdict.outcome, verdict.reason) == (Outcome.LINK, Reason(reason))
    assert verdict.direction == direction
    assert verdict.contacts == contacts
    assert verdict.records == records


ANSWER = {"From": ANNA, "To": OWNER, "In_Reply_To": "<offer@corp.com>"}

SKIPPED = {
    "draft": ({"From": OWNER, "To": ANNA}, {"is_draft": True}, "draft"),
    "too old": (ANSWER, {"period_start": CAME.replace(year=2025)}, "too_old"),
    "excluded sender": ({"From": "doctor@health.com", "To": OWNER}, {}, "excluded"),
    "excluded recipient of an answer": (ANSWER | {"Cc": "doctor@health.com"}, {}, "excluded"),
    "excluded in Reply-To": (ANSWER | {"Reply_To": "x@bank.com"}, {}, "excluded"),
    "excluded domain": ({"From": "x@bank.com", "To": ANNA}, {}, "excluded"),
    "its subdomain": ({"From": "x@mail.bank.com", "To": ANNA}, {}, "excluded"),
    "among colleagues": ({"From": COLLEAGUE, "To": OWNER}, {}, "internal"),
    "within a domain of ours": ({"From": "x@internal.example", "To": OWNER}, {}, "internal"),
    "an answer among colleagues": (ANSWER | {"From": COLLEAGUE}, {}, "internal"),
    "to oneself under an alias": (
        {"From": "alias@freemail.com", "To": OWNER}, {"in_sent_folder": True}, "internal",
    ),
    "a mailing list": ({"From": ANNA, "To": OWNER, "List_Id": "<l>"}, {}, "bulk"),
    "automated": ({"From": ANNA, "To": OWNER, "Auto_Submitted": "auto-generated"}, {}, "automated"),
    "no-reply": ({"From": "no-reply@client.com", "To": f"{OWNER}, {ANNA}"}, {}, "automated"),
    "a list of others": ({"From": ANNA, "To": OWNER, "List_Id": "<l.notcorp.com>"}, {}, "bulk"),
    "a program through our own list": (
        {"From": ANNA, "List_Id": "<sales.corp.com>", "Auto_Submitted": "auto-generated"},
        {}, "automated",
    ),
    "a bounce": (BOUNCE | {"X_Failed_Recipients": ANNA}, {}, "bounce"),
    "a bounce about staff, wanted": (
        BOUNCE | {"X_Failed_Recipients": COLLEAGUE}, {"include_bulk": True}, "bounce",
    ),
    "a bounce about somebody excluded": (
        BOUNCE | {"X_Failed_Recipients": "doctor@health.com", "References": "<offer@corp.com>"},
        {}, "excluded",
    ),
    "strangers": ({"From": "x@y.com", "To": OWNER}, {}, "nobody"),
    "similar domain is not excluded": ({"From": "x@notbank.com", "To": OWNER}, {}, "nobody"),
    "subdomain of ours is outside": ({"From": "x@a.internal.example"}, {}, "nobody"),
    "a contact's plus-address": ({"From": "anna+x@client.com", "To": OWNER}, {}, "nobody"),
    "a contact only in Reply-To": ({"From": "x@y.com", "Reply_To": ANNA}, {}, "nobody"),
    "staff is no contact": ({"From": "x@y.com", "To": COLLEAGUE}, {}, "nobody"),
    "nobody at all": ({"Subject": "x"}, {}, "nobody"),
    "a contact's address as a name": ({"From": f"{ANNA} <x@y.com>", "To": OWNER}, {}, "nobody"),
}  # fmt: skip


@pytest.mark.parametrize(("fields", "context", "reason"), SKIPPED.values(), ids=SKIPPED)
def test_skipped(fields, context, reason):
    verdict = verdict_of(fields, **context)
    assert (verdict.outcome, verdict.reason) == (Outcome.SKIP, Reason(reason))
    assert (verdict.contacts, verdict.records) == ((), ())


KINDS = {
    "a person": ({"From": ANNA}, "person"),
    "a list": ({"From": ANNA, "List_Id": "<l>", "Auto_Submitted": "auto-generated"}, "bulk"),
    "a program": ({"From": ANNA, "Auto_Submitted": "auto-generated"}, "automated"),
    "a mail server": (BOUNCE | {"Precedence": "bulk"}, "bounce"),
}


@pytest.mark.parametrize(("fields", "kind"), KINDS.values(), ids=KINDS)
def test_kind(fields, kind):
    assert verdict_of(fields).kind.value == kind


def test_what_to_look_up():
    facts = facts_of(
        From="A <a@xn--bcher-kva.example>", To="b@x.com", Cc="c@x.com", Bcc="d@x.com",
        Reply_To="r@x.com", Message_ID="<me@x>", In_Reply_To="<2@x>",
        References="<1@x> <2@x> <me@x>",
    )  # fmt: skip
    assert addresses_of_interest(facts) == {
        "a@xn--bcher-kva.example", "a@bücher.example", "b@x.com", "c@x.com", "d@x.com",
    }  # fmt: skip
    assert ids_of_interest(facts) == ("<2@x>", "<1@x>")
    assert ANNA in addresses_of_interest(facts_of(**BOUNCE, X_Failed_Recipients=ANNA))


def test_codes_are_stable():
    assert {reason.value for reason in Reason} == {
        "draft", "too_old", "excluded", "bounce", "internal", "answer",
        "bulk", "automated", "contact", "created", "nobody",
    }  # fmt: skip
