#!/usr/bin/env python3
"""run.py PROGRAM: starts the tests' HTTP server and runs the program with its origin."""

import pathlib
import subprocess
import sys

SERVER = pathlib.Path(__file__).resolve().parents[2] / "support/http/server.py"

with subprocess.Popen([sys.executable, SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
    port = server.stdout.readline().strip()
    status = subprocess.run([sys.argv[1], f"http://127.0.0.1:{port}"], check=False).returncode
    server.stdin.close()
sys.exit(status)
