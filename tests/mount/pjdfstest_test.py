"""pjdfstest: an independent suite of what POSIX asks of a filesystem (its Rust port, 398 cases).

The same command runs it on the native filesystem:
    pjdfstest -c CONFIG -p DIR -s OTHER_FILESYSTEM
As root on ext4 it passes 385 cases and skips the 13 that remount. As here, with every feature enabled that ext4 has.
"""

import os
import pathlib
import re
import subprocess
import tempfile

from mounting import case
from mounting.case import needs_root

TOOLS = pathlib.Path(os.environ.get("RANDOMIOFS_TEST_TOOLS", pathlib.Path.home() / ".cache/randomiofs-tests"))
PASSES_MIN = 352
# Users that every Debian has; rename_ctime is what Linux filesystems do.
CONFIG = """
[features]
posix_fallocate = {}
rename_ctime = {}
utime_now = {}
utimensat = {}
[settings]
naptime = 0.01
allow_remount = false
expected_failures = []
[dummy_auth]
entries = [["nobody", "nogroup"], ["daemon", "daemon"]]
"""
# The cases that need what some backends lack. Listed in docs/semantics.md with their reasons.
NEEDS = {
    "hard_links": ("link::changed_ctime_success::.*", "link::enametoolong_path", "link::remove_link::.*",
                   "link::share_metadata::.*", "rename::preserve_metadata::.*", "rename::to_multiply_linked::.*",
                   "unlink::unchanged_ctime_failed::.*", "unlink::update_ctime_success::.*"),
    "long_paths": (".*::enametoolong_path",),
    "directory_links": ("rename::updates_link_parent",),
    "directory_times": ("rename::changed_ctime_success::dir",),
}
LINE = re.compile(r"^(\S+)\s+(ok|FAILED|skipped)$", re.MULTILINE)
COLOUR = re.compile("\x1b\\[[0-9;]*m")


@needs_root
class pjdfstest(case.mounted):
    options = case.lasting(case.mounted.options)

    def outcome(self, folder):
        """Case name → ok, FAILED or skipped; and the whole output."""
        config = self.native / "pjdfstest.toml"
        config.write_text(CONFIG)
        with tempfile.TemporaryDirectory(dir="/dev/shm") as secondary:
            os.chmod(secondary, 0o755)
            done = subprocess.run([TOOLS / "bin/pjdfstest", "-c", config, "-p", folder, "-s", secondary],
                                  capture_output=True, text=True)
        output = COLOUR.sub("", done.stdout)
        return dict(LINE.findall(output)), output + done.stderr

    def test_cases(self):
        self.assertTrue((TOOLS / "bin/pjdfstest").exists(), f"{TOOLS}/bin/pjdfstest: tests/run installs it")
        # The shortest paths that there are: sockets have room for 107 bytes.
        native, _ = self.outcome(self.beside)
        mount, output = self.outcome(self.point)
        passed = sorted(name for name, result in mount.items() if result == "ok")
        failed = sorted(name for name, result in mount.items() if result == "FAILED")
        print(f"\n{len(passed)} of {len(mount)} cases pass; natively {sum(r == 'ok' for r in native.values())}")
        for name in failed:
            reason = re.search(rf"^{re.escape(name)}\s+FAILED\n\t(.*)", output, re.MULTILINE)
            print(f"fails: {name} (natively {native.get(name)}): {reason.group(1) if reason else ''}")
        for name in sorted(name for name in mount if mount[name] == "skipped" != native.get(name)):
            print(f"skipped: {name} (natively {native.get(name)})")
        self.assertGreaterEqual(len(mount), 390, output[-3000:])
        excused = sorted(name for name in failed if any(re.fullmatch(shape, name) for ability, shapes in NEEDS.items()
                                                        if not case.can(ability) for shape in shapes))
        self.assertEqual(failed, excused, "a case fails that is not known to")
        self.assertGreaterEqual(len(passed), PASSES_MIN - len(excused))
