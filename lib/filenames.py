"""Names of attachments: what a sender wrote, made safe to show, to store and to download."""

import mimetypes
import re

from .text import one_line

#: Longest name; file systems allow 255 bytes, and a character of UTF-8 takes up to four.
MAX_NAME_LENGTH = 120
_MAX_EXTENSION_LENGTH = 16

#: What no name may contain: path separators, and what Windows refuses.
_FORBIDDEN = re.compile(r'[<>:"|?*]')
_SEPARATORS = re.compile(r"[/\\]+")
_MIMETYPE = re.compile(r"[a-z0-9][a-z0-9.+-]{0,60}/[a-z0-9][a-z0-9.+_-]{0,100}")
_UNKNOWN = "application/octet-stream"

#: Python's own table, without that of the system: the same mail gives the same types everywhere.
_TYPES = mimetypes.MimeTypes()
_OPEN_XML = "application/vnd.openxmlformats-officedocument."
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
for _extension, _type in {
    ".docx": _OPEN_XML + "wordprocessingml.document",
    ".eml": "message/rfc822",
    ".heic": "image/heic",
    ".ics": "text/calendar",
    ".odp": _OPEN_DOCUMENT + "presentation",
    ".ods": _OPEN_DOCUMENT + "spreadsheet",
    ".odt": _OPEN_DOCUMENT + "text",
    ".p7s": "application/pkcs7-signature",
    ".pptx": _OPEN_XML + "presentationml.presentation",
    ".vcf": "text/vcard",
    ".webp": "image/webp",
    ".xlsx": _OPEN_XML + "spreadsheetml.sheet",
}.items():
    _TYPES.add_type(_type, _extension)

#: Names of parts that come without one, by what programs expect.
_USUAL_NAMES = {
    "application/ms-tnef": "winmail.dat",
    "application/pgp-encrypted": "pgp-version.asc",
    "application/pgp-keys": "key.asc",
    "application/pgp-signature": "signature.asc",
    "application/pkcs7-mime": "smime.p7m",
    "application/pkcs7-signature": "smime.p7s",
    "application/vnd.ms-tnef": "winmail.dat",
    "application/x-pkcs7-mime": "smime.p7m",
    "application/x-pkcs7-signature": "smime.p7s",
    "message/delivery-status": "delivery-status.txt",
    "message/disposition-notification": "disposition-notification.txt",
    "message/rfc822": "message.eml",
    "text/calendar": "invite.ics",
    "text/plain": "text.txt",
    "text/rfc822-headers": "headers.txt",
    "text/vcard": "contact.vcf",
    "text/x-vcard": "contact.vcf",
}


def safe_name(name: str, mimetype: str) -> str:
    """Return a file name without path, controls and tricks, at most MAX_NAME_LENGTH, never empty.

    The extension survives shortening: it decides which program opens the file. Idempotent.
    """
    name = one_line(name, 10 * MAX_NAME_LENGTH)
    name = _SEPARATORS.split(name.rstrip("/\\"))[-1]
    name = _FORBIDDEN.sub("_", name).strip(" .")
    if not name:
        return _USUAL_NAMES.get(mimetype) or "attachment" + _extension_for(mimetype)
    if len(name) > MAX_NAME_LENGTH:
        stem, dot, extension = name.rpartition(".")
        if not dot or len(extension) > _MAX_EXTENSION_LENGTH:
            return name[:MAX_NAME_LENGTH].rstrip(" .")
        name = stem[: MAX_NAME_LENGTH - len(extension) - 1].rstrip(" .") + dot + extension
    return name


def safe_mimetype(mimetype: str, name: str) -> str:
    """Return a well-formed type; what says nothing gives way to what the extension means."""
    if _MIMETYPE.fullmatch(mimetype) and mimetype != _UNKNOWN:
        return mimetype
    return _TYPES.guess_type(name, strict=False)[0] or _UNKNOWN


def _extension_for(mimetype: str) -> str:
    """Return the usual extension of a type with its dot, '' if nobody knows it."""
    return _TYPES.guess_extension(mimetype, strict=False) or ""
