#!/bin/sh
# run.sh PROGRAM SEEDS WORK: fuzzes for FUZZ_SECONDS (default 5), from the seeds and what earlier runs found in WORK.
# A failing input is left in WORK and named in the output. Words that inputs are made of stand in NAME.dict here.
set -eu
program=$1 seeds=$2 work=$3 seconds=${FUZZ_SECONDS:-5}
mkdir -p "$work/corpus"
# A run of seconds is the same each time; a longer one goes on from chance.
if [ -n "${FUZZ_SECONDS:-}" ]; then seed=0; else seed=20241; fi
words=$(dirname "$seeds")/../$(basename "$seeds").dict
if [ -f "$words" ]; then set -- "-dict=$words"; else set --; fi
# The fuzzer ends by itself, unless it is stuck where it does not look at the clock.
exec timeout "$((seconds + 300))" "$program" -max_total_time="$seconds" -seed="$seed" -max_len=512 -timeout=30 \
  -rss_limit_mb=1024 -print_final_stats=1 -verbosity=1 -artifact_prefix="$work/" "$@" "$work/corpus" "$seeds"
