#!/usr/bin/env python3
"""report.py PATHS.JSON: prints the tables of README.md, measured now."""

import sys

from measure import ARCHIVES, PROGRAMS, Build


def print_reads(build, block, count, rounds, many):
    print(f"\nReads of {block} bytes, medians of {rounds} interleaved rounds of {count}\n")
    print("| case | ns | ratio | instructions | ratio | beside |")
    print("|---|---|---|---|---|---|")
    times = build.times(block, count, rounds)
    refs = {}
    for case, baseline in build.cases():
        if build.has_valgrind():
            refs[case] = build.instructions(case, block, few=many // 3, many=many)
            counted = f"{refs[case]:.0f} | {refs[case] / refs[baseline]:.3f}"
        else:
            counted = "- | -"
        print(f"| {case} | {times[case]:.0f} | {times[case] / times[baseline]:.3f} | {counted} | {baseline} |", flush=True)


def print_sizes(build):
    print("\nText of a program that writes and reads one file and some memory (-Os, gc-sections, stripped)\n")
    print("| program | text | more than | by | of that code |")
    print("|---|---|---|---|---|")
    for name, raw in PROGRAMS:
        text = build.program_text(name)
        code = build.program_code(name) - build.program_code(raw)
        print(f"| {name} | {text} | {raw} | {text - build.program_text(raw)} | {code} |")
    print("\nText of the whole libraries (-Os)\n")
    print("| library | code | with constants and unwind tables |")
    print("|---|---|---|")
    sums = [0, 0]
    for name in ARCHIVES:
        code, total = build.archive_text(name)
        sums = [sums[0] + code, sums[1] + total]
        print(f"| {name} | {code} | {total} |")
    print(f"| sum | {sums[0]} | {sums[1]} |")


def main():
    build = Build(sys.argv[1])
    print_reads(build, 4096, 20000, 15, 1500)
    print_reads(build, 1 << 20, 100, 15, 60)
    print_sizes(build)


main()
