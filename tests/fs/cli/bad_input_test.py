"""Bad input: each mistake gets its one clear line and its exit code, in the foreground and in the background."""

import os
import signal
import subprocess
import sys

import program

USAGE, SYSTEM, MOUNT = 1, 2, 32
TREE = '[backend.m]\ntype = "memory"\n[mount.data]\npaths = { "/" = "m" }\n'


class CommandLine(program.Case):
    def test_no_command(self):
        self.assert_refused(self.run_it(), USAGE, "--help")

    def test_unknown_command(self):
        self.assert_refused(self.run_it("mout"), USAGE, "unknown command 'mout'", "did you mean 'mount'?")
        self.assert_refused(self.run_it("zzz"), USAGE, "unknown command 'zzz'", "--help")

    def test_unknown_flag(self):
        self.assert_refused(self.run_it("mount", "--fast", "memory:", self.point), USAGE, "--fast", "randomiofs mount --help")

    def test_no_source(self):
        self.assert_refused(self.run_it("mount"), USAGE, "SOURCE", "randomiofs mount --help")

    def test_no_mountpoint(self):
        self.assert_refused(self.run_it("mount", "memory:"), USAGE, "MOUNTPOINT")

    def test_bad_option_values(self):
        for option, expected in [("uid=me", "numeric id"), ("umask=999", "octal mask"), ("umask=", "octal mask"),
                                 ("attr_ttl=soon", "duration"), ("mount_timeout=", "duration"), ("unmount_timeout=5", "duration"), ("threads=-1", "number"), ("log=loud", "warning"),
                                 ("loop=fast", "epoll"), ("config=", "path"), ("remount", "unmount it")]:
            with self.subTest(option):
                done = self.run_it("mount", "-o", option, "memory:", self.point)
                self.assert_refused(done, USAGE, f"option '{option.split('=')[0]}'", expected)

    def test_unknown_option_of_a_uri(self):
        done = self.run_it("mount", "-o", "sise=1", "memory:", self.point)
        self.assert_refused(done, USAGE, "option 'sise'", "unknown key", "did you mean 'size'?")
        done = self.run_it("mount", "-o", "attr_tl=1s", "memory:", self.point)
        self.assert_refused(done, USAGE, "option 'attr_tl'", "unknown key", "did you mean 'attr_ttl'?")
        done = self.run_it("mount", "-o", "quite_else=1", "memory:", self.point)
        self.assert_refused(done, USAGE, "option 'quite_else'", 'type "memory" knows: size')

    def test_bad_setting_of_a_uri(self):
        done = self.run_it("mount", "memory:?size=soon", self.point)
        self.assert_refused(done, USAGE, "key 'size'", 'expected a size such as "64MiB", got "soon"')

    def test_unknown_scheme(self):
        self.assert_refused(self.run_it("mount", "s4://bucket", self.point), USAGE, "s4://bucket",
                            "unknown scheme 's4'", "file, memory")

    def test_a_directory_is_no_source(self):
        config = self.config(TREE)
        done = self.run_it("mount", "-c", config, "/srv", self.point)
        self.assert_refused(done, USAGE, "file:///srv")


class Configuration(program.Case):
    def refused(self, text, *parts, code=USAGE, extra=()):
        config = self.config(text)
        for command in (["mount", *extra, "-c", config, "data", self.point],
                        ["mount", "-f", *extra, "-c", config, "data", self.point]):
            self.assert_refused(self.run_it(*command), code, *parts)
        if not extra:
            self.assert_refused(self.run_it("check", "-c", config), code, *parts)

    def test_missing_file(self):
        for command in (["mount", "-c", "/nonexistent.toml", "data", self.point], ["check", "-c", "/nonexistent.toml"]):
            self.assert_refused(self.run_it(*command), USAGE, "/nonexistent.toml: no such file")

    def test_no_configuration_at_all(self):
        if os.path.exists("/etc/randomiofs.toml"):
            self.skipTest("/etc/randomiofs.toml exists")
        self.assert_refused(self.run_it("mount", "data", self.point), USAGE, "no configuration", "/etc/randomiofs.toml",
                            self.dir / "config/randomiofs.toml", "-c FILE")

    def test_no_such_mount(self):
        config = self.config(TREE)
        self.assert_refused(self.run_it("mount", "-c", config, "dta", self.point), USAGE, config, "[mount.dta]",
                            "did you mean 'data'?")

    def test_not_toml(self):
        self.refused("[mount", "x.toml:1:", "not TOML")

    def test_unknown_key(self):
        self.refused(TREE + "attr_tll = '1s'", "x.toml:5:1: key 'mount.data.attr_tll': unknown key; did you mean 'attr_ttl'?")

    def test_wrong_type(self):
        self.refused(TREE + "attr_ttl = 'soon'",
                     "x.toml:5:12: key 'mount.data.attr_ttl': expected a duration such as \"1s\", got \"soon\"")

    def test_unknown_backend(self):
        self.refused("[mount.data]\npaths = { '/' = 'm' }", "x.toml:2:17: key 'mount.data.paths.\"/\"': there is no [backend.m]")

    def test_unknown_type_of_backend(self):
        self.refused(TREE.replace('"memory"', '"memry"'), "x.toml:2:8: key 'backend.m.type': unknown type \"memry\"",
                     "local, memory")

    def test_a_backends_own_keys(self):
        self.refused(TREE.replace('"memory"', '"memory"\nsize = "soon"'), "x.toml:3:8: key 'backend.m.size': expected a size")
        self.refused(TREE.replace('"memory"', '"memory"\nsise = "1"'),
                     "x.toml:3:8: key 'backend.m.sise': unknown key", "did you mean 'size'?")

    def test_a_missing_directory(self):
        self.refused('[backend.m]\ntype = "local"\nroot = "/nonexistent"\n[mount.data]\npaths = { "/" = "m" }',
                     "x.toml:3:8: key 'backend.m.root': /nonexistent: not found", code=MOUNT)

    def test_a_missing_secret(self):
        self.refused(TREE.replace('"memory"', '"memory"\nsize = "env:RANDOMIOFS_NOT_SET"'),
                     "x.toml:3:8: key 'backend.m.size'", "'RANDOMIOFS_NOT_SET' is not set")

    def test_options_of_a_tree(self):
        self.refused(TREE, "option 'sise'", "NAME.KEY=VALUE", "one of: m", extra=["-o", "sise=1"])
        self.refused(TREE, "option 'x.size'", "one of: m", extra=["-o", "x.size=1"])
        self.refused(TREE, "option 'm.size'", "got \"soon\"", extra=["-o", "m.size=soon"])
        self.refused(TREE, "option 'allow_othr'", "did you mean 'allow_other'?", extra=["-o", "allow_othr"])


