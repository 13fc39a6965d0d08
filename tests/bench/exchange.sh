#!/usr/bin/env bash
# Measures the exchange between two silo processes on this machine, over loopback TCP, without sorting and disks: bytes a
# second over eight channels, and how long a grain's answer takes meanwhile.
#
#   tests/bench/exchange.sh                     5 rounds of 5 seconds
#   tests/bench/exchange.sh --rounds 1
#
# What goes over: blocks of an output in the first silo's memory, by the way of all shuffles (serving desk, codec, credits,
# gates, checksums). Beside it stand what plain calls of Orleans carry just before and after, eight at once with 256 KiB
# each, and the processor time that each silo spent, warm-up and those calls included. It ends with 7 when the median of
# the share, or of the slowest pings, misses a goal.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
sluice=${SLUICE:-"$root/sluice"}
source "$root/tests/bench/silos.sh"

usage() {
    cat <<'TEXT'
tests/bench/exchange.sh [options]
  --rounds N      measures                              (5)
  --memory SIZE   memory of each silo's pool            (256MiB)
  --goal N        share of plain calls, for the median  (0.6)
  --ping N        p99 in ms that the median must keep   (50)
  --work DIR      where everything goes                 (artifacts/bench/exchange)
  --port N        first of the ports it uses            (13300)
TEXT
}

rounds=5 memory=256MiB goal=0.6 ping=50 work="$root/artifacts/bench/exchange" port=13300
while (($# > 0)); do
    case $1 in -h | --help) usage; exit 0 ;; esac
    (($# > 1)) || die "$1 is unknown or wants a value; --help shows the options"
    case $1 in
        --rounds) rounds=$2 ;;
        --memory) memory=$2 ;;
        --goal) goal=$2 ;;
        --ping) ping=$2 ;;
        --work) work=$2 ;;
        --port) port=$2 ;;
        *) die "unknown option $1; --help shows the options" ;;
    esac
    shift 2
done
[[ $rounds$ping$port =~ ^[0-9]+$ && $goal =~ ^[0-9.]+$ ]] || die "--rounds, --goal, --ping and --port want numbers"

enter_work
start_silos 2 10

# spent NAME: processor seconds of a silo so far.
spent() {
    local process
    process=$(grep -oP "^$1 +process \\K[0-9]+" dev.log)
    awk -v hz="$(getconf CLK_TCK)" '{ print ($14 + $15) / hz }' "/proc/$process/stat"
}

field() { grep -oP "\"$1\": \\K[0-9.]+" report.json; }

printf '| round | MB/s | plain calls | share | ping p50 ms | p99 ms | most ms | processor s serving | fetching |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n'
: > shares
: > pings
for ((round = 1; round <= rounds; round++)); do
    serving=$(spent silo-1) fetching=$(spent silo-2)
    "$sluice" bench shuffle --records 1000 --rounds 1 --spill-dir "$work/spill" \
        --cluster "127.0.0.1:$((port + 11))" -o json --no-progress > report.json
    field shareOfOrleans >> shares
    field pingP99Milliseconds >> pings
    awk -v round="$round" -v rate="$(field megabytesPerSecond)" \
        -v plain="$(field orleansMegabytesPerSecond)" -v share="$(field shareOfOrleans)" -v p50="$(field pingP50Milliseconds)" \
        -v p99="$(field pingP99Milliseconds)" -v most="$(field pingMostMilliseconds)" \
        -v s="$(awk -v a="$serving" -v b="$(spent silo-1)" 'BEGIN { print b - a }')" \
        -v f="$(awk -v a="$fetching" -v b="$(spent silo-2)" 'BEGIN { print b - a }')" \
        'BEGIN { printf "| %d | %.0f | %.0f | %.2f | %.1f | %.1f | %.1f | %.1f | %.1f |\n", round, rate, plain, share, p50, p99, most, s, f }'
done

median() { sort -n "$1" | awk '{ a[NR] = $1 } END { print a[int((NR + 1) / 2)] }'; }
share=$(median shares) slowest=$(median pings)
printf 'median share %s (goal %s), p99 of a ping %s ms (goal %s); load of the machine %s\n' \
    "$share" "$goal" "$slowest" "$ping" "$(cut -d' ' -f1 /proc/loadavg)"
awk -v r="$share" -v g="$goal" -v p="$slowest" -v q="$ping" 'BEGIN { exit r >= g && p <= q ? 0 : 7 }'
