"""A directory tree as values: what is there, with which attributes and bytes. Two trees are equal when these are."""

import hashlib
import os
import stat

# What of a directory only some backends keep.
OF_FOLDERS = frozenset({"directory_links", "directory_times"})


def digest(path):
    total = hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(1 << 20):
            total.update(chunk)
    return total.hexdigest()[:16]


def entry(path, times, abilities):
    seen = os.lstat(path)
    kind = stat.S_IFMT(seen.st_mode)
    is_folder = kind == stat.S_IFDIR
    values = {"mode": oct(seen.st_mode), "uid": seen.st_uid, "gid": seen.st_gid}
    if not is_folder or "directory_links" in abilities:
        values["nlink"] = seen.st_nlink
    if times and (not is_folder or "directory_times" in abilities):
        values["mtime"] = seen.st_mtime_ns
    if kind == stat.S_IFREG:
        values["size"] = seen.st_size
        values["bytes"] = digest(path)
    elif kind == stat.S_IFLNK:
        values["target"] = os.readlink(path)
    elif kind in (stat.S_IFCHR, stat.S_IFBLK):
        values["rdev"] = seen.st_rdev
    if kind in (stat.S_IFREG, stat.S_IFDIR):
        names = [name for name in os.listxattr(path) if name.startswith("user.")]
        values["xattrs"] = {name: os.getxattr(path, name) for name in sorted(names)}
    return values


def snapshot(root, times=True, abilities=OF_FOLDERS):
    """Path below `root` → its values, `root` itself left out. `abilities`: a probe's."""
    found = {}
    for folder, folders, files in os.walk(root):
        for name in folders + files:
            path = os.path.join(folder, name)
            found[os.path.relpath(path, root)] = entry(path, times, abilities)
    return found


def differences(expected, actual, most=20):
    """Lines that say how two snapshots differ."""
    lines = []
    for path in sorted(expected.keys() | actual.keys()):
        here, there = expected.get(path), actual.get(path)
        if here is None or there is None:
            lines.append(f"{path}: {'not expected' if here is None else 'missing'}")
        elif here != there:
            parts = [f"{key} {here.get(key)!r} → {there.get(key)!r}" for key in here if here.get(key) != there.get(key)]
            lines.append(f"{path}: " + ", ".join(parts))
    return lines[:most] + ([f"… and {len(lines) - most} more"] if len(lines) > most else [])
