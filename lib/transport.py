"""Bytes to and from a server until a deadline, with or without TLS. Knows nothing of IMAP."""

import io
import socket
from collections.abc import Callable

from .errors import ConnectionLost, ConnectionTimeout
from .network import Deadline


class Transport(io.RawIOBase):
    """A socket that keeps to one deadline over all its reads and writes.

    A time limit of the socket's own would count per receive: one byte a second defeats that.
    """

    def __init__(self, sock: socket.socket, deadline: Deadline):
        super().__init__()
        self.sock = sock
        self.deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        return self._within_deadline(self.sock.recv_into, buffer)

    def send_all(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[self._within_deadline(self.sock.send, view) :]

    def _within_deadline(self, operation: Callable, argument) -> int:
        self.sock.settimeout(self.deadline.remaining())
        try:
            return operation(argument)
        except TimeoutError:
            self.deadline.remaining()
            raise ConnectionTimeout("the server stopped answering") from None
        except OSError as error:
            raise ConnectionLost(error.strerror or str(error)) from error

    def close(self) -> None:
        self.sock.close()
        return super().close()
