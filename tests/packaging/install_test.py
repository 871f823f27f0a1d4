"""`cmake --install`, and a program outside the tree that uses what was installed."""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

SOURCE = BUILD = COMPILER = SANITIZE = None


def run(*words, **more):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=250, check=False, **more)
    if done.returncode != 0:
        raise AssertionError(f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done.stdout


class Install(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = pathlib.Path(tempfile.mkdtemp(prefix="rfs-install-"))
        cls.addClassCleanup(shutil.rmtree, cls.dir, True)
        cls.prefix = cls.dir / "prefix"
        run("cmake", "--install", BUILD, "--prefix", cls.prefix)

    def test_what_is_there(self):
        for path in ("bin/randomiofs", "sbin/mount.randomiofs", "lib/systemd/system/randomiofs@.service",
                     "include/randomio/io.hpp", "include/randomio/core/io/range.hpp", "include/randomio/memory.hpp",
                     "include/randomio/backends/memory/filesystem.hpp",
                     "share/doc/randomiofs/randomiofs.toml.example"):
            self.assertTrue((self.prefix / path).is_file(), path)
        self.assertFalse((self.prefix / "include/fs").exists())
        self.assertRegex(run(self.prefix / "bin/randomiofs", "--version"), r"^randomiofs \d")

    def test_the_unit(self):
        unit = self.prefix / "lib/systemd/system/randomiofs@.service"
        text = unit.read_text()
        self.assertNotIn("@RANDOMIOFS", text)
        self.assertIn(f"ExecStart={self.prefix}/bin/randomiofs mount -f ", text)
        # Whatever makes a mount namespace would hide the mount from everybody else. Source: systemd.exec(5).
        for line in text.splitlines():
            key = line.split("=")[0]
            self.assertNotIn(key, ("PrivateMounts", "PrivateTmp", "PrivateDevices", "ProtectSystem", "ProtectHome",
                                   "ProtectKernelTunables", "ProtectKernelModules", "ProtectKernelLogs",
                                   "ProtectControlGroups", "ProtectProc", "ProcSubset", "ReadOnlyPaths", "ReadWritePaths",
                                   "InaccessiblePaths", "BindPaths", "TemporaryFileSystem", "MountFlags", "DynamicUser"))
        if shutil.which("systemd-analyze"):
            done = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False)
            self.assertNotIn("randomiofs@", done.stderr)

    def test_a_program_outside_the_tree(self):
        flags = {"address": "-fsanitize=address,undefined", "thread": "-fsanitize=thread"}.get(SANITIZE, "")
        project = self.dir / "project"
        shutil.copytree(pathlib.Path(__file__).parent / "outside", project)
        (project / "CMakeLists.txt.in").rename(project / "CMakeLists.txt")  # So named, this tree does not build it.
        [shown] = re.findall(r"```cpp\n(.*?)```", (pathlib.Path(SOURCE) / "README.md").read_text(), re.DOTALL)
        (project / "readme.cpp").write_text(
            "#include <randomio/local.hpp>\n" + shown + "template auto read_header(randomio::local::sync_file&,"
            " std::span<std::byte, 512>) -> randomio::task<randomio::result<void>>;\nint main() {}\n")
        run("cmake", "-S", project, "-B", self.dir / "outside", "-G", "Ninja",
            f"-DCMAKE_PREFIX_PATH={self.prefix}", f"-DCMAKE_CXX_COMPILER={COMPILER}", f"-DCMAKE_CXX_FLAGS={flags}")
        run("cmake", "--build", self.dir / "outside", "-j", "2")
        self.assertEqual(run(self.dir / "outside/own_backend"), "hello there\n")
        self.assertEqual(run(self.dir / "outside/only_io"), "10 199\n")
        needed = run("readelf", "-d", self.dir / "outside/only_io")
        for library in ("curl", "ssl", "crypto", "uring", "fuse", "systemd"):
            self.assertNotIn(f"lib{library}", needed)


if __name__ == "__main__":
    SOURCE, BUILD, COMPILER, SANITIZE = sys.argv[1:5]
    unittest.main(argv=[sys.argv[0], *sys.argv[5:]], verbosity=2)
