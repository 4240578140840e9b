"""SEARCH narrows down, the header decides; nothing that is typed becomes a command."""

import datetime

import pytest
from scripted_server import Folder, ImapBox, ScriptedServer
from servers.dovecot import DovecotServer

from lib.account import Account, NetworkPolicy, Security
from lib.errors import ConnectionLost
from lib.headers import read_header_facts
from lib.search import Query
from lib.session import Limits, Session

NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
HEADER = (
    "From: Carla Müller <carla@shop.example>\r\nTo: olga@tea.example\r\n"
    "Cc: =?utf-8?q?S=C3=B6ren?= <s@x.example>\r\nSubject: =?utf-8?q?Gr=C3=BCner_Tee?=\r\n"
    "Message-ID: <one@shop.example>\r\n\r\n"
).encode()


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        (Query(person="carla@shop.example"), True),
        (Query(person="MÜLLER"), True),
        (Query(person="Carla Müller <carla@"), True),
        (Query(person="sören"), True),
        (Query(person="olga@tea"), True),
        (Query(person="chris"), False),
        (Query(subject="grüner  tee"), True),
        (Query(subject="schwarzer Tee"), False),
        (Query(message_id="<one@shop.example>"), True),
        (Query(message_id="one@shop.example"), True),
        (Query(message_id="two@shop.example"), False),
        (Query(person="carla", subject="tee"), True),
        (Query(person="carla", subject="kaffee"), False),
    ],
)
def test_matches(query, meant):
    assert query.matches(read_header_facts(HEADER, NOW)) is meant


def test_query_is_one_line():
    query = Query(" a\r\nm2 DELETE INBOX\x00\x85\u2028 b ", "x" * 1000, " <id@x> ")
    assert query == Query("a m2 DELETE INBOX b", "x" * 200, "id@x")
    assert not Query("\r\n", " ", "<>")


def searches(query, answer, **options):
    """The result of a search, and the commands that it sent; ``answer`` makes the reply to each."""
    return asks(lambda mailbox: mailbox.search(query, 10), answer, **options)


def asks(question, answer, *, uids=(1, 2, 3), **limits):
    sent = []

    def hook(peer, tag, rest):
        if rest.endswith(b"}"):
            reply = answer(rest)
            if reply.startswith(b"NO") or reply.startswith(b"BAD"):
                sent.append(rest)
                peer.send(tag + b" " + reply)
                return True
            peer.send(b"+ go on")
            rest += b"|" + peer.read_line()
        sent.append(rest)
        reply = answer(rest)
        if reply.startswith(b"*"):
            peer.send(reply, tag + b" OK done")
        else:
            peer.send(tag + b" " + reply)
        return True

    box = ImapBox({b"INBOX": Folder.of(uids)}, hooks={b"UID SEARCH": hook})
    with ScriptedServer(box) as server:
        policy = NetworkPolicy(frozenset({"localhost"}))
        account = Account(
            "localhost", server.port, Security.NONE, "anna@example.com", "secret", policy
        )
        with Session(account, limits=Limits(**limits)) as mailbox:
            mailbox.examine(b"INBOX")
            return question(mailbox), sent


def test_what_is_sent():
    found, sent = searches(Query(subject='say "hi" \\ now'), lambda rest: b"* SEARCH 3 1")
    assert (found, sent) == ([3, 1], [rb'1:3 SUBJECT "say \"hi\" \\ now"'])
    found, sent = searches(Query(person="carla", subject="tea"), lambda rest: b"* SEARCH 2")
    assert found == [2]
    assert sent == [
        b'1:3 %s "carla" SUBJECT "tea"' % key for key in (b"FROM", b"TO", b"CC", b"BCC")
    ]
    _found, sent = searches(Query("carla", "tea", "<a@b>"), lambda rest: b"* SEARCH")
    assert sent == [b'1:3 HEADER MESSAGE-ID "a@b"']


def test_text_that_is_not_ascii_is_a_literal():
    found, sent = searches(Query(subject="Grüner Tee"), lambda rest: b"* SEARCH 2")
    assert found == [2]
    assert sent == ["CHARSET UTF-8 1:3 SUBJECT {11}|Grüner Tee".encode()]


def test_server_without_utf8_is_asked_for_less():
    def answer(rest):
        return b"NO [BADCHARSET (US-ASCII)] no" if b"CHARSET" in rest else b"* SEARCH 2"

    found, sent = searches(Query(subject="Grüner Tee"), answer)
    assert (found, sent[-1]) == ([2], b'1:3 SUBJECT "ner Tee"')
    found, sent = searches(Query(subject="田中"), answer)
    assert (found, sent[-1]) == ([2], b"1:3")


