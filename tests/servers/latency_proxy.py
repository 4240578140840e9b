"""A line with latency between client and server, which counts round trips."""

import socket
import threading
import time
from contextlib import contextmanager

_SIGNING_IN = frozenset({b"CAPABILITY", b"AUTHENTICATE", b"LOGIN", b"ID", b"COMPRESS"})


class LatencyProxy:
    """Forwards connections to a port, and delays what the client sends by one round trip.

    A round trip is what a client sends after it has read an answer. Only for lines without TLS: what is sent is kept.

    :param port: of the server
    :param seconds: of one round trip
    :param bytes_per_second: how much the line carries to the client; None: any amount
    """

    def __init__(self, port, seconds, bytes_per_second=None):
        self._target, self._seconds, self._rate = port, seconds, bytes_per_second
        #: what the client sent, round trip by round trip
        self.trips = []
        #: bytes that the client received
        self.received = 0
        self._waits_for_client = True

    @contextmanager
    def open(self):
        """Yield the port to connect to."""
        with socket.create_server(("127.0.0.1", 0)) as listener:
            threading.Thread(target=self._accept, args=(listener,), daemon=True).start()
            yield listener.getsockname()[1]

    def after_login(self):
        """The round trips after the sign-in and the exchange of names, without the farewell."""
        verbs = [self._verb(trip) for trip in self.trips]
        signed_in = max((n for n, verb in enumerate(verbs, 1) if verb in _SIGNING_IN), default=0)
        pairs = zip(self.trips[signed_in:], verbs[signed_in:], strict=True)
        return [trip for trip, verb in pairs if verb != b"LOGOUT"]

    @staticmethod
    def _verb(trip):
        """The verb of the first command; nothing for what is compressed, or no command."""
        words = trip.split(maxsplit=2)
        return words[1].upper() if len(words) > 1 else b""

    def _accept(self, listener):
        while True:
            try:
                client, _address = listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._target))
            for source, sink, from_client in ((client, server, True), (server, client, False)):
                source.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(
                    target=self._pump, args=(source, sink, from_client), daemon=True
                ).start()

    def _pump(self, source, sink, from_client):
        # either end may hang up without a farewell
        try:
            while data := source.recv(1 << 16):
                self._note(data, from_client)
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            source.close()
            sink.close()

    def _note(self, data, from_client):
        if not from_client:
            self._waits_for_client = True
            self.received += len(data)
            if self._rate:
                time.sleep(len(data) / self._rate)
        elif self._waits_for_client:
            self._waits_for_client = False
            self.trips.append(data)
            time.sleep(self._seconds)
        else:
            self.trips[-1] += data
