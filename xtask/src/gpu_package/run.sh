#!/bin/sh
# Runs on a GPU what needs one, and leaves what came of it in reports/.
# Needs no Rust and no network:  ./run.sh [DEVICE] [SECONDS]
# DEVICE is cuda:0 if none is given; SECONDS is how long each step may take, 500.
# JOBS=2 has two worker processes, ORACLE=0..5000 more random modules than 1000.
set -u
cd "$(dirname "$0")" || exit 2
device=${1:-cuda:0}
seconds=${2:-500}
reports=reports
mkdir -p "$reports"
: >"$reports/summary.txt"
failed=0

# Each worker process has a context, and each context its threads' stacks: more than
# two seldom fit.
case $device in cuda*) jobs=${JOBS:-1} ;; *) jobs=${JOBS:-2} ;; esac

step() {
    name=$1
    shift
    began=$(date +%s)
    timeout "$seconds" "$@" >"$reports/$name.log" 2>&1
    code=$?
    [ "$code" -eq 0 ] || failed=1
    line="$name: exit $code after $(($(date +%s) - began)) s: $(grep -v '^$' "$reports/$name.log" | tail -n 1)"
    echo "$line" | tee -a "$reports/summary.txt"
}

conformance() {
    step "$1" bin/xtask conformance "$1" --device "$device" --worker bin/tensor-wasm-worker \
        --jobs "$jobs" --report "$reports/$1"
}

{
    date -u
    uname -sm
    nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader 2>&1
} >"$reports/machine.txt"
bin/tensor-wasm gpu info >"$reports/info.txt" 2>&1
cat "$reports/info.txt"
case $device in
cuda*)
    if grep -q '^cuda  *not here' "$reports/info.txt"; then
        echo "there is no such device here: nothing was run" | tee -a "$reports/summary.txt"
        exit 2
    fi
    ;;
esac

step probe bin/tensor-wasm gpu probe --device "$device" --out "$reports/probe.json"
step bench bin/tensor-wasm gpu bench --device "$device"
cat "$reports/bench.log"
conformance gpu
case $device in
# The tests of every device, on this one.
cuda*) step tests env DRIVER_HERE=1 bin/tests ::cuda:: --test-threads 2 ;;
esac
# What devices differ on goes to the reports: the folder of the sources is not here.
step oracle env ORACLE="${ORACLE:-0..1000}" REGRESSIONS="$reports/regressions" \
    bin/tests oracle_random --nocapture
# And on what they differed once.
step regressions env REGRESSIONS=suites/gpu/regressions bin/tests oracle_modules_that_once
conformance gpu-spec
exit "$failed"