def test_server_that_refuses_the_key_is_asked_for_everything():
    def answer(rest):
        return b"BAD what?" if b"SUBJECT" in rest else b"* SEARCH 1 2 3"

    assert searches(Query(subject="tea"), answer)[0] == [3, 2, 1]


def test_windows_newest_first_and_a_limit():
    found, sent = searches(
        Query(subject="tea"),
        lambda rest: b"* SEARCH " + b" ".join(b"%d" % n for n in range(*_ends(rest))),
        uids=range(1, 41),
        search_window=15,
    )
    assert found == list(range(40, 30, -1))
    assert sent == [b'26:40 SUBJECT "tea"']


def _ends(rest):
    low, high = rest.split()[0].split(b":")
    return int(low), int(high) + 1


def test_nonsense_in_the_answer():
    found, _sent = searches(Query(subject="tea"), lambda rest: b"* SEARCH 1 x 99999999999999 -3 2")
    assert found == [2, 1]


def test_connection_that_ends():
    with pytest.raises(ConnectionLost):
        searches(Query(subject="tea"), lambda rest: b"* BYE")


def people(addresses, answer, **options):
    return asks(lambda mailbox: mailbox.search_people(addresses), answer, **options)


def test_people_together():
    found, sent = people(["b@x.example", "a@x.example"], lambda rest: b"* SEARCH 3 1")
    assert found == [1, 3]
    keys = [
        b'%s "%s@x.example"' % (key, name)
        for name in (b"a", b"b")
        for key in (b"FROM", b"TO", b"CC", b"BCC")
    ]
    assert sent == [b"1:3 " + b"OR " * 7 + b" ".join(keys)]


def test_many_people_cost_several_short_commands():
    addresses = [f"{'x' * 50}{number}@shop.example" for number in range(100)]
    found, sent = people(addresses, lambda rest: b"* SEARCH 2")
    assert found == [2]
    assert 10 < len(sent) <= 20
    assert max(map(len, sent)) < 4000


def test_people_and_a_server_that_takes_one_key_at_a_time():
    found, sent = people(
        ["a@x.example"], lambda rest: b"BAD too deep" if b"OR" in rest else b"* SEARCH 2"
    )
    assert found == [2]
    assert sent[1:] == [b'1:3 %s "a@x.example"' % key for key in (b"FROM", b"TO", b"CC", b"BCC")]


def test_people_in_windows():
    found, _sent = people(
        ["a@x.example"],
        lambda rest: b"* SEARCH " + rest.split()[0].split(b":")[0],
        uids=range(1, 41),
        search_window=15,
    )
    assert found == [1, 11, 26]


def test_person_whose_address_is_not_ascii():
    _found, sent = people(["jörg@x.example", "a@x.example"], lambda rest: b"* SEARCH 2")
    assert "CHARSET UTF-8 1:3 FROM {15}|jörg@x.example".encode() in sent
    assert sent[-1].startswith(b"1:3 OR OR OR FROM")


def test_people_inject_nothing():
    _found, sent = people(['a" ALL\r\nx DELETE INBOX@x.example'], lambda rest: b"* SEARCH")
    assert sent == [
        b"1:3 OR OR OR "
        + b" ".join(
            rb'%s "a\" ALL x DELETE INBOX@x.example"' % key
            for key in (b"FROM", b"TO", b"CC", b"BCC")
        )
    ]


def test_dovecot():
    login = "anna@example.com"
    with DovecotServer() as server:
        server.add_user(login, "secret")
        for raw in (HEADER, HEADER.replace(b"carla@shop", b"chris@shop").replace(b"one@", b"two@")):
            server.append(login, "INBOX", raw + b"Hello\r\n")
        policy = NetworkPolicy(frozenset({"localhost"}), server.ca_file)
        account = Account("localhost", server.tls_port, Security.SSL, login, "secret", policy)
        with Session(account) as mailbox:
            mailbox.examine(b"INBOX")
            results = {
                name: mailbox.search(query, 10)
                for name, query in {
                    "person": Query(person="carla@shop.example"),
                    "name": Query(person="Sören"),
                    "subject": Query(subject="Grüner"),
                    "both": Query(person="Müller", subject="Tee"),
                    "id": Query(message_id="<two@shop.example>"),
                    "injection": Query(subject='x" ALL "'),
                    "nothing": Query(person="nobody"),
                }.items()
            }
            results["people"] = mailbox.search_people(
                ["carla@shop.example", "s@x.example", "nobody@x.example", "jörg@x.example"]
            )
            results["strangers"] = mailbox.search_people(["nobody@x.example"])
            mailbox.fetch_headers([1, 2])
    assert results == {
        "person": [1],
        "name": [2, 1],
        "subject": [2, 1],
        "both": [2, 1],
        "id": [2],
        "injection": [],
        "nothing": [],
        "people": [1, 2],
        "strangers": [],
    }
