#!/usr/bin/env bash
# Sorts generated records on a cluster of silo processes on this machine, and prints what a core of it moves.
#
#   tests/bench/cluster.sh                                   2 GB over two silos, a warm-up and 3 rounds
#   tests/bench/cluster.sh --records 2000000 --silos 3 --rounds 1
#
# Every round is verified against the generator's checksum. Times are the jobs' own; start-up of console and silos is not in them.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
sluice=${SLUICE:-"$root/sluice"}
source "$root/tests/bench/silos.sh"

usage() {
    cat <<'TEXT'
tests/bench/cluster.sh [options]
  --records N     records of 100 bytes          (20000000)
  --silos N       silo processes                (2)
  --memory SIZE   memory of each silo's pool    (256MiB)
  --rounds N      sorts after the warm-up       (3)
  --work DIR      where everything goes         (artifacts/bench/cluster)
  --port N        first of the ports it uses    (13000)
TEXT
}

records=20000000 silos=2 memory=256MiB rounds=3 work="$root/artifacts/bench/cluster" port=13000
while (($# > 0)); do
    case $1 in -h | --help) usage; exit 0 ;; esac
    (($# > 1)) || die "$1 is unknown or wants a value; --help shows the options"
    case $1 in
        --records) records=$2 ;;
        --silos) silos=$2 ;;
        --memory) memory=$2 ;;
        --rounds) rounds=$2 ;;
        --work) work=$2 ;;
        --port) port=$2 ;;
        *) die "unknown option $1; --help shows the options" ;;
    esac
    shift 2
done
[[ $records$silos$rounds$port =~ ^[0-9]+$ ]] || die "--records, --silos, --rounds and --port want numbers"

enter_work
checksum=$("$sluice" gen gensort --records "$records" --out input -o json --no-progress | grep -oP '"checksum": "\K[0-9a-f]+')
start_silos "$silos" 100

cores=$(nproc)
used=$((silos < cores ? silos : cores))
printf '| round | seconds | MB/s | MB/s of a core | most resident MiB of a silo |\n| --- | ---: | ---: | ---: | ---: |\n'
for ((round = 0; round <= rounds; round++)); do
    rm -rf out
    "$sluice" sort input --format gensort --out out --cluster "127.0.0.1:$((port + 100))" -o json --no-progress > report.json
    found=$("$sluice" verify sort out --format gensort -o json --no-progress | grep -oP '"checksum": "\K[0-9a-f]+')
    [[ $found == "$checksum" ]] || { say "cluster.sh: round $round has checksum $found, the generator $checksum"; exit 1; }
    seconds=$(grep -m1 -oP '"seconds": \K[0-9.]+' report.json)
    resident=$(grep -m1 -oP '"peakMemoryBytes": \K[0-9]+' report.json)
    awk -v name="$round" -v s="$seconds" -v n="$records" -v c="$used" -v r="$resident" 'BEGIN {
        rate = n / 1e4 / s
        printf "| %s | %.2f | %.0f | %.0f | %.0f |\n", name == 0 ? "warm-up" : name, s, rate, rate / c, r / 1048576 }'
done
