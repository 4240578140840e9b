"""Plain tables for a terminal, with names from all over the world in them."""

import unicodedata


def table(header, rows):
    """Lines of a table; numbers, and what is empty beside them, go to the right, a rule stands below the header."""
    texts = [[str(cell) for cell in row] for row in (header, *rows)]
    widths = [max(map(width, column)) for column in zip(*texts, strict=True)]
    right = [
        all(row[i] == "" or isinstance(row[i], int) for row in rows) for i in range(len(header))
    ]
    lines = ["  ".join(map(_pad, row, widths, right)).rstrip() for row in texts]
    return [lines[0], "  ".join("-" * w for w in widths), *lines[1:]]


def width(text):
    """How many columns a text takes: East Asian characters take two, combining marks none."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def _pad(text, columns, to_the_right):
    space = " " * (columns - width(text))
    return space + text if to_the_right else text + space
