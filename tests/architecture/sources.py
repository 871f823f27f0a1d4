"""The source files of a tree: which room each is in, what it includes, what it says outside comments."""

import dataclasses
import pathlib
import re

TOP_FOLDERS = ("core", "backends", "fs")
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.MULTILINE)
LITERAL_OR_COMMENT = re.compile(
    r'("(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\')|//[^\n]*|/\*.*?\*/', re.DOTALL)


@dataclasses.dataclass
class Source:
    path: str  # From the top of the tree, with slashes.
    text: str

    @property
    def room(self):
        """`core/io`, `backends/local`, `fs/fuse`: the folder that the rules are about; `fs` for a file directly in it."""
        parts = pathlib.PurePosixPath(self.path).parts[:-1]
        return "/".join(parts[:2])

    @property
    def code(self):
        """The text without comments; string literals stay."""
        return LITERAL_OR_COMMENT.sub(lambda match: match.group(1) or " ", self.text)

    def includes(self):
        """Pairs of (name, is_quoted)."""
        return [(match.group(2), match.group(1) == '"') for match in INCLUDE.finditer(self.text)]


def find(root):
    """Every header and source of core, backends and fs."""
    root = pathlib.Path(root)
    found = []
    for folder in TOP_FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in (".hpp", ".cpp", ".h", ".cc"):
                found.append(Source(path.relative_to(root).as_posix(), path.read_text()))
    return found


def resolve(root, source, name, is_quoted):
    """The tree's files that an include stands for; empty for a header from outside the tree.

    An umbrella header (`randomio/io.hpp`) stands for all that it includes itself.
    """
    root = pathlib.Path(root)
    if name.startswith("randomio/"):
        inner = name[len("randomio/"):]
        if inner.startswith(TOP_FOLDERS):
            return [inner]
        umbrella = root / "include" / name
        if not umbrella.exists():
            return [f"(missing) {name}"]
        inside = Source(f"include/{name}", umbrella.read_text())
        return [path for other, quoted in inside.includes() for path in resolve(root, inside, other, quoted)]
    if name.startswith(tuple(folder + "/" for folder in TOP_FOLDERS)):
        return [name]
    beside = pathlib.PurePosixPath(source.path).parent / name
    if is_quoted and (root / beside).exists():
        return [beside.as_posix()]
    return [f"(missing) {name}"] if is_quoted else []
