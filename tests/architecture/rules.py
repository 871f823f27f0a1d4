"""What each room of the tree may include and name. `broken(root)` lists every sentence that the tree breaks."""

import errno
import re

import sources

# Which rooms an include may lead to, besides the room itself. A name that ends in a slash stands for all below it.
ALLOWED_EDGES = {
    "core/io": (),
    "core/runtime": ("core/io",),
    "backends/memory": ("core/io",),
    "backends/local": ("core/",),
    "backends/http": ("core/",),
    "backends/object": ("core/",),
    "backends/s3": ("core/", "backends/object", "backends/http"),
    "backends/azure": ("core/", "backends/object", "backends/http"),
    "backends/r2": ("core/", "backends/object", "backends/http", "backends/s3"),
    "backends/registry": ("core/", "backends/"),
    # A backend that is not named above stands on core alone; a room of fs on everything below it but the two rooms at
    # the top, which only the command line puts together.
    "backends/*": ("core/",),
    "fs/cli": ("core/", "backends/", "fs/"),
    "fs/*": ("core/", "backends/", "fs/ except fs/fuse fs/cli"),
    "fs": ("core/", "backends/", "fs/ except fs/fuse fs/cli"),
}

# Rooms that compile for wasm32 include the standard library and nothing else from outside the tree.
STANDARD_LIBRARY_ONLY = ("core/io", "backends/memory")
STANDARD_HEADER = re.compile(r"^[a-z_]+$")

ERRNO_NAMES = sorted(set(errno.errorcode.values()) | {"EOPNOTSUPP", "EWOULDBLOCK", "EDEADLOCK"})

# Words, and the rooms or files that may say them. Comments are free to say all but the first.
WORDS = (
    ("FUSE", re.compile(r"\bfuse|_fuse\b", re.IGNORECASE), ("fs/fuse/", "fs/cli/"), "text"),
    # The loops, the device's transport and the command line make system calls of their own: they read the errno of
    # those, and give it a meaning at once. What answers a request's caller is in errno_map alone.
    ("an errno", re.compile(r"\berrno\b|\b(?:" + "|".join(ERRNO_NAMES) + r")\b"),
     ("fs/fuse/errno_map", "fs/fuse/channel", "fs/fuse/session", "backends/local/", "core/runtime/", "fs/cli/"), "code"),
    # Metadata dialects are called after the programs whose headers they are: their own folder and the configuration say
    # those names.
    # The command line's help says which URIs there are.
    ("a vendor's name", re.compile(r"\b(?:s3|aws|amazon|azure|cloudflare|minio)(?:_|\b)", re.IGNORECASE),
     ("backends/s3/", "backends/r2/", "backends/azure/", "backends/registry/", "backends/object/metadata/", "fs/config/",
      "fs/cli/main"),
     "code"),
)


def allowed(room, target):
    """Whether a file of `room` may include a file of the room `target`."""
    if room == target:
        return True
    edges = ALLOWED_EDGES.get(room)
    if edges is None:
        edges = ALLOWED_EDGES.get(room.split("/")[0] + "/*", ())
    for edge in edges:
        name, _, excepted = edge.partition(" except ")
        if target in excepted.split():
            continue
        if target == name.rstrip("/") or (name.endswith("/") and target.startswith(name)):
            return True
    return False


def broken_edges(root, files):
    for file in files:
        for name, is_quoted in file.includes():
            targets = sources.resolve(root, file, name, is_quoted)
            if not targets and file.room in STANDARD_LIBRARY_ONLY and not STANDARD_HEADER.match(name):
                yield f"{file.path}: includes <{name}>; {file.room} includes the standard library only"
            for target in targets:
                if target.startswith("(missing)"):
                    yield f"{file.path}: includes {name}, which is not in the tree"
                elif not allowed(file.room, sources.Source(target, "").room):
                    yield f"{file.path}: includes {target}; {file.room} may not depend on it"


def broken_words(files):
    for file in files:
        for what, pattern, rooms, where in WORDS:
            if file.path.startswith(rooms):
                continue
            for number, line in enumerate((file.text if where == "text" else file.code).splitlines(), 1):
                match = pattern.search(line)
                if match:
                    place = f"{file.path}:{number}" if where == "text" else file.path
                    yield f"{place}: says '{match.group(0)}': {what} belongs to {', '.join(rooms)}"


def broken_guards(files):
    for file in files:
        if file.path.endswith(".hpp") and not file.code.lstrip().startswith("#pragma once\n"):
            yield f"{file.path}: does not start with #pragma once"


def broken(root):
    files = sources.find(root)
    return [*broken_edges(root, files), *broken_words(files), *broken_guards(files)]


def long_files(root, lines_max=400):
    """Pairs of (lines, path) of the sources that want to be split."""
    return [(lines, file.path) for file in sources.find(root) if (lines := file.text.count("\n")) > lines_max]
