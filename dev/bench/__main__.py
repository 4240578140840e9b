"""Runs the parts, each in a process of its own so that none disturbs another's memory, and shows
what they found.
"""

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from datetime import datetime, timezone
from importlib import import_module
from pathlib import Path

from . import sizes
from .figures import Figure, as_markdown, write_json

PARTS = ("linking", "arrival", "headers", "bodies", "unchanged", "memory", "chatter", "profile")


def main():
    """Run what ONLY names, else everything; fail if a part fails."""
    wanted = [part for part in os.environ.get("ONLY", "").split(",") if part] or PARTS
    if unknown := set(wanted) - set(PARTS):
        return f"unknown: {', '.join(unknown)}; there are {', '.join(PARTS)}"
    figures, failed, facts = [], [], _Facts()
    for part in wanted:
        print(f"==> Measuring: {part}", flush=True)
        found = _in_a_process(part)
        figures += found or ()
        failed += () if found else (part,)
    facts = facts.at_the_end()
    print(f"\n{as_markdown(figures, facts)}\n")
    path = Path(os.environ["CHECKOUT"]) / "bench.json"
    write_json(figures, facts, path)
    print(
        f"==> written to {path.name}; docs/PERFORMANCE.md takes all from the line 'Measured at' on"
    )
    return f"failed: {', '.join(failed)}" if failed else None


def _in_a_process(part):
    with tempfile.NamedTemporaryFile("r", suffix=".json") as result:
        done = subprocess.run([sys.executable, "-m", "bench", part, result.name], check=False)
        return [] if done.returncode else [Figure(**values) for values in json.load(result)]


def run_part(part, path):
    """Measure one part and write down its figures."""
    figures = import_module(f"bench.{part}").measure()
    Path(path).write_text(json.dumps([asdict(figure) for figure in figures]))


class _Facts:
    """When and where it was measured, and what else the machine did."""

    def __init__(self):
        self._load, self._begin = _load(), time.monotonic()

    def at_the_end(self):
        return {
            "at": datetime.now(timezone.utc).isoformat(timespec="minutes"),
            "minutes": round((time.monotonic() - self._begin) / 60),
            "python": platform.python_version(),
            "processors": os.cpu_count(),
            "load": (self._load, _load()),
            "sizes": {name: value for name, value in vars(sizes).items() if name.isupper()},
        }


def _load():
    return round(os.getloadavg()[0], 1)


if __name__ == "__main__":
    sys.exit(run_part(*sys.argv[1:]) if len(sys.argv) > 1 else main())
