"""Folder names as IMAP carries them: modified UTF-7 (RFC 3501, section 5.1.3)."""

import base64
import re


def encode(name: str) -> str:
    """Readable name -> what goes over the wire."""
    return re.sub(r"[^\x20-\x7e]+", lambda m: f"&{_to_base64(m.group())}-", name.replace("&", "&-"))


def decode(name: str) -> str:
    """What came over the wire -> readable name."""
    return re.sub(r"&([^-]*)-", lambda m: _from_base64(m.group(1)) if m.group(1) else "&", name)


def quote(name: str) -> str:
    """Readable name -> quoted string of an IMAP command."""
    escaped = encode(name).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _to_base64(text):
    return base64.b64encode(text.encode("utf-16-be")).decode().rstrip("=").replace("/", ",")


def _from_base64(text):
    padded = text.replace(",", "/") + "=" * (-len(text) % 4)
    return base64.b64decode(padded).decode("utf-16-be")
