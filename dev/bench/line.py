"""A line with latency between client and server, which counts round trips."""

import socket
import threading
import time
from contextlib import contextmanager


class Line:
    """Forwards connections to a port, and delays what the client sends by one round trip.

    A round trip is what a client sends after it has read an answer. Only for lines without TLS:
    what is sent is kept.
    """

    def __init__(self, port, seconds):
        self._target, self._seconds = port, seconds
        #: what the client sent, round trip by round trip
        self.trips = []
        self._waits_for_client = True

    @contextmanager
    def open(self):
        """Yield the port to connect to."""
        with socket.create_server(("127.0.0.1", 0)) as listener:
            threading.Thread(target=self._accept, args=(listener,), daemon=True).start()
            yield listener.getsockname()[1]

    def after_login(self):
        """The round trips after the sign-in and the exchange of names, without the farewell."""
        signing_in = (b"CAPABILITY", b"AUTHENTICATE", b"LOGIN", b"ID", b"LOGOUT")
        return [trip for trip in self.trips if trip.split(maxsplit=2)[1].upper() not in signing_in]

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
        while data := source.recv(1 << 16):
            if not from_client:
                self._waits_for_client = True
            elif self._waits_for_client:
                self._waits_for_client = False
                self.trips.append(data)
                time.sleep(self._seconds)
            else:
                self.trips[-1] += data
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
