"""The tree keeps to its rules, and the rules notice a tree that does not."""

import fnmatch
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
import rules  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]


class this_tree(unittest.TestCase):
    def test_includes_and_words(self):
        found = rules.broken(ROOT)
        self.assertFalse(found, "\n" + "\n".join(found))

    def test_rooms_are_known(self):
        rooms = {file.room for file in rules.sources.find(ROOT)}
        self.assertIn("core/io", rooms)
        self.assertFalse([room for room in rooms if room.startswith("core/")
                          and room not in rules.ALLOWED_EDGES], "a room of core without a rule")

    def test_long_files_are_reported(self):
        for lines, path in rules.long_files(ROOT):
            print(f"note: {path} has {lines} lines: which noun wants its own file?")

    def test_the_map_names_each_file_of_the_largest_room_once(self):
        rows = re.findall(r"(?m)^\| (`.*?) \|", (ROOT / "ARCHITECTURE.md").read_text())
        names = [name for row in rows for name in re.findall(r"`([^`]+)`", row) if not name.endswith("/")]
        found = {file.stem for file in (ROOT / "backends/object").iterdir() if file.suffix in (".hpp", ".cpp")}
        for stem in sorted(found):
            self.assertEqual(len([name for name in names if fnmatch.fnmatch(stem, name)]), 1, stem)
        for name in names:
            self.assertTrue(any(fnmatch.fnmatch(stem, name) for stem in found), f"{name} is not there any more")

    def test_stands_alone(self):
        """No tracked file names a path outside the tree."""
        outside = ["/w" + "ork/", "../sha" + "red"]
        for name in outside:
            hits = subprocess.run(["git", "grep", "-nIF", "-e", name], cwd=ROOT, capture_output=True, text=True)
            if hits.returncode > 1:
                self.skipTest("not a git checkout")
            self.assertFalse(hits.stdout, hits.stdout)


class a_broken_tree(unittest.TestCase):
    """Each rule, broken once: the checker must see it."""

    def check(self, path, text, expected, guarded=True):
        if guarded and path.endswith(".hpp"):
            text = "#pragma once\n" + text
        with tempfile.TemporaryDirectory() as root:
            # What the broken file may lead to exists, so that only the edge is at fault.
            for there in ("core/io/range.hpp", "core/runtime/loop.hpp", "backends/memory/store.hpp",
                          "backends/local/tree.hpp", "backends/s3/store.hpp", "backends/object/extent.hpp",
                          "backends/registry/registry.hpp", "fs/filesystem/node.hpp", "fs/fuse/session.hpp",
                          "fs/cli/main.hpp", "include/randomio/io.hpp", path):
                file = pathlib.Path(root, there)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text("#pragma once\n")
            pathlib.Path(root, "include/randomio/memory.hpp").write_text(
                "#include <randomio/backends/memory/store.hpp>\n")
            self.assertEqual(rules.broken(root), [], "the tree before it is broken")
            pathlib.Path(root, path).write_text(text)
            found = rules.broken(root)
        if expected is None:
            self.assertEqual(found, [])
        else:
            self.assertEqual(len(found), 1, found)
            self.assertIn(expected, found[0])

    def test_core_on_backend(self):
        self.check("core/io/block.hpp", "#include <randomio/backends/memory/store.hpp>\n", "may not depend")

    def test_core_on_backend_through_its_umbrella(self):
        self.check("core/runtime/task.hpp", "#include <randomio/memory.hpp>\n", "may not depend")

    def test_io_on_runtime(self):
        self.check("core/io/block.hpp", "#include <randomio/core/runtime/loop.hpp>\n", "may not depend")

    def test_io_on_a_system_header(self):
        self.check("core/io/block.hpp", "#include <span>\n#include <unistd.h>\n", "standard library only")

    def test_backend_on_filesystem(self):
        self.check("backends/local/file.cpp", '#include "fs/filesystem/node.hpp"\n', "may not depend")

    def test_backend_sideways(self):
        self.check("backends/local/file.cpp", "#include <randomio/backends/memory/store.hpp>\n", "may not depend")

    def test_unnamed_backend_sideways(self):
        self.check("backends/tape/reel.cpp", "#include <randomio/backends/object/extent.hpp>\n", "may not depend")

    def test_allowed_sideways(self):
        self.check("backends/r2/store.cpp", "#include <randomio/backends/s3/store.hpp>\n", None)
        self.check("backends/registry/built_in.cpp", "#include <randomio/backends/local/tree.hpp>\n", None)

    def test_backend_on_registry(self):
        self.check("backends/memory/file.cpp", "#include <randomio/backends/registry/registry.hpp>\n", "may not depend")

    def test_filesystem_on_adapter(self):
        self.check("fs/filesystem/file.cpp", "#include <cstdio>\n" '#include "fs/cli/main.hpp"\n', "may not depend")

    def test_header_without_a_guard(self):
        self.check("core/io/block.hpp", "// #pragma once\nstruct block {};\n", "#pragma once", guarded=False)

    def test_beside(self):
        self.check("fs/filesystem/file.cpp", '#include "node.hpp"\n', None)
        self.check("fs/filesystem/file.cpp", '#include "nowhere.hpp"\n', "not in the tree")

    def test_fuse_outside(self):
        self.check("fs/filesystem/file.cpp", "int a;\n// as FUSE wants it\n", "fs/filesystem/file.cpp:2")
        self.check("backends/local/file.cpp", "#include <fuse3/fuse_lowlevel.h>\n", "says 'fuse'")
        self.check("fs/fuse/file.cpp", "#include <fuse3/fuse_lowlevel.h>\n", None)

    def test_errno_outside(self):
        self.check("fs/filesystem/file.cpp", "int f() { return -ENOENT; }\n", "says 'ENOENT'")
        self.check("fs/filesystem/file.cpp", "// ENOENT in a comment is no errno.\n", None)
        self.check("backends/local/file.cpp", "int f() { return -ENOENT; }\n", None)

    def test_vendor_outside(self):
        self.check("backends/object/plan.cpp", 'auto type = "s3";\n', "says 's3'")
        self.check("backends/s3/plan.cpp", 'auto type = "s3";\n', None)


if __name__ == "__main__":
    unittest.main()
