#!/usr/bin/env python3
"""proof.py PATHS.JSON: fails when the layer costs more instructions or more text than it may.

Both are the same in every run of one build, unlike times, which no test holds.
"""

import sys

from measure import ARCHIVES, PROGRAMS, Build

# Instructions that a 4 KiB read may take more than its baseline's, in user space.
INSTRUCTIONS_MORE_MAX = {
    "pread.static": 16,  # The coroutine of the loop; the function alone is the same code (same_code.py).
    "pread.dyn_read": 64,
    "pread.dyn_file": 64,
    "uring.static": 64,
    "uring.dyn_read": 112,
    "uring.dyn_file": 112,
}

# What an erased read may take of a static one's, where the copy is counted too.
RATIO_MAX = {"memory.dyn_read": 1.02}

# Bytes of code, and of all that `size` calls text, that a program may have more than the one without the layer; and of code
# in all libraries.
PROGRAM_CODE_MORE_MAX = 16384
PROGRAM_MORE_MAX = {"size_static": 16384, "size_erased": 16384, "size_uring": 29696}
ARCHIVES_CODE_MAX = 180000


def main():
    build = Build(sys.argv[1])
    failures = []

    def hold(what, figure, bound):
        print(f"{'ok  ' if figure <= bound else 'OVER'} {what}: {figure:g}, at most {bound}", flush=True)
        if figure > bound:
            failures.append(what)

    for name, raw in PROGRAMS:
        hold(f"{name}: bytes of code more than {raw}", build.program_code(name) - build.program_code(raw),
             PROGRAM_CODE_MORE_MAX)
        hold(f"{name}: bytes more than {raw}", build.program_text(name) - build.program_text(raw), PROGRAM_MORE_MAX[name])
    hold("code of all libraries", sum(build.archive_text(name)[0] for name in ARCHIVES), ARCHIVES_CODE_MAX)
    if build.has_valgrind():
        baselines = {}
        for case, baseline in build.cases():
            if case not in INSTRUCTIONS_MORE_MAX | RATIO_MAX:
                continue
            if baseline not in baselines:
                baselines[baseline] = build.instructions(baseline, 4096)
            own, its = build.instructions(case, 4096), baselines[baseline]
            if case in RATIO_MAX:
                hold(f"{case}: {own:.0f} instructions, as a ratio to {its:.0f} of {baseline}", own / its, RATIO_MAX[case])
            else:
                hold(f"{case}: instructions more than {baseline}", own - its, INSTRUCTIONS_MORE_MAX[case])
    else:
        print("SKIPPED: instructions are counted by valgrind, which is not here")
    sys.exit(f"over the bound: {', '.join(failures)}" if failures else 0)


main()
