#!/usr/bin/env python3
"""Runs a command beside an S3 server of its own:  with_s3.py [--r2] COMMAND [ARGUMENT …]

The command finds the server by AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_ENDPOINT_URL, AWS_REGION, AWS_ALLOW_HTTP,
and an empty bucket by S3_TEST_BUCKET. --r2 puts the strict stand-in for R2 in front of it. Ends with the command's exit
code; 125 when there is no server.
"""

import os
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from servers import beside  # noqa: E402
from servers.r2_proxy import R2Proxy  # noqa: E402
from servers.seaweed import SeaweedServer  # noqa: E402

# Profiles and variables of whoever runs the tests stay out of it.
NO_FILES = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true"}


def main(arguments):
    strict = arguments[:1] == ["--r2"]
    command = arguments[1:] if strict else arguments
    if not command:
        print(__doc__, file=sys.stderr)
        return 2

    def start(running):
        server = running.enter_context(SeaweedServer())
        return running.enter_context(R2Proxy(server)) if strict else server

    return beside.run(command, start, keeps=lambda name: not name.startswith("AWS_"), adds=NO_FILES)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
