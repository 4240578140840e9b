"""Looks for a text in everything that a database holds."""

from .odoo_workers import run_query

_COLUMNS = """
    SELECT columns.table_name, columns.column_name FROM information_schema.columns
      JOIN information_schema.tables USING (table_schema, table_name)
     WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
       AND data_type IN ('character varying', 'text', 'json', 'jsonb', 'bytea')
  ORDER BY 1, 2
"""
#: written by core while it works, or about files in the addons path
_PASSING = ("bus_bus", "ir_logging", "ir_module_module", "ir_module_module_dependency")


def occurrences(database, text):
    """Return "table.column" -> in how many rows it contains a text, upper or lower case."""
    found = {}
    for table, column in run_query(database, _COLUMNS):
        if table in _PASSING:
            continue
        # what is binary is text as hexadecimal digits
        [(number,)] = run_query(
            database,
            f'SELECT count(*) FROM "{table}" WHERE "{column}"::text ILIKE ANY (%s)',  # noqa: S608
            [f"%{text}%", f"%{text.encode().hex()}%"],
        )
        if number:
            found[f"{table}.{column}"] = number
    return found
