"""Real programs on the mount, as people run them."""

import filecmp
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tarfile

from mounting import case, tree

PROJECT = pathlib.Path(__file__).resolve().parents[2]
HEADERS = pathlib.Path("/usr/include")
FILES_MIN = 1000


def run(*command, cwd=None, **environment):
    """Runs a program that must succeed; its output is its result."""
    done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True, errors="replace",
                          env={**os.environ, **environment})
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, command))}: {done.returncode}\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    return done.stdout


def source_tarball(path):
    """A tarball of headers that every build machine has, directories as they are. Returns: how many."""
    files_max = max(FILES_MIN, case.many(2500))
    with tarfile.open(path, "w:gz") as archive:
        count = 0
        for folder, folders, files in os.walk(HEADERS):
            folders.sort()
            for name in sorted(files):
                file = pathlib.Path(folder, name)
                if not file.is_symlink() and file.is_file():
                    archive.add(file, "sources/" + str(file.relative_to(HEADERS)))
                    count += 1
                if count >= files_max:
                    return count
    return count


class repository:
    """The project's own history; a small one where the tests were unpacked without it."""

    def __init__(self, folder):
        self.git = dict(GIT_AUTHOR_NAME="a", GIT_AUTHOR_EMAIL="a@b", GIT_COMMITTER_NAME="a", GIT_COMMITTER_EMAIL="a@b",
                        GIT_CONFIG_GLOBAL="/dev/null", GIT_CONFIG_COUNT="2", GIT_CONFIG_KEY_0="safe.directory",
                        GIT_CONFIG_VALUE_0="*", GIT_CONFIG_KEY_1="gc.auto", GIT_CONFIG_VALUE_1="0")
        self.path = PROJECT
        if subprocess.run(["git", "rev-parse", "HEAD"], cwd=PROJECT, capture_output=True,
                          env={**os.environ, **self.git}).returncode != 0:
            self.path = folder / "origin"
            shutil.copytree(PROJECT / "core", self.path / "core")
            for step in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "all")):
                run("git", *step, cwd=self.path, **self.git)

    def __call__(self, *arguments, cwd=None):
        return run("git", *arguments, cwd=cwd, **self.git)

    def clone(self, target):
        if not case.settings.store.takes_requests:
            self("clone", "--quiet", "--no-hardlinks", self.path, target)
            return
        # Each loose object that is copied as it is takes three requests to a server; sent as a pack they are one file.
        # Of the files of the tree, which take as many, the short form checks out some folders.
        few = not case.settings.full
        self("clone", "--quiet", "--no-local", *(["--sparse"] if few else []), self.path, target)
        if few:
            self("sparse-checkout", "set", "core", "fs", cwd=target)


