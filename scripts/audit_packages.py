"""Asks a vulnerability database about every package of constraints.txt; `make lint` runs it.

Ends with 1 when a package has a known vulnerability. Where the database cannot be reached (no network, a mirror without
that service) nothing is known: it says so and ends with 0, for a lint must work offline too.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CONSTRAINTS = ROOT / "constraints.txt"
PATIENCE_SECONDS = 120


def main() -> int:
    try:
        packages = ask(CONSTRAINTS)
    except (subprocess.TimeoutExpired, json.JSONDecodeError, FileNotFoundError):
        packages = []
    audited = [package for package in packages if "vulns" in package]
    weak = [package for package in audited if package["vulns"]]
    for package in weak:
        for vulnerability in package["vulns"]:
            mended = ", ".join(vulnerability.get("fix_versions", [])) or "no version yet"
            print(f"{package['name']} {package['version']}: {vulnerability['id']}, mended in {mended}")
    left = f", {len(packages) - len(audited)} could not be looked up" if len(packages) > len(audited) else ""
    if audited:
        print(f"packages: {len(audited)} audited{left}, {len(weak)} with known vulnerabilities")
    else:
        print("packages: NOT AUDITED, the vulnerability database could not be asked (no network?)")
    return 1 if weak else 0


def ask(constraints: Path) -> list[dict[str, object]]:
    """pip-audit's answer: {name, version, vulns: [{id, fix_versions}]} or {name, skip_reason} a package."""
    program = Path(sys.executable).with_name("pip-audit")
    command = [program, "--requirement", constraints, "--no-deps", "--disable-pip", "--format=json"]
    quiet = ["--progress-spinner=off", "--timeout=10"]
    done = subprocess.run([*command, *quiet], capture_output=True, text=True, timeout=PATIENCE_SECONDS)
    answer: list[dict[str, object]] = json.loads(done.stdout)["dependencies"]
    return answer


if __name__ == "__main__":
    sys.exit(main())
