"""What was measured, as a table for people and as JSON for programs."""

import json
from dataclasses import asdict, dataclass, field
from textwrap import fill


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


def as_markdown(figures, facts):
    """Return the figures as docs/PERFORMANCE.md shows them: a table, and below it what else is worth knowing."""
    rows = [
        (
            figure.name,
            _number(figure.ours),
            "" if figure.reference is None else _number(figure.reference),
            figure.unit,
            figure.goal,
            {None: "", True: "reached", False: "**missed**"}[figure.reached],
        )
        for figure in figures
    ]
    lines = [_facts_line(facts), "", *_table(_HEADER, rows, to_the_right=(1, 2))]
    for figure in figures:
        if figure.details:
            lines += ["", f"{figure.name}:", ""]
            lines += [f"- {name}: {_text(value)}" for name, value in figure.details.items()]
    return "\n".join(lines)


_HEADER = ("figure", "mail_imap_sync", "reference", "unit", "to reach", "")


def _facts_line(facts):
    sizes = ", ".join(
        f"{name.lower().replace('_', ' ')} {value:,}" for name, value in facts["sizes"].items()
    )
    line = (
        f"Measured at {facts['at']} with Python {facts['python']} on {facts['processors']} processors in "
        f"{facts['minutes']} minutes. Processes that wanted a processor before and after: {facts['load'][0]}, "
        f"{facts['load'][1]}. Sizes: {sizes}."
    )
    return fill(line, 118)


def _table(header, rows, to_the_right):
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    rule = [
        "-" * (width - 1) + ("-:"[column in to_the_right] if width > 1 else "-")
        for column, width in enumerate(widths)
    ]
    for row in (header, rule, *rows):
        cells = (
            cell.rjust(width) if column in to_the_right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield f"| {' | '.join(cells)} |"


def write_json(figures, facts, path):
    """Write the figures, and facts about machine and sizes beside them."""
    content = {**facts, "figures": [asdict(figure) for figure in figures]}
    path.write_text(json.dumps(content, indent=2) + "\n")


def _number(value):
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _text(value):
    if isinstance(value, (list, tuple)):
        between = ", " if any(isinstance(item, (list, tuple)) for item in value) else " / "
        return between.join(map(_text, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