class programs(case.mounted):
    def test_git(self):
        git = repository(self.native)
        clone, commits = self.mount / "clone", max(8, case.many(20))
        git.clone(clone)
        git("fsck", "--full", "--strict", cwd=clone)
        self.assertEqual(git("status", "--porcelain", cwd=clone), "")
        git("checkout", "-q", "-b", "topic", cwd=clone)
        for number in range(commits):
            (clone / f"new{number}.txt").write_text(f"line {number}\n" * 100)
            git("add", "-A", cwd=clone)
            git("commit", "-q", "-m", f"change {number}", cwd=clone)
        git("mv", "new1.txt", "moved.txt", cwd=clone)
        git("commit", "-q", "-am", "move", cwd=clone)
        git("checkout", "-q", "-", cwd=clone)
        git("merge", "-q", "--no-ff", "-m", "merge", "topic", cwd=clone)
        git("rebase", "-q", "HEAD~1", "topic", cwd=clone)
        git("stash", "list", cwd=clone)
        git("gc", "--quiet", "--prune=now", "--aggressive", cwd=clone)
        git("fsck", "--full", "--strict", cwd=clone)
        git("worktree", "add", "-q", clone.parent / "tree", "HEAD", cwd=clone)
        self.assertEqual(git("status", "--porcelain", cwd=clone.parent / "tree"), "")
        git("clone", "--quiet", clone, self.native / "back")
        git("fsck", "--full", cwd=self.native / "back")
        self.assertIn(f"change {commits - 1}", git("log", "--all", "--oneline", cwd=self.native / "back"))

    def test_untar_and_tar(self):
        archive = self.native / "sources.tar.gz"
        count = source_tarball(archive)
        self.assertGreaterEqual(count, FILES_MIN)
        for side in (self.mount, self.native):
            run("tar", "-xzf", archive, "-C", side)
        self.assertEqual(run("diff", "-r", self.native / "sources", self.mount / "sources"), "")
        times = lambda root: {name: (values.get("mtime") if "bytes" in values else None, values["mode"],
                                     values.get("bytes")) for name, values in tree.snapshot(root).items()}
        self.assertEqual(times(self.native / "sources"), times(self.mount / "sources"))
        run("tar", "--sort=name", "-cf", self.mount / "again.tar", "-C", self.mount, "sources")
        run("tar", "--sort=name", "-cf", self.native / "again.tar", "-C", self.native, "sources")
        run("tar", "-df", self.mount / "again.tar", "-C", self.mount)
        with tarfile.open(self.mount / "again.tar") as mine, tarfile.open(self.native / "again.tar") as other:
            self.assertEqual([entry.name for entry in mine], [entry.name for entry in other])

    def test_rsync(self):
        source = self.native / "source"
        self.make_tree(source)
        flags = ["-aHX", "--itemize-changes"]
        if not case.can("marker_metadata"):
            flags.append("--omit-dir-times")
        run("rsync", *flags, f"{source}/", f"{self.mount}/copy/")
        self.assertEqual(run("rsync", *flags, f"{source}/", f"{self.mount}/copy/"), "", "the second run found work")
        self.assertEqual(run("rsync", *flags, "--checksum", f"{source}/", f"{self.mount}/copy/"), "")
        self.same_trees(source, self.mount / "copy")
        (source / "a/file1").write_bytes(b"changed")
        os.unlink(source / "a/file2")
        os.utime(source / "a", ns=(7, 8_000_000_008))  # Of two times in one second rsync may take one for the other.
        run("rsync", *flags, "--delete", f"{source}/", f"{self.mount}/copy/")
        self.same_trees(source, self.mount / "copy")
        run("rsync", *flags, "--inplace", "--no-whole-file", f"{self.mount}/copy/", f"{self.native}/back/")
        self.same_trees(source, self.native / "back")

    def make_tree(self, root):
        """Everything that copying programs should carry over."""
        for folder in ("a/b/c", "empty"):
            (root / folder).mkdir(parents=True)
        for number in range(60):
            file = root / "a" / f"file{number}"
            file.write_bytes(os.urandom(number * 731))
            file.chmod(0o600 + number % 64)
            os.utime(file, ns=(1_500_000_000_123_456_789 + number, 1_400_000_000_987_654_321 + number))
        os.symlink("file1", root / "a/link")
        os.symlink("nowhere", root / "a/dangling")
        if case.can("hard_links"):
            os.link(root / "a/file3", root / "a/b/hard")
        os.mkfifo(root / "a/fifo")
        with open(root / "sparse", "wb") as file:
            file.truncate(5 << 20)
            file.seek(3 << 20)
            file.write(b"data")
        if case.can("marker_metadata"):
            os.chmod(root / "empty", 0o1777)
        os.setxattr(root / "a/file4", "user.note", b"kept")
        for folder, _, names in os.walk(root, topdown=False):
            for name in names:
                if not name.startswith("file"):
                    os.utime(f"{folder}/{name}", ns=(5_000_000_005, 6_000_000_006), follow_symlinks=False)
            os.utime(folder, ns=(1_300_000_000_111_111_111, 1_200_000_000_222_222_222))

    def test_cp(self):
        source = self.native / "source"
        self.make_tree(source)
        run("cp", "-a", source, self.mount / "copy")
        self.same_trees(source, self.mount / "copy")
        run("cp", "-a", self.mount / "copy", self.mount / "twice")
        self.same_trees(source, self.mount / "twice")
        run("cp", "-a", self.mount / "twice", self.native / "back")
        self.same_trees(source, self.native / "back")
        run("mv", self.mount / "copy", self.mount / "moved")
        self.same_trees(source, self.mount / "moved")
        run("mv", self.mount / "moved", self.native / "moved")
        self.same_trees(source, self.native / "moved")
        self.assertFalse((self.mount / "moved").exists())
        run("rm", "-r", self.mount / "twice")
        self.assertEqual(os.listdir(self.mount), [])

    def sqlite(self, mode):
        path = self.mount / f"{mode}.db"
        database = sqlite3.connect(path, timeout=60)
        self.assertEqual(database.execute(f"pragma journal_mode={mode}").fetchone()[0], mode)
        database.execute("create table t (id integer primary key, who integer, text text)")
        database.commit()
        database.close()
        writer = """if True:
            import sqlite3, sys
            database = sqlite3.connect(sys.argv[1], timeout=60, isolation_level=None)
            for number in range(150):
                database.execute("begin immediate")
                database.execute("insert into t (who, text) values (?, ?)", (int(sys.argv[2]), "x" * (number * 13)))
                if number % 10 == 9:
                    database.execute("rollback")
                else:
                    database.execute("commit")
        """
        children = [subprocess.Popen([sys.executable, "-c", writer, str(path), str(number)]) for number in (1, 2)]
        for child in children:
            self.assertEqual(child.wait(), 0)
        database = sqlite3.connect(path, timeout=60)
        self.assertEqual(database.execute("pragma integrity_check").fetchone()[0], "ok")
        self.assertEqual(database.execute("select who, count(*) from t group by who").fetchall(), [(1, 135), (2, 135)])
        database.execute("delete from t where who = 1")
        database.commit()
        database.execute("vacuum")
        self.assertEqual(database.execute("pragma integrity_check").fetchone()[0], "ok")
        database.close()
        self.assertEqual(run("sqlite3", path, "select count(*) from t; pragma integrity_check;"), "135\nok\n")

    def test_sqlite_rollback(self):
        self.sqlite("delete")

    def test_sqlite_wal(self):
        self.sqlite("wal")

    def test_sqlite_killed_writer(self):
        """A transaction whose process is killed is rolled back by the next that opens."""
        path = self.mount / "k.db"
        database = sqlite3.connect(path)
        database.executescript("create table t (n integer); insert into t values (1);")
        database.close()
        script = ("import sqlite3,sys,os,signal; d=sqlite3.connect(sys.argv[1],isolation_level=None);"
                  "d.execute('pragma cache_size=5');d.execute('begin');"
                  "[d.execute('insert into t values (?)',(n,)) for n in range(20000)];os.kill(os.getpid(),signal.SIGKILL)")
        subprocess.run([sys.executable, "-c", script, str(path)])
        database = sqlite3.connect(path)
        self.assertEqual(database.execute("pragma integrity_check").fetchone()[0], "ok")
        self.assertEqual(database.execute("select count(*) from t").fetchone()[0], 1)
        database.close()

    def test_build(self):
        """A C project of several files, built by make in parallel, twice, then run."""
        makefile = ("OBJECTS = $(patsubst %.c,%.o,$(wildcard *.c))\nCC = clang-19\n"
                    "program: $(OBJECTS)\n\t$(CC) -o $@ $^\n%.o: %.c all.h\n\t$(CC) -O1 -c -o $@ $<\n"
                    "clean:\n\trm -f *.o program\n")
        (self.mount / "Makefile").write_text(makefile)
        calls = "".join(f"int f{number}(void);\n" for number in range(30))
        (self.mount / "all.h").write_text(calls)
        for number in range(30):
            (self.mount / f"f{number}.c").write_text(f'#include "all.h"\nint f{number}(void) {{ return {number}; }}\n')
        total = " + ".join(f"f{number}()" for number in range(30))
        (self.mount / "main.c").write_text(
            f'#include <stdio.h>\n#include "all.h"\nint main(void) {{ printf("%d\\n", {total}); }}\n')
        run("make", "-j4", cwd=self.mount)
        self.assertEqual(run(self.mount / "program"), "435\n")
        self.assertIn("up to date", run("make", cwd=self.mount))
        run("touch", self.mount / "f3.c")
        again = run("make", cwd=self.mount)
        self.assertIn("f3.c", again)
        self.assertNotIn("f4.c", again)
        run("make", "clean", cwd=self.mount)
        self.assertEqual([name for name in os.listdir(self.mount) if name.endswith(".o")], [])

    def fio(self, *options):
        seconds = 20 if case.settings.full else 3
        run("fio", f"--directory={self.mount}", "--output-format=terse", "--group_reporting", "--verify=crc32c",
            "--verify_fatal=1", "--do_verify=1", f"--runtime={seconds}", *options, cwd=self.native)

    def test_fio_verify_random(self):
        self.fio("--name=random", "--rw=randwrite", "--bs=4k", "--size=16m", "--numjobs=3", "--ioengine=psync")

    def test_fio_verify_mixed(self):
        self.fio("--name=mixed", "--rw=randrw", "--bsrange=512-256k", "--size=24m", "--numjobs=2", "--ioengine=psync")

    def test_fio_verify_mapped(self):
        self.fio("--name=mapped", "--rw=randwrite", "--bs=4k", "--size=8m", "--ioengine=mmap")

    def test_fio_verify_asynchronous(self):
        self.fio("--name=async", "--rw=randwrite", "--bs=16k", "--size=16m", "--ioengine=libaio", "--iodepth=16",
                 "--direct=0")

    def test_shell_tools(self):
        """What the README shows, and its neighbours."""
        shell = lambda script: run("sh", "-ec", script, cwd=self.mount)
        self.assertEqual(shell("echo one > f; echo two >> f; cat f"), "one\ntwo\n")
        self.assertEqual(shell("cp f g; cmp f g; ls"), "f\ng\n")
        self.assertEqual(shell("sed -i s/two/three/ f; tail -1 f"), "three\n")
        self.assertEqual(shell("seq 1 100000 | sort -rn -T . | head -1"), "100000\n")
        self.assertEqual(shell("dd if=/dev/zero of=z bs=1M count=20 status=none; wc -c < z"), "20971520\n")
        self.assertEqual(shell("split -b 5M z part.; cat part.* | cmp - z; ls part.* | wc -l"), "4\n")
        self.assertEqual(shell("head -c 20M /dev/urandom > r; cp r z; cmp r z; dd if=r of=part.aa bs=1M conv=notrunc "
                               "status=none; cmp r part.aa; echo ok"), "ok\n")
        self.assertEqual(shell("gzip -k f; zcat f.gz | cmp - f; xz -k f; xzcat f.xz | cmp - f; echo ok"), "ok\n")
        self.assertEqual(shell("mkdir -p x/y; touch x/y/z; find x | sort; rm -rf x; test ! -e x"), "x\nx/y\nx/y/z\n")
        self.assertEqual(shell("install -m 640 f inst; stat -c %a inst"), "640\n")
        size = (3 << 30) if case.can("sparse") else (30 << 20)
        self.assertEqual(shell(f"truncate -s {size} big; stat -c %s big; rm big"), f"{size}\n")
        self.assertEqual(shell("(echo a; echo b) | tee t | wc -l; cat t"), "2\na\nb\n")
        self.assertTrue(filecmp.cmp(self.mount / "f", self.mount / "f"))
