"""The scripted server itself, where its ways could fail a test of something else."""

import socket
import threading

import pytest
from scripted_server import ScriptedServer


def test_a_script_that_is_cut_off_meets_the_end_of_the_connection():
    """Not a reader that was closed under it, which fails in ways of its own."""
    outcome = []
    between_lines, cut_off = threading.Event(), threading.Event()

    def script(peer):
        peers.append(peer)
        between_lines.set()
        cut_off.wait(10)
        with pytest.raises(EOFError):
            peer.read_line()
        outcome.append("ended")

    peers = []
    with ScriptedServer(script) as server:
        with socket.create_connection(("127.0.0.1", server.port)):
            assert between_lines.wait(10)
            peers[0].hang_up()
            cut_off.set()
    assert outcome == ["ended"]
