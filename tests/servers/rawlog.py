"""Reads what clients sent, from the files that Dovecot's ``rawlog_dir`` writes."""

import re
from pathlib import Path

#: Every line of a raw log starts with a time.
_TIME = re.compile(rb"^\d+\.\d+ ", re.MULTILINE)
_LITERAL = re.compile(rb"\{(\d+)\+?\}$")


def client_commands(directory: Path) -> list[str]:
    """All commands that clients sent after signing in, without tags, oldest session first.

    Dovecot names the files by start time and process id; ``*.in`` hold what came in.
    """
    files = sorted(directory.glob("**/*.in"), key=lambda path: path.name)
    return [command for path in files for command in _commands(path.read_bytes())]


def _commands(log: bytes):
    """One session's commands; of a literal only its ``{size}`` is kept, to show where it was."""
    data = _TIME.sub(b"", log)
    command = b""
    while data:
        line, _, data = data.partition(b"\n")
        line = line.rstrip(b"\r")
        command += line
        if literal := _LITERAL.search(line):
            data = data[int(literal.group(1)) :]
            continue
        tag, _, rest = command.partition(b" ")
        yield (rest or tag).decode(errors="replace")  # DONE, which ends IDLE, has no tag
        command = b""
