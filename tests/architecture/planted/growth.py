"""Things grown one past their limit, beside things just at it."""

from tests.architecture.planted.case import APP, DOOR, Case
from tests.architecture.rules import duplication, sizes


def function(lines: int, head: str = "def f():") -> str:
    """A function of exactly this many lines."""
    return head + "\n" + "    pass\n" * (lines - 1)


def parameters(count: int, name: str = "f", before: str = "") -> str:
    """A one-line function of this many parameters."""
    names = ", ".join(f"p{number}" for number in range(count))
    return f"def {name}({before}{names}): ...\n"


def numbered(count: int, word: str = "x") -> str:
    """Lines of code, each different."""
    return "".join(f"{word}{number} = {number}\n" for number in range(count))


ALL = (
    Case(
        sizes.long_modules,
        {
            f"{APP}/a.py": "x = 1\n" * 401,
            f"{APP}/b.py": "x = 1\n" * 400,
            f"{APP}/store/people/migrations/m.py": "x = 1\n" * 401,
        },
        (f"{APP}/a.py:1",),
    ),
    Case(
        sizes.long_functions,
        {
            f"{APP}/a.py": "x = 1\n" + function(61),
            "tests/test_a.py": function(61, "async def f():"),
            f"{APP}/b.py": function(60),
        },
        (f"{APP}/a.py:2", "tests/test_a.py:1"),
    ),
    Case(
        sizes.long_parameter_lists,
        {
            f"{APP}/a.py": parameters(6) + parameters(7) + "def g(a, b, c, /, d, e, *f, **g): ...",
            f"{APP}/b.py": "class A:\n    " + parameters(6, before="self, "),
            f"{DOOR}/cli/a.py": "@app.command()\n"
            + parameters(10)
            + "@app.command('x')\n"
            + parameters(11)
            + parameters(7),
            f"{DOOR}/api/a.py": "@app.command()\n" + parameters(7),
        },
        (
            f"{APP}/a.py:2",
            f"{APP}/a.py:3",
            f"{DOOR}/api/a.py:2",
            f"{DOOR}/cli/a.py:4",
            f"{DOOR}/cli/a.py:5",
        ),
    ),
    Case(
        sizes.long_entry_points,
        {
            f"{DOOR}/api/a.py": "@router.get('/x')\n" + function(26) + function(26),
            f"{DOOR}/jobs/a.py": "@queue.task(name='x')\n" + function(26),
            f"{DOOR}/cli/a.py": "@app.command()\n" + function(25) + "@app.command\n" + function(26),
            f"{DOOR}/console/a.py": function(26, "def f(request, bot):"),
            f"{DOOR}/ingest/a.py": function(26, "def f(request):"),
            f"{APP}/usecases/a.py": "@router.get('/x')\n" + function(26),
        },
        (
            f"{DOOR}/api/a.py:2",
            f"{DOOR}/cli/a.py:28",
            f"{DOOR}/console/a.py:1",
            f"{DOOR}/jobs/a.py:2",
        ),
    ),
    Case(
        sizes.long_templates,
        {
            f"{DOOR}/console/templates/a.html": "<p>\n" * 161,
            f"{DOOR}/console/templates/a.txt": "a\n" * 161,
            f"{DOOR}/console/templates/b.html": "<p>\n" * 160,
            f"{APP}/store/README.md": "a\n" * 161,
        },
        (f"{DOOR}/console/templates/a.html:1", f"{DOOR}/console/templates/a.txt:1"),
    ),
    Case(
        sizes.long_lines,
        {
            f"{APP}/a.py": f"x = 1\n#{'x' * 100}\n#{'x' * 99}\n",
            f"{APP}/a.sql": "-" * 101,
            f"{APP}/a.md": "-" * 101,
            f"{APP}/store/people/migrations/m.py": "#" * 101,
        },
        (f"{APP}/a.py:2", f"{APP}/a.sql:1"),
    ),
    Case(
        sizes.crowded_folders,
        {f"{APP}/core/{name}.py": "" for name in "abcdefghijklm"}
        | {f"{APP}/store/{name}.py": "" for name in "abcdefghijkl"}
        | {f"{APP}/store/{name}": "" for name in ("__init__.py", "README.md", "py.typed")}
        | {f"{APP}/store/{name}/a": "" for name in ("__pycache__", "x.egg-info")}
        | {f"{APP}/usecases/migrations/{name}.py": "" for name in "abcdefghijklm"},
        (f"{APP}/core",),
    ),
    Case(
        duplication.duplication,
        {
            f"{APP}/a.py": numbered(50, "a") + numbered(7) + numbered(50, "b"),
            f"{APP}/b.py": numbered(50, "c") + "# said again\n\n" + numbered(7),
            f"{APP}/c.py": "import os\n" * 7,
            f"{APP}/d.py": "import os\n" * 7,
        },
        (f"{APP}/b.py:53",),
    ),
    Case(
        duplication.duplication,
        {
            f"{APP}/a.py": numbered(200, "a") + numbered(7),
            f"{APP}/b.py": numbered(200, "b") + numbered(7),
        },
        (),
    ),
)
