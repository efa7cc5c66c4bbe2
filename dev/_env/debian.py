"""Debian packages: unpacked into a folder of ours, or installed on the machine.

Unpacking needs no root and leaves the machine's own packages alone: apt works with
lists, cache and one source of our own, and checks signatures as ever.
"""

import os
import platform
import shutil
from pathlib import Path

from . import process
from .console import Failure, step
from .paths import CACHE

APT = CACHE / "apt"
KEYRINGS = [
    f"/usr/share/keyrings/debian-archive-keyring.{ending}" for ending in ("gpg", "pgp")
]
OWN_APT = [
    f"--option={setting}"
    for setting in (
        f"Dir::Etc::SourceList={APT}/sources.list",
        "Dir::Etc::SourceParts=/dev/null",
        "Dir::Etc::Preferences=/dev/null",
        "Dir::Etc::PreferencesParts=/dev/null",
        f"Dir::State::Lists={APT}/lists",
        f"Dir::Cache={APT}/cache",
        "Acquire::Languages=none",
        "APT::Sandbox::User=root",  # root's download: user _apt cannot enter here
    )
]
STATUS = ["--quiet", "--option=APT::Status-Fd=1", "--option=Dpkg::Use-Pty=0"]


def is_debian():
    try:
        return platform.freedesktop_os_release()["ID"] == "debian"
    except OSError:
        return False


def unpack(packages, folder, suite, show):
    """Download packages of a suite and unpack them over each other into a folder."""
    archives = APT / "archives"
    for path in (APT / "lists/partial", APT / "cache/archives/partial", archives):
        path.mkdir(parents=True, exist_ok=True)
    (APT / "sources.list").write_text(
        f"deb [signed-by={_keyring()}] {_mirror()} {suite} main\n"
    )
    show("reading the package list")
    _apt("update", [*OWN_APT, "update", "--error-on=any"], show)
    _apt("download", [*OWN_APT, "download", *packages], show, cwd=archives)
    for archive in sorted(archives.iterdir()):
        process.logged(
            ["dpkg", "--vextract", archive, folder],
            "unpack",
            lambda path: show(f"unpacking {path}"),
        )
    shutil.rmtree(APT)


def require(programs):
    """Have programs on the machine, installed from its own Debian if we may.

    What this release of Debian does not have is passed over.

    :param programs: dict of program: the Debian package it is in
    """
    missing = [
        package
        for program, package in programs.items()
        if not shutil.which(program) and not _is_refused(package)
    ]
    if not missing:
        return
    as_root = _as_root()
    if as_root is None:
        raise Failure(
            "Programs are missing; on Debian this installs them, as root:\n"
            "  apt-get update && apt-get install --no-install-recommends "
            + " ".join(missing)
        )
    with step(f"System packages {', '.join(missing)}") as current:
        _apt("update", ["update"], current.progress, as_root)
        _apt(
            "install",
            ["install", "--yes", "--no-install-recommends"]
            + [package for package in missing if not _is_refused(package)],
            current.progress,
            as_root,
        )


def _is_refused(package):
    """Whether apt knows packages, but not this one."""
    lists = Path("/var/lib/apt/lists").glob("*_Packages*")
    return any(lists) and not process.output(["apt-cache", "madison", package])


def _as_root():
    """What to put before a command to run it as root; None where we cannot."""
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    command = [*sudo, "env", "DEBIAN_FRONTEND=noninteractive"]
    allowed = is_debian() and process.output([*command, "true"]) is not None
    return command if allowed else None


def _keyring():
    for keyring in KEYRINGS:
        if os.path.exists(keyring):
            return keyring
    raise Failure("Debian's keys are missing: apt-get install debian-archive-keyring")


def _mirror():
    """The mirror that the machine takes its own Debian packages from."""
    targets = process.output(
        ["apt-get", "indextargets", "--no-release-info", "--format"]
        + ["$(REPO_URI) $(COMPONENT)", "Created-By: Packages"]
    )
    for target in (targets or "").splitlines():
        uri, component = target.split()
        if component == "main" and "security" not in uri:
            return uri
    raise Failure("apt-get knows no Debian mirror: see /etc/apt/sources.list.d")


def _apt(log, arguments, show, as_root=(), **options):
    """Run apt-get, showing the percentages of its machine-readable status lines."""

    def on_line(line):
        kind, *parts = line.split(":", 3)
        if kind in ("dlstatus", "pmstatus") and len(parts) == 3:
            show(f"{float(parts[1]):.0f}% {parts[2]}")

    process.logged(
        [*as_root, "apt-get", *STATUS, *arguments],
        f"apt-{log}",
        on_line,
        "apt-get failed; is the network there, or another apt running?",
        **options,
    )
