"""What the small servers have in common: one process, one port, one user, and mail that is gone with them."""

import sys

from . import child, scratch


class SmallServer:
    """A server without TLS, for one user.

    Subclasses say how it is started (:meth:`_argv`).
    """

    host = "127.0.0.1"
    login, password = "anna", "secret"
    name = ""

    def start(self):
        """Start and return once the server greets."""
        self._folder, self._lock = scratch.make_folder(f"imap-sync-{self.name}-")
        self.log_file = self._folder / "log"
        self.log_file.touch()
        try:
            (self.port,) = child.free_ports(1)
            self._process = child.start(self._argv(), self.log_file)
            child.wait_for_greeting(self._process, self.port, "* OK", 20.0)
        except BaseException as error:
            log = self.log_file.read_text(errors="replace")
            self.stop()
            if isinstance(error, (ChildProcessError, TimeoutError)):
                raise RuntimeError(f"{self.name} did not start: {error}\n{log}") from error
            raise
        return self

    def stop(self):
        """End the server and remove its files."""
        if getattr(self, "_process", None):
            child.stop(self._process)
        scratch.remove_folder(self._folder, self._lock)

    __enter__ = start

    def __exit__(self, *exc_info):
        self.stop()

    def _argv(self):
        raise NotImplementedError


class PymapServer(SmallServer):
    """pymap (https://github.com/icgood/pymap): a plain server, with OBJECTID and MOVE and no SPECIAL-USE.

    It is filled by APPEND.
    """

    name = "pymap"

    def _argv(self):
        # its program's folder may not be entered by the account that it runs as; the interpreter may
        start = "import sys; from pymap.main import main; sys.exit(main())"
        return [
            *(sys.executable, "-c", start, "--host", self.host, "--port", self.port, "--no-tls"),
            *("dict", "--demo-user", self.login, "--demo-password", self.password),
        ]
