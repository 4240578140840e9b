"""The sample mailbox against itself and against the engine: the demo promises what stands in it."""

import email
import email.policy
import io
import re
import zipfile
import zlib
from collections import Counter
from datetime import datetime, timedelta, timezone

import pytest

from dev.demo import sample
from dev.demo.sample import expected, people
from lib.headers import read_header_facts
from lib.match import MatchContext, Outcome, match

NOW = datetime(2025, 3, 12, 15, 30, tzinfo=timezone.utc)
# a Sunday after midnight, a leap day, New Year's Eve: dates that are easily got wrong
MOMENTS = [
    NOW,
    datetime(2025, 6, 1, 0, 5, tzinfo=timezone.utc),
    datetime(2024, 2, 29, 12, 0, tzinfo=timezone.utc),
    datetime(2025, 12, 31, 23, 59, tzinfo=timezone(timedelta(hours=9))),
]


@pytest.fixture(name="built", scope="module", params=MOMENTS, ids=str)
def fixture_built(request):
    return sample.build(request.param)


@pytest.fixture(name="mails", scope="module")
def fixture_mails():
    """What lies in both mailboxes: copies once."""
    built = sample.build(NOW)
    own = {mail.letter for mail in built.mails}
    return (*built.mails, *(mail for mail in built.felix if mail.letter not in own))


def parsed(mail):
    return email.message_from_bytes(mail.raw, policy=email.policy.default)


# what it is


def test_same_moment_gives_the_same_mails(mails):
    assert sample.build(NOW) == sample.build(NOW)
    assert sample.build(NOW).mails == mails[: len(sample.build(NOW).mails)]


def test_every_mail_is_well_formed(mails):
    for mail in mails:
        message = parsed(mail)
        defects = [defect for part in message.walk() for defect in part.defects]
        assert not defects, (mail.letter, defects)
        assert b"\n" not in mail.raw.replace(b"\r\n", b""), mail.letter
        assert message["From"] and message["Date"], mail.letter
        for part in message.walk():
            if part.get_content_maintype() == "text":
                assert "\ufffd" not in part.get_content(), mail.letter


def test_dates_lead_up_to_now_and_are_those_of_the_header(built):
    for mail in built.mails:
        assert mail.date <= built.now
        assert abs(parsed(mail)["Date"].datetime - mail.date) < timedelta(minutes=1)
        assert (mail.date < built.period_start) == (mail.skip == "too_old"), mail.letter


def test_answers_come_after_what_they_answer(built):
    dates = {mail.message_id: mail.date for mail in built.mails}
    for mail in built.mails:
        for reference in (parsed(mail)["References"] or "").split():
            assert dates.get(reference, built.period_start) < mail.date, mail.letter


def test_message_ids_tell_letters_apart(mails):
    by_id = {mail.message_id: mail.letter for mail in mails if mail.message_id}
    assert len(by_id) == len({mail.letter for mail in mails}) - 1
    assert [mail.letter for mail in mails if not mail.message_id] == ["mueller-thanks"]
    for mail in mails:
        assert parsed(mail)["Message-ID"] == mail.message_id


def test_domains_are_reserved_ones(mails):
    for mail in mails:
        header = mail.raw.partition(b"\r\n\r\n")[0].decode("latin-1")
        domains = set(re.findall(r"@([\w.-]+\w)", header))
        reserved = (".example", ".test", "example.com")
        assert all(domain.endswith(reserved) for domain in domains), (mail.letter, domains)


def test_it_has_the_shapes_that_mail_comes_in(mails):
    everything = b"".join(mail.raw for mail in mails)
    for shape in (
        b"<!--[if gte mso 9]>",
        b'class=3D"gmail_quote',
        b"moz-cite-prefix",
        b"apple-inline",
        b"Envoy=C3=A9 de mon iPhone",
        b"charset=iso-2022-jp",
        b"charset=koi8-r",
        b"charset=iso-8859-7",
        b"charset=iso-8859-1",
        b"charset=windows-1252",
        b"charset=shift_jis",
        b"filename*=UTF-8''",
        b"multipart/report",
        b"method=REQUEST",
        b"\r\nBcc: ",
        b"List-Unsubscribe:",
        b"Auto-Submitted: auto-replied",
    ):
        assert shape in everything, shape


