"""Runs the parts, each in a process of its own so that none disturbs another's memory, and shows
what they found.
"""

import json
import os
import platform
import subprocess
import sys
import tempfile
from dataclasses import asdict
from datetime import datetime, timezone
from importlib import import_module
from pathlib import Path

from . import sizes
from .figures import Figure, print_table, write_json

PARTS = ("linking", "arrival", "headers", "bodies", "unchanged", "memory", "chatter", "profile")


def main():
    """Run what ONLY names, else everything; fail if a part fails."""
    wanted = [part for part in os.environ.get("ONLY", "").split(",") if part] or PARTS
    if unknown := set(wanted) - set(PARTS):
        return f"unknown: {', '.join(unknown)}; there are {', '.join(PARTS)}"
    figures, failed = [], []
    for part in wanted:
        print(f"==> Measuring: {part}", flush=True)
        found = _in_a_process(part)
        figures += found or ()
        failed += () if found else (part,)
    print()
    print_table(figures)
    path = Path(os.environ["CHECKOUT"]) / "bench.json"
    write_json(figures, _facts(), path)
    print(f"\n==> written to {path.name}")
    return f"failed: {', '.join(failed)}" if failed else None


def _in_a_process(part):
    with tempfile.NamedTemporaryFile("r", suffix=".json") as result:
        done = subprocess.run([sys.executable, "-m", "bench", part, result.name], check=False)
        return [] if done.returncode else [Figure(**values) for values in json.load(result)]


def run_part(part, path):
    """Measure one part and write down its figures."""
    figures = import_module(f"bench.{part}").measure()
    Path(path).write_text(json.dumps([asdict(figure) for figure in figures]))


def _facts():
    return {
        "at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "processors": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "sizes": {name: value for name, value in vars(sizes).items() if name.isupper()},
    }


if __name__ == "__main__":
    sys.exit(run_part(*sys.argv[1:]) if len(sys.argv) > 1 else main())
