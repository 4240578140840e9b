"""Bytes to and from a server until a deadline, with or without TLS, compressed or not. Knows nothing of IMAP."""

import io
import socket
import zlib
from collections.abc import Callable

from .errors import ConnectionLost, ConnectionTimeout, ProtocolError
from .network import Deadline


class Transport(io.RawIOBase):
    """A socket that keeps to one deadline over all its reads and writes.

    A time limit of the socket's own would count per receive: one byte a second defeats that.
    """

    def __init__(self, sock: socket.socket, deadline: Deadline):
        super().__init__()
        self.sock = sock
        self.deadline = deadline
        #: nothing more is to be taken from the socket for now
        self.paused = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int | None:
        if self.paused:
            return None
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


#: raw deflate (RFC 1951), as RFC 4978 section 3 wants it
_RAW = -zlib.MAX_WBITS
_RECEIVED_AT_ONCE = 64 * 1024


class DeflateTransport(io.RawIOBase):
    """Over another transport, compressed both ways (RFC 4978).

    Never holds more than one receive of compressed bytes, and never unpacks more than it is asked for, so whoever
    reads counts true sizes: a few bytes that stand for gigabytes meet the reader's limits before they take memory.

    :param received: compressed bytes that were read already
    """

    def __init__(self, below: Transport, received: bytes):
        super().__init__()
        self._below = below
        self._packed = received
        self._inflate = zlib.decompressobj(_RAW)
        self._deflate = zlib.compressobj(wbits=_RAW)
        #: compressed bytes that came and went
        self.bytes_in, self.bytes_out = len(received), 0

    @property
    def deadline(self) -> Deadline:
        return self._below.deadline

    @deadline.setter
    def deadline(self, deadline: Deadline) -> None:
        self._below.deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        """Waits until at least one byte came out, or the server ended the connection."""
        while not self._inflate.eof:
            # what was taken in earlier may hold more than there was room for
            data = self._unpack(len(buffer))
            if data:
                buffer[: len(data)] = data
                return len(data)
            received = bytearray(_RECEIVED_AT_ONCE)
            size = self._below.readinto(received)
            if not size:
                return 0
            self.bytes_in += size
            self._packed += bytes(received[:size])
        return 0

    def _unpack(self, room: int) -> bytes:
        try:
            data = self._inflate.decompress(self._packed, room)
        except zlib.error as error:
            raise ProtocolError(f"the compressed stream is broken: {error}") from None
        self._packed = self._inflate.unconsumed_tail
        return data

    def send_all(self, data: bytes) -> None:
        packed = self._deflate.compress(data) + self._deflate.flush(zlib.Z_SYNC_FLUSH)
        self.bytes_out += len(packed)
        self._below.send_all(packed)

    def close(self) -> None:
        self._below.close()
        return super().close()
