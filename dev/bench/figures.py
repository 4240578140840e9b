"""What was measured, as a table for people and as JSON for programs."""

import json
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True)
class Figure:
    """One line of the table.

    :param name: what was measured
    :param ours: the addon's figure
    :param reference: what it is compared with, None where there is nothing to compare with
    :param unit: of both
    :param goal: what is to be reached, in words; empty where nothing was promised
    :param reached: whether it was
    :param details: what else is worth knowing
    """

    name: str
    ours: float
    reference: float | None
    unit: str
    goal: str = ""
    reached: bool | None = None
    details: dict = field(default_factory=dict)


def print_table(figures):
    """Print one line per figure; numbers to the right."""
    header = ("", "mail_imap_sync", "reference", "unit", "to reach", "")
    rows = [
        (
            figure.name,
            _number(figure.ours),
            "" if figure.reference is None else _number(figure.reference),
            figure.unit,
            figure.goal,
            {None: "", True: "reached", False: "MISSED"}[figure.reached],
        )
        for figure in figures
    ]
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    for row in (header, tuple("-" * width for width in widths), *rows):
        cells = zip(row, widths, strict=True)
        print(
            "  ".join(
                _padded(*cell, column in (1, 2)) for column, cell in enumerate(cells)
            ).rstrip()
        )
    for figure in figures:
        if figure.details:
            print(f"\n{figure.name}")
        for name, value in figure.details.items():
            print(f"    {name}: {value}")


def write_json(figures, facts, path):
    """Write the figures, and facts about machine and sizes beside them."""
    content = {**facts, "figures": [asdict(figure) for figure in figures]}
    path.write_text(json.dumps(content, indent=2) + "\n")


def _number(value):
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _padded(text, width, to_the_right):
    return text.rjust(width) if to_the_right else text.ljust(width)
