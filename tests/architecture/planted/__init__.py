"""For each rule a small tree with the fault in it, and beside it what the rule must let pass."""

from tests.architecture.planted import conduct, growth, wording

ALL = growth.ALL + conduct.ALL + wording.ALL
