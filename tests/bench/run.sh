#!/usr/bin/env bash
# Sluice beside its peers: sort and word count on the same input, the tools alternating, medians and ratios at the end.
#
#   tests/bench/run.sh                          1 GB of gensort lines, 200 MB of text, 3 rounds
#   tests/bench/run.sh --records 1000000 --text-mb 20 --rounds 1
#   tests/bench/run.sh --only sort --memory 64MiB
#
# Peers: GNU sort, DuckDB (from npm, skipped without it), mawk (skipped without it). Every result is hashed and compared.
# Times are of whole processes, start included. Inputs are in the page cache; outputs are removed and writes flushed between runs.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)

usage() {
    cat <<'TEXT'
tests/bench/run.sh [options]
  --records N        gensort lines to sort, 100 bytes each        (10000000)
  --text-mb N        megabytes of text whose words are counted     (200)
  --rounds N         runs of every tool, alternating               (3)
  --memory SIZE      memory of Sluice's jobs; GNU sort has 256M, DuckDB 512MB   (256MiB)
  --only sort|wordcount
  --tools LIST       of sluice,gnu-sort,duckdb,mawk                (all)
  --work DIR         where inputs, outputs and spills go           (artifacts/bench/work)
  --input FILE       lines to sort instead of generated ones
  --text FILE        text to count instead of collected one
  --keep             leave the inputs in the work directory for the next time
TEXT
}

say() { printf '%s\n' "$*" >&2; }
die() { say "run.sh: $*"; exit 2; }

records=10000000 text_mb=200 rounds=3 memory=256MiB only= tools=sluice,gnu-sort,duckdb,mawk
work="$root/artifacts/bench/work" input= text= keep=
while (($# > 0)); do
    case $1 in
        --keep) keep=1; shift; continue ;;
        -h | --help) usage; exit 0 ;;
    esac
    (($# > 1)) || die "$1 is unknown or wants a value; --help shows the options"
    case $1 in
        --records) records=$2 ;;
        --text-mb) text_mb=$2 ;;
        --rounds) rounds=$2 ;;
        --memory) memory=$2 ;;
        --only) only=$2 ;;
        --tools) tools=$2 ;;
        --work) work=$2 ;;
        --input) input=$2 ;;
        --text) text=$2 ;;
        *) die "unknown option $1; --help shows the options" ;;
    esac
    shift 2
done

[[ $records =~ ^[1-9][0-9]*$ && $text_mb =~ ^[1-9][0-9]*$ && $rounds =~ ^[1-9][0-9]*$ ]] ||
    die "--records, --text-mb and --rounds want a number above 0"
[[ $only =~ ^(sort|wordcount|)$ ]] || die "--only wants sort or wordcount, not $only"

sluice=${SLUICE:-"$root/sluice"}
duckdb_version=${DUCKDB_VERSION:-1.5.6-r.1}
duckdb_home="$root/artifacts/bench/duckdb"
mkdir -p "$work"
work=$(cd "$work" && pwd)
results="$work/results.tsv"
failed=
: > "$results"

clean() {
    rm -rf "$work/out" "$work/spill" "$work/measure.txt" "$results"
    if [[ -z $keep ]]; then rm -f "$work"/gensort-*.txt "$work"/text-*.txt; fi
    rmdir "$work" 2> /dev/null || true
}
trap clean EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# shellcheck source=tools.sh
source "$here/tools.sh"
# shellcheck source=inputs.sh
source "$here/inputs.sh"

# bench WORK FILE TOOL...: all rounds of one piece of work.
bench() {
    local what=$1 file=$2 expected='' hash tool round
    shift 2
    say "$what: $(stat -c %s "$file") bytes, $rounds rounds of: $*"
    for ((round = 1; round <= rounds; round++)); do
        for tool in "$@"; do
            rm -rf "$work/out" "$work/spill"
            mkdir -p "$work/out" "$work/spill"
            sync -f "$work"

            # A tool before may have pushed it out, or the machine's host.
            cat "$file" > /dev/null
            if ! measure "run_${what}_${tool//-/_}" "$file"; then
                say "  $what $tool failed: $(tail -n 3 "$work/out/stderr" | tr '\n' ' ')"
                failed=1
                continue
            fi
            hash=$(result_hash "$what" "$tool")
            expected=${expected:-$hash}
            printf '%s\t%s\t%s\t%s\n' "$what" "$tool" "$(cat "$work/measure.txt")" "$(stat -c %s "$file")" >> "$results"
            say "  round $round $tool: $(cut -f1 "$work/measure.txt") s"
            if [[ $hash != "$expected" ]]; then
                say "  $what $tool gave another result: $hash, not $expected"
                failed=1
            fi
        done
    done
}

if [[ $only != wordcount ]]; then
    select_tools sluice gnu-sort duckdb
    if ((${#selected[@]} > 0)); then
        gensort_lines
        bench sort "$input" "${selected[@]}"
    fi
fi

if [[ $only != sort ]]; then
    select_tools sluice duckdb mawk
    if ((${#selected[@]} > 0)); then
        source_text
        bench wordcount "$text" "${selected[@]}"
    fi
fi

awk -f "$here/table.awk" "$results"
if [[ -n $failed ]]; then
    say "Not every run succeeded with the same result; see above."
    exit 7
fi
