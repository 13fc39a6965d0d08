# A cluster of silo processes in a directory of its own, which goes with it. Sourced by cluster.sh and exchange.sh.
# shellcheck shell=bash disable=SC2154

say() { printf '%s\n' "$*" >&2; }
die() { say "$(basename "$0"): $*"; exit 2; }

dev=
end_silos() {
    if [[ -n $dev ]] && kill -TERM "$dev" 2> /dev/null; then wait "$dev" || true; fi
    rm -rf "$work"
}

# enter_work: makes a new directory below `work`, makes that `work`, and goes there; it is removed in the end.
enter_work() {
    mkdir -p "$work"
    work=$(mktemp -d "$(cd "$work" && pwd)/silos.XXXXXX")
    mkdir "$work/spill"
    cd "$work"
    trap end_silos EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
}

# start_silos N APART: N silos; of each kind of port as many as APART, from `port` on. dev.log tells their processes.
start_silos() {
    "$sluice" dev --silos "$1" --memory "$memory" --spill-dir spill \
        --silo-port "$port" --gateway-port $((port + $2)) --health-port $((port + 2 * $2)) > dev.log 2> dev.err &
    dev=$!
    local wait
    for ((wait = 0; wait < 300; wait++)); do
        if grep -q '^stop' dev.log; then return; fi
        kill -0 "$dev" 2> /dev/null || { cat dev.err >&2; die "the cluster did not start"; }
        sleep 0.1
    done
}
