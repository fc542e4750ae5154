"""The limits of the house as functions: a tree's root in, findings out.

A finding is one line, `path:line: what is wrong`. A rule is added here, planted in
`tests/architecture/planted.py` and thereby run on the real tree.
"""

from collections.abc import Callable
from pathlib import Path

from tests.architecture.rules import (
    companions,
    duplication,
    places,
    purity,
    reach,
    sizes,
    words,
)

Rule = Callable[[Path], list[str]]

ALL: tuple[Rule, ...] = (
    sizes.long_modules,
    sizes.long_functions,
    sizes.long_parameter_lists,
    sizes.long_entry_points,
    sizes.long_templates,
    sizes.long_lines,
    sizes.crowded_folders,
    duplication.duplication,
    reach.imports_inside_functions,
    reach.outsiders_in_core,
    reach.orphan_modules,
    reach.stale_allowances,
    purity.clock_calls,
    purity.sql_clocks,
    purity.floats_on_money,
    words.banned_names,
    words.layer_suffixes,
    words.missing_docstrings,
    companions.untested_use_cases,
    companions.domains_without_readme,
    companions.tests_laid_aside,
    places.registry_hosts,
    places.machine_paths,
)