class Mountpoint(program.Case):
    def refused(self, *parts, code=MOUNT, source="memory:", point=None, options=()):
        for foreground in ([], ["-f"]):
            done = self.run_it("mount", *foreground, *options, source, point or self.point)
            self.assert_refused(done, code, *parts)

    def test_missing(self):
        missing = self.dir / "none"
        self.refused(f"{missing}: the mountpoint does not exist", f"mkdir -p {missing}", point=missing)

    def test_not_a_directory(self):
        file = self.dir / "file"
        file.touch()
        self.refused(f"{file}: the mountpoint is not a directory", point=file)
        self.refused(f"{file}/below: a part of this path is not a directory", point=file / "below")

    def test_not_empty(self):
        (self.point / "precious").touch()
        self.refused(f"{self.point}: the mountpoint is not empty", "'precious'", "-o nonempty")

    def test_mounted_already(self):
        self.assertEqual(self.run_it("mount", "memory:", self.point).returncode, 0)
        done = self.run_it("mount", "memory:", self.point)
        self.assertEqual(done.returncode, MOUNT)
        self.assertEqual(len(done.stderr.splitlines()), 1)
        self.assertIn(f"{self.point}: already mounted (memory:)", done.stderr)
        self.assertIn(f"randomiofs umount {self.point}", done.stderr)

    def test_dead_mount(self):
        daemon = subprocess.Popen([program.BINARY, "mount", "-f", "memory:", str(self.point)], stderr=subprocess.DEVNULL)
        while str(self.point) not in program.mounts():
            self.assertIsNone(daemon.poll())
        daemon.send_signal(signal.SIGKILL)
        daemon.wait()
        done = self.run_it("mount", "memory:", self.point)
        self.assertEqual(done.returncode, MOUNT)
        self.assertEqual(len(done.stderr.splitlines()), 1)
        for part in (f"{self.point}: transport endpoint is not connected", "an earlier mount died", "run `"):
            self.assertIn(part, done.stderr)
        # What the line says to run does help.
        self.assertEqual(subprocess.run(done.stderr.split("`")[1].split()).returncode, 0)
        self.assertEqual(self.run_it("mount", "memory:", self.point).returncode, 0)

    def test_what_the_daemon_needs_is_not_buried(self):
        below = self.point / "below"
        below.mkdir()
        nonempty = ("-o", "nonempty")
        self.refused("the backend's directory", below, "under the mountpoint", code=USAGE, source=f"file://{below}", options=nonempty)
        self.refused("the backend's directory", "under the mountpoint", code=USAGE, source=f"file://{self.point}", options=nonempty)
        self.refused("the log file", "under the mountpoint", code=USAGE, options=("-o", f"nonempty,log_file={below}/log"))
        config = self.config(f'[daemon]\nstate_dir = "{below}"\n{TREE}')
        self.refused("the state directory", "under the mountpoint", code=USAGE, source="data", options=("-c", config, *nonempty))

    def test_log_file_that_cannot_be(self):
        self.refused("/nonexistent/log", "does not exist", options=("-o", "log_file=/nonexistent/log"))


class Umount(program.Case):
    def test_not_mounted(self):
        self.assert_refused(self.run_it("umount", self.point), MOUNT, f"{self.point}: not mounted")
        self.assert_refused(self.run_it("umount", self.dir / "none"), MOUNT, "not mounted")

    def test_somebody_elses(self):
        self.assert_refused(self.run_it("umount", "/proc"), USAGE, "/proc", "type proc")

    def test_busy(self):
        self.assertEqual(self.run_it("mount", "memory:", self.point).returncode, 0)
        with open(self.point / "open", "w", encoding="utf-8"):
            done = self.run_it("umount", self.point)
            self.assertEqual(done.returncode, MOUNT)
            self.assertEqual(len(done.stderr.splitlines()), 1)
            self.assertIn("busy", done.stderr)
            self.assertIn("--lazy", done.stderr)
        self.assertEqual(self.run_it("umount", "--wait", self.point).returncode, 0)


if __name__ == "__main__":
    if os.geteuid() != 0:
        sys.exit(77)
    program.main()
