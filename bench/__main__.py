"""`python -m bench [core|metering|serving|files|growth|pages|suggestion|entitlements|invoices|
checkouts|soak …]`, with `--json FILE`."""

import argparse
import importlib
from pathlib import Path

from bench import figures, installation

NAMES = ("core", "metering", "serving", "files", "growth", "pages", "suggestion", "entitlements")
NAMES += ("invoices", "checkouts")
LONG = ("soak",)


def main() -> None:
    """Measures what was named, or everything."""
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("names", nargs="*", help=f"of {', '.join(NAMES + LONG)}")
    parser.add_argument("--json", type=Path, default=Path("build/bench.json"))
    wanted = parser.parse_args()
    found: list[figures.Figure] = []
    try:
        for name in wanted.names or NAMES:
            if name != "core":
                installation.start_database()
            measured = importlib.import_module(f"bench.{name}").run()
            figures.show(measured)
            found += measured
    finally:
        installation.stop_database()
    wanted.json.parent.mkdir(parents=True, exist_ok=True)
    figures.write(found, wanted.json)
    if len(wanted.names) != 1:
        figures.show(found)


if __name__ == "__main__":
    main()
