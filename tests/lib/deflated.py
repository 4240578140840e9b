"""The server's end of a compressed connection (RFC 4978)."""

import io
import socket
import zlib


class Deflated(io.RawIOBase):
    """A socket's verbs, as far as scripted servers use them, over raw deflate."""

    def __init__(self, sock: socket.socket):
        super().__init__()
        self._sock = sock
        self._inflate = zlib.decompressobj(-15)
        self._deflate = zlib.compressobj(wbits=-15)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        data = b""
        while not data:
            data = self._inflate.decompress(self._inflate.unconsumed_tail, len(buffer))
            if not data:
                received = self._sock.recv(65536)
                if not received:
                    return 0
                data = self._inflate.decompress(received, len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def recv(self, size: int) -> bytes:
        return self.read(size) or b""

    def sendall(self, data: bytes) -> None:
        self._sock.sendall(self._deflate.compress(data) + self._deflate.flush(zlib.Z_SYNC_FLUSH))

    def send_packed(self, data: bytes) -> None:
        """Send bytes that are compressed already, or are not."""
        self._sock.sendall(data)

    def shutdown(self, how: int) -> None:
        self._sock.shutdown(how)

    def close(self) -> None:
        self._sock.close()
        super().close()
