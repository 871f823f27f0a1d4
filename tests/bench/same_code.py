#!/usr/bin/env python3
"""same_code.py OBJECT FUNCTION FUNCTION: whether two functions of an object file are the same machine code."""

import re
import subprocess
import sys


def instructions(binary, function):
    text = subprocess.run(
        ["objdump", "-dr", "--no-show-raw-insn", f"--disassemble={function}", binary],
        check=True, capture_output=True, text=True,
    ).stdout
    start = re.search(rf"^([0-9a-f]+) <{function}>:$", text, re.MULTILINE)
    if not start:
        sys.exit(f"{function} is not in {binary}")
    base = int(start.group(1), 16)
    lines = []
    for line in text[start.end():].splitlines():
        if not line.strip() or line.startswith("Disassembly"):
            continue
        # Addresses and jumps count from the function's start; what is called stays by name.
        line = re.sub(rf"\b([0-9a-f]+) <{function}(\+0x[0-9a-f]+)?>", r"<self\2>", line)
        line = re.sub(r"^\s*([0-9a-f]+):", lambda m: f"{int(m.group(1), 16) - base:x}:", line)
        lines.append(re.sub(r"\s+", " ", line))
    return lines


def main():
    binary, first, second = sys.argv[1:]
    one, two = instructions(binary, first), instructions(binary, second)
    if one == two:
        print(f"{first} and {second}: the same {len(one)} lines of code")
        return
    width = max(map(len, one))
    for i in range(max(len(one), len(two))):
        a, b = (lines[i] if i < len(lines) else "" for lines in (one, two))
        print(f"{' ' if a == b else '!'} {a:{width}}  {b}")
    sys.exit(f"{first} and {second} differ")


main()
