"""COMPRESS=DEFLATE (RFC 4978): the same answers in fewer bytes, and no bomb."""

import time
import tracemalloc
import zlib

import pytest
from scripted_server import Folder, ImapBox, Message, ScriptedServer

from lib.errors import AnswerTooLarge, ConnectionLost, ConnectionTimeout, ProtocolError
from lib.limits import MEGABYTE

OFFER = b"IMAP4rev1 COMPRESS=DEFLATE"
BODY = b"Subject: a\r\n\r\n" + b"the same line again and again\r\n" * 2000


def box_of(count=20, **options):
    folders = {b"INBOX": Folder([Message(uid, BODY) for uid in range(1, count + 1)])}
    return ImapBox(folders, **{"capabilities": OFFER, **options})


def read(mailbox):
    mailbox.examine(b"INBOX")
    uids = mailbox.uids_from(1, 1000)
    return (
        mailbox.list_folders(),
        uids,
        dict(mailbox.fetch_bodies(mailbox.fetch_headers(uids).values())),
    )


def test_the_same_answers_in_fewer_bytes(session):
    with ScriptedServer(box_of()) as server:
        with session(server, compress=False) as mailbox:
            plain = read(mailbox)
        assert b"COMPRESS DEFLATE" not in server.commands
        with session(server) as mailbox:
            assert read(mailbox) == plain
            transport = mailbox._client().imap._transport
        assert server.commands.count(b"COMPRESS DEFLATE") == 1
    assert plain[2] == dict.fromkeys(range(1, 21), BODY)
    assert transport.bytes_in < sum(map(len, plain[2].values())) / 50


def test_only_where_it_is_offered(session):
    with ScriptedServer(box_of(capabilities=b"IMAP4rev1")) as server, session(server) as mailbox:
        read(mailbox)
    assert b"COMPRESS DEFLATE" not in server.commands


@pytest.mark.parametrize("answer", [b"NO [COMPRESSIONACTIVE] by TLS", b"BAD what"])
def test_a_refusal_means_nothing(session, answer):
    box = box_of(hooks={b"COMPRESS": lambda peer, tag, _rest: peer.send(tag + b" " + answer)})
    with ScriptedServer(box) as server, session(server) as mailbox:
        assert len(read(mailbox)[2]) == 20


def test_what_comes_together_with_the_ok(session):
    """The first compressed bytes are in the buffer behind the OK."""

    def compress(peer, tag, _rest):
        deflate = zlib.compressobj(wbits=-15)
        early = deflate.compress(b"* OK early\r\n") + deflate.flush(zlib.Z_SYNC_FLUSH)
        peer.send_raw(tag + b" OK go\r\n" + early)
        peer.start_deflate()
        # the same stream goes on
        peer._sock._deflate = deflate

    with ScriptedServer(box_of(hooks={b"COMPRESS": compress})) as server:
        with session(server) as mailbox:
            assert len(read(mailbox)[2]) == 20


def poisoned(data):
    """A box whose next answer after COMPRESS is ``data`` as it is."""

    def answer(peer, _tag, _rest):
        peer._sock.send_packed(data)
        peer.wait_for_end()

    return box_of(hooks={b"LIST": answer})


def packed(chunk, times):
    deflate = zlib.compressobj(wbits=-15)
    return b"".join(deflate.compress(chunk) for _ in range(times)) + deflate.flush(
        zlib.Z_SYNC_FLUSH
    )


@pytest.mark.parametrize(
    "chunk",
    [
        b"x" * MEGABYTE,
        b'* LIST () "/" a\r\n' * 60_000,
        b'* LIST () "/" {90000000}\r\n' + b"y" * MEGABYTE,
    ],
)
def test_a_bomb_meets_the_limits_before_memory_grows(session, chunk):
    bomb = packed(chunk, 100)
    assert len(bomb) < MEGABYTE
    limits = {"max_answers": 20_000, "max_answer_bytes": 8 * MEGABYTE, "max_literal": 4 * MEGABYTE}
    with ScriptedServer(poisoned(bomb)) as server, session(server, **limits) as mailbox:
        tracemalloc.start()
        try:
            with pytest.raises(AnswerTooLarge):
                mailbox.list_folders()
            _now, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert peak < 40 * MEGABYTE


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"\xff\xff\xff\xff not deflate at all", ProtocolError),
        # the stream ends as a stream should, and so does the connection for us
        (zlib.compress(b"* OK bye\r\n", wbits=-15), ConnectionLost),
        # blocks with nothing in them
        (b"\x00\x00\x00\xff\xff" * 1000, ConnectionTimeout),
    ],
)
def test_a_broken_stream(session, data, error):
    with ScriptedServer(poisoned(data)) as server, session(server, command_timeout=1) as mailbox:
        with pytest.raises(error):
            mailbox.list_folders()


def test_blocks_of_nothing_for_ever_meet_the_deadline(session):
    def drip(peer, _tag, _rest):
        while True:
            peer._sock.send_packed(b"\x00\x00\x00\xff\xff" * 100)
            time.sleep(0.01)

    with ScriptedServer(box_of(hooks={b"LIST": drip})) as server:
        with session(server, command_timeout=1) as mailbox, pytest.raises(ConnectionTimeout):
            mailbox.list_folders()
