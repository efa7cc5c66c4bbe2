"""Keep the addon as earlier issues left it, for the upgrade test.

    PYTHONPATH=dev python3 -m lab.faults.versions 50fb449 ed644c9 5960ffb

makes tests/data/versions.tar.xz anew from these commits, the same bytes each time.
A clone without history has the archive, and needs nothing else.
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


def main():
    # One stream: versions share most of what they are.
    entries = []
    for commit in sys.argv[1:]:
        found = files(commit)
        entries += [(f"{version(found)}/{path}", content) for path, content in found]
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
