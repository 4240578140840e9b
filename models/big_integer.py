from odoo import fields


class BigInteger(fields.Integer):
    """An integer of 64 bits: UID, UIDVALIDITY and UIDNEXT are unsigned 32 bits (RFC 3501 2.3.1.1) and
    exceed PostgreSQL's int4, MODSEQ has 63 bits (RFC 7162)."""

    _column_type = ("int8", "int8")