def test_attachments_are_real_files(mails):
    kinds = Counter()
    for mail in mails:
        for part in parsed(mail).walk():
            if part.get_filename():
                content = part.get_payload(decode=True)
                kinds[part.get_content_type()] += 1
                CHECKS[part.get_content_type()](content)
    assert set(kinds) == set(CHECKS)


def check_png(content):
    assert content.startswith(b"\x89PNG")
    start = content.index(b"IDAT") + 4
    length = int.from_bytes(content[start - 8 : start - 4], "big")
    width, height = (int.from_bytes(content[i : i + 4], "big") for i in (16, 20))
    assert len(zlib.decompress(content[start : start + length])) == height * (3 * width + 1)


def check_pdf(content):
    table = int(content.rpartition(b"startxref\n")[2].split()[0])
    assert content[table:].startswith(b"xref\n")
    first = int(content[table:].split(b"\n")[3].split()[0])
    assert content[first:].startswith(b"1 0 obj")


def check_xlsx(content):
    names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    assert "xl/worksheets/sheet1.xml" in names


CHECKS = {
    "application/pdf": check_pdf,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": check_xlsx,
    "image/png": check_png,
    "text/calendar": lambda content: content.index(b"BEGIN:VEVENT"),
    "text/csv": lambda content: content.index(b";"),
}


# what is to become of it


def test_every_mail_that_is_looked_at_has_one_outcome(mails):
    for mail in mails:
        assert mail.folder in sample.FOLDERS
        looked_at = mail.folder in sample.SELECTED
        assert bool(mail.links) + bool(mail.skip) == looked_at, mail.letter
        for contact in mail.links:
            assert isinstance(people.person(contact), people.Contact)


@pytest.mark.parametrize(
    ("owner", "outcomes"), [("mails", expected.FOLDERS), ("felix", expected.FELIX_FOLDERS)]
)
def test_sums_per_folder_are_the_expected_ones(owner, outcomes):
    mails = getattr(sample.build(NOW), owner)
    for folder in sample.SELECTED:
        inside = [mail for mail in mails if mail.folder == folder]
        outcome = outcomes[folder]
        assert outcome.seen == len(inside)
        assert outcome.linked == sum(bool(mail.links) for mail in inside)
        assert outcome.skipped == Counter(mail.skip for mail in inside if mail.skip)
    assert set(outcomes) == set(sample.SELECTED)


def test_what_felix_shares_by_himself():
    built = sample.build(NOW)
    shared = {mail.letter for mail in built.mails} & {mail.letter for mail in built.felix}
    assert shared == {"verlaine-visit", "verlaine-visit-answer"}
    linked = {mail.letter for mail in built.felix if mail.links}
    assert linked - shared == set(expected.SUBJECT_ONLY)


def test_chatters_are_the_expected_ones(mails):
    chatter = {}
    for mail in mails:
        for contact in mail.links:
            # a dict, because a copy in a second folder changes nothing
            chatter.setdefault(contact, {})[mail.letter] = None
    assert {contact: tuple(letters) for contact, letters in chatter.items()} == expected.CHATTER
    documents = {}
    for mail in mails:
        if mail.document:
            documents.setdefault(mail.document, {})[mail.letter] = None
    assert {key: tuple(letters) for key, letters in documents.items()} == expected.DOCUMENTS


def test_the_engine_decides_as_expected(built):
    lead = built.lead
    context = {
        "staff": frozenset(person.email for person in people.STAFF),
        "excluded": frozenset(value for value in people.EXCLUSIONS if "@" in value),
        "excluded_domains": frozenset(value for value in people.EXCLUSIONS if "@" not in value),
        "contacts": {contact.email.lower(): contact.key for contact in people.CONTACTS},
        "known": {lead.mail.message_id: (("crm.lead", lead.key),)},
        "period_start": built.period_start,
    }
    owned = [(people.CLARA, mail) for mail in built.mails]
    owned += [(people.FELIX, mail) for mail in built.felix]
    for owner, mail in owned:
        if mail.folder not in sample.SELECTED:
            continue
        verdict = match(
            read_header_facts(mail.raw, mail.date),
            MatchContext(
                **context,
                own=frozenset({owner.email}),
                is_draft="\\Draft" in mail.flags,
                in_sent_folder=mail.folder == "Sent",
            ),
        )
        records = (("crm.lead", mail.document),) if mail.document else ()
        assert (verdict.contacts, verdict.records) == (mail.links, records), mail.letter
        if verdict.outcome is Outcome.SKIP:
            assert verdict.reason.value == mail.skip, mail.letter
