"""Attachments of the sample, made here so that they are real and stay small."""

import datetime
import functools
import io
import math
import struct
import zipfile
import zlib

from .letter import Attachment

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def pdf(name, title, lines):
    """A page with a title and some lines. Latin characters only: it uses a font of the reader's."""
    text = [b"BT /F1 20 Tf 60 770 Td (%s) Tj" % _pdf_string(title), b"/F2 11 Tf 0 -40 Td 16 TL"]
    text += [b"(%s) Tj T*" % _pdf_string(line) for line in lines]
    stream = b"\n".join([*text, b"ET"])
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /%s /Encoding /WinAnsiEncoding >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R /F2 6 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        font % b"Helvetica-Bold",
        font % b"Helvetica",
    ]
    out = io.BytesIO()
    out.write(b"%PDF-1.4\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    table = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.writelines(b"%010d 00000 n \n" % offset for offset in offsets)
    out.write(b"trailer\n<< /Size %d /Root 1 0 R >>\n" % (len(objects) + 1))
    out.write(b"startxref\n%d\n%%%%EOF\n" % table)
    return Attachment(name, "application/pdf", out.getvalue())


def xlsx(name, rows):
    """A workbook with one sheet."""
    cells = "".join(
        f'<row r="{r}">' + "".join(map(_xlsx_cell, row)) + "</row>" for r, row in enumerate(rows, 1)
    )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/>'
        "</Types>",
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="rId1" Type="{office}/officeDocument" Target="xl/workbook.xml"/>'
        "</Relationships>",
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
        '<sheet name="Prices" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="rId1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/>'
        "</Relationships>",
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData>'
        "</worksheet>",
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in parts.items():
            # a fixed time, so that the same rows give the same bytes
            info = zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0))
            archive.writestr(info, f'<?xml version="1.0" encoding="UTF-8"?>\n{text}')
    return Attachment(name, _XLSX, out.getvalue())


def csv(name, rows, charset="utf-8"):
    """A table with semicolons, as German programs write it."""
    text = "".join(";".join(map(str, row)) + "\r\n" for row in rows)
    return Attachment(name, f"text/csv; charset={charset}", text.encode(charset))


def invitation(summary, place, start, hours, organizer, attendee, uid, stamp):
    """An iTIP request (RFC 5546)."""

    def utc(moment):
        return moment.astimezone(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")

    lines = [
        "BEGIN:VCALENDAR",
        "PRODID:-//Example//Calendar//EN",
        "VERSION:2.0",
        "METHOD:REQUEST",
        "BEGIN:VEVENT",
        f"UID:{uid}",
        f"DTSTAMP:{utc(stamp)}",
        f"DTSTART:{utc(start)}",
        f"DTEND:{utc(start + datetime.timedelta(hours=hours))}",
        f"SUMMARY:{summary}",
        f"LOCATION:{place}",
        f"ORGANIZER;CN={organizer.name}:mailto:{organizer.email}",
        f"ATTENDEE;CN={attendee.name};RSVP=TRUE;PARTSTAT=NEEDS-ACTION:mailto:{attendee.email}",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]
    content = "\r\n".join(lines).encode()
    return Attachment("invite.ics", "text/calendar; charset=utf-8; method=REQUEST", content)


@functools.cache  # it takes a moment to draw
def tea_label(name, cid=""):
    """A picture of a round tea label: a green leaf on cream, with a dark ring."""

    def colour(x, y):
        distance = math.hypot(x, y)
        if distance > 0.96:
            return (244, 241, 234)
        if distance > 0.88 or 0.80 < distance < 0.82:
            return (38, 61, 51)
        # a leaf is where two circles meet, turned by 45 degrees
        u, v = (x - y) * 0.7071, (x + y) * 0.7071
        if math.hypot(u, abs(v) + 0.5) > 0.78:
            return (250, 246, 232)
        vein = (u - abs(v) * 0.9) * 6 % 1 < 0.09
        if abs(v) < 0.012 or vein:
            return (190, 214, 178)
        return (84, 130, 82) if v > 0 else (98, 147, 94)

    return Attachment(name, "image/png", _png(320, 320, colour), cid)


@functools.cache
def dented_box(name, cid=""):
    """A picture of a cardboard box whose corner was pushed in."""

    def colour(x, y):
        corner = x - y + 0.12 * math.sin(9 * (x + y))
        if abs(x) < 0.72 and abs(y) < 0.5 and corner < 1.02:
            if corner > 0.78:
                return (136, 98, 60) if corner > 0.82 else (92, 64, 38)
            if abs(x) < 0.06:
                return (214, 190, 150)
            if abs(y + 0.18) < 0.01:
                return (122, 86, 52)
            return (178, 134, 88) if y > -0.18 else (192, 148, 100)
        return (222, 224, 226) if y < 0.5 else (168, 164, 160)

    return Attachment(name, "image/png", _png(420, 300, colour), cid)


def _png(width, height, colour):
    """``colour`` gives red, green and blue for a point; the shorter side goes from -1 to 1."""
    scale = 2 / min(width, height)
    rows = bytearray()
    for row in range(height):
        rows.append(0)  # no filter
        y = (row - height / 2) * scale
        for column in range(width):
            rows += bytes(colour((column - width / 2) * scale, y))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(rows), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def _pdf_string(text):
    escaped = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    return escaped.encode("cp1252", "replace")


def _xlsx_cell(value):
    if isinstance(value, (int, float)):
        return f"<c><v>{value}</v></c>"
    text = str(value).replace("&", "&amp;").replace("<", "&lt;")
    return f'<c t="inlineStr"><is><t>{text}</t></is></c>'
