"""The pieces that mails are made of (RFC 2045 to 2047), put together by hand.

The standard library could compose mails too, but then all would look like Python's. Here every mail
program keeps its own order of header fields, its boundaries and its encodings.
"""

import base64
import binascii
import email.header
import email.utils
import hashlib
import urllib.parse
from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """A header and the encoded bytes below it."""

    fields: tuple[tuple[str, str], ...]
    content: bytes

    def to_bytes(self):
        header = "".join(f"{name}: {value}\n" for name, value in self.fields)
        whole = header.encode() + b"\n" + self.content
        return whole.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")

    def with_fields(self, *fields):
        """The same part with more header fields before its own; empty ones are left out."""
        return Part((*((n, v) for n, v in fields if v), *self.fields), self.content)


def text(content, subtype="plain", charset="utf-8", encoding="quoted-printable", **parameters):
    """A text part."""
    encoded = _ENCODERS[encoding](content.encode(charset))
    extra = "".join(f"; {name}={value}" for name, value in parameters.items())
    return Part(
        (
            ("Content-Type", f"text/{subtype}; charset={charset}{extra}"),
            ("Content-Transfer-Encoding", encoding),
        ),
        encoded,
    )


def attachment(file):
    """An attached file, or with a ``cid`` one that the text shows. Names as RFC 2231 has them."""
    disposition = "inline" if file.cid else "attachment"
    return Part(
        (
            ("Content-Type", f"{file.content_type};\n {_parameter('name', file.name)}"),
            (
                "Content-Disposition",
                f"{disposition};\n {_parameter('filename', file.name)}",
            ),
            ("Content-Transfer-Encoding", "base64"),
            *([("Content-Id", f"<{file.cid}>")] if file.cid else []),
        ),
        _ENCODERS["base64"](file.content),
    )


def multipart(subtype, boundary, *parts, **parameters):
    """Parts in one; a single part stays what it is."""
    if len(parts) == 1:
        return parts[0]
    pieces = [b"--%s\n%s\n" % (boundary.encode(), part.to_bytes()) for part in parts]
    extra = "".join(f';\n {name}="{value}"' for name, value in parameters.items())
    field = f'multipart/{subtype};\n boundary="{boundary}"{extra}'
    return Part((("Content-Type", field),), b"".join([*pieces, b"--%s--\n" % boundary.encode()]))


def words(value, charset="utf-8"):
    """An unstructured header field, as encoded words where it has to be."""
    if value.isascii():
        return value
    return email.header.Header(value, charset, maxlinelen=70).encode()


def addresses(people, charset="utf-8"):
    """An address list as a header field."""
    return ",\n ".join(address(person, charset) for person in people)


def address(person, charset="utf-8"):
    name = person.display_name
    if name.isascii():
        return email.utils.formataddr((name, person.email))
    return f"{words(name, charset)} <{person.email}>"


def date(moment):
    return email.utils.format_datetime(moment)


def token(*seeds, length=16):
    """Something that looks random and is always the same for the same seeds."""
    return hashlib.sha256("/".join(seeds).encode()).hexdigest()[:length]


def _parameter(name, value):
    if value.isascii():
        return f'{name}="{value}"'
    return f"{name}*=UTF-8''{urllib.parse.quote(value)}"


def _quoted_printable(data):
    return binascii.b2a_qp(data, istext=True)


def _as_is(data):
    return data


_ENCODERS = {
    "quoted-printable": _quoted_printable,
    "base64": base64.encodebytes,
    "7bit": _as_is,
    "8bit": _as_is,
}
