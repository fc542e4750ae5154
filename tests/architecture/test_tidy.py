"""The limits of the house: each finds its planted fault, and finds nothing in the real tree."""

from pathlib import Path

import pytest

from tests.architecture import planted, rules
from tests.architecture.planted import case
from tests.architecture.rules import reach

ROOT = Path(__file__).resolve().parents[2]


def place(finding: str) -> str:
    """`path:line` of a finding, or the path alone where the whole folder is meant."""
    return finding.partition(": ")[0]


@pytest.mark.parametrize("rule", rules.ALL, ids=lambda rule: rule.__name__)
def test_the_tree_is_tidy(rule: rules.Rule) -> None:
    findings = rule(ROOT)
    assert not findings, "\n".join([f"{len(findings)} findings:", *findings])


@pytest.mark.parametrize("fault", planted.ALL, ids=lambda each: each.rule.__name__)
def test_a_rule_finds_what_is_planted_and_nothing_else(fault: case.Case, tmp_path: Path) -> None:
    fault.write(tmp_path)
    assert sorted(map(place, fault.rule(tmp_path))) == sorted(fault.found)


def test_every_rule_has_a_planted_fault() -> None:
    planted_for = {fault.rule for fault in planted.ALL if fault.found}
    assert planted_for == set(rules.ALL) - {reach.stale_allowances}


def test_an_allowance_covers_an_orphan_only_while_it_is_needed(tmp_path: Path) -> None:
    orphan, imported, unnamed = (f"quartermaster.interfaces.{end}" for end in ("a", "b", "c"))
    tree = {
        f"{case.APP}/conf/settings.py": f"import {imported}\nDOORS = ['{orphan}', '{imported}']",
        f"{case.DOOR}/a.py": "",
        f"{case.DOOR}/b.py": "",
        f"{case.DOOR}/c.py": "",
    }
    case.Case(reach.orphan_modules, tree, ()).write(tmp_path)
    allowed = {orphan, imported, unnamed, "quartermaster.gone"}
    assert reach.orphan_modules(tmp_path, allowed) == []
    stale = [place(finding) for finding in reach.stale_allowances(tmp_path, allowed)]
    assert stale == sorted([imported, unnamed, "quartermaster.gone"])
