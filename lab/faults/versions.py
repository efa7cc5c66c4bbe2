"""Keep the addon as earlier issues left it, for the upgrade test.

    PYTHONPATH=dev python3 -m lab.faults.versions aaea474 fb15e42 fcda602

adds these commits to tests/data/versions.tar.xz, under the version that each has, in
place of what was kept of that version. A clone without history has the archive, and
needs nothing else.
"""

import ast
import io
import lzma
import subprocess
import sys
import tarfile

from _env.paths import ADDON, ROOT

ARCHIVE = ROOT / "tests/data/versions.tar.xz"


def files(commit):
    """The addon in a commit: ``[(path, content)]``"""
    command = ["git", "archive", "--format=tar", commit, ADDON.name]
    output = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(output)) as tree:
        return [
            (member.name, tree.extractfile(member).read())
            for member in tree
            if member.isfile()
        ]


def version(found):
    manifest = dict(found)[f"{ADDON.name}/__manifest__.py"]
    return ast.literal_eval(manifest.decode())["version"]


def kept():
    """What the archive has: ``{version: [(path, content)]}``"""
    versions = {}
    with tarfile.open(ARCHIVE) as archive:
        for member in filter(tarfile.TarInfo.isfile, archive):
            name, path = member.name.split("/", 1)
            content = archive.extractfile(member).read()
            versions.setdefault(name, []).append((path, content))
    return versions


def main():
    versions = kept()
    for commit in sys.argv[1:]:
        found = files(commit)
        versions[version(found)] = found
    # One stream: versions share most of what they are.
    entries = [
        (f"{name}/{path}", content)
        for name, found in versions.items()
        for path, content in found
    ]
    with (
        lzma.open(ARCHIVE, "wb", preset=9 | lzma.PRESET_EXTREME) as stream,
        tarfile.open(fileobj=stream, mode="w") as archive,
    ):
        for path, content in sorted(entries):
            member = tarfile.TarInfo(path)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))


if __name__ == "__main__":
    main()
