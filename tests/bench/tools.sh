# The tools: which are here, how each one runs, how a run is measured. Sourced by run.sh.
# shellcheck shell=bash disable=SC2154

# select_tools NAME...: those asked for and present, in the array `selected`.
select_tools() {
    selected=()
    local tool
    for tool in "$@"; do
        if [[ ,$tools, == *",$tool,"* ]] && "has_${tool//-/_}"; then selected+=("$tool"); fi
    done
}

# It builds itself when a source has changed, which is not to be measured.
has_sluice() {
    [[ -x $sluice ]] && "$sluice" version > /dev/null && return
    say "sluice skipped: $sluice is not there, or cannot be built"
    return 1
}

has_gnu_sort() {
    sort --version 2> /dev/null | head -n 1 | grep -q GNU && return
    say "gnu-sort skipped: sort is not GNU sort"
    return 1
}

has_mawk() {
    command -v mawk > /dev/null && return
    say "mawk skipped: not installed"
    return 1
}

has_duckdb() {
    if ! command -v npm > /dev/null || ! command -v node > /dev/null; then
        say "duckdb skipped: npm or node is missing"
        return 1
    fi
    [[ -e $duckdb_home/node_modules/@duckdb/node-api/package.json ]] && return
    mkdir -p "$duckdb_home"
    npm install --silent --no-audit --no-fund --prefix "$duckdb_home" "@duckdb/node-api@$duckdb_version" >&2 && return
    say "duckdb skipped: npm could not install @duckdb/node-api@$duckdb_version"
    return 1
}

# measure FUNCTION FILE: runs the command that FUNCTION puts into `command`; leaves "seconds<TAB>peak KiB" in measure.txt.
measure() {
    local -a command=()
    local start end
    "$1" "$2"
    if command -v python3 > /dev/null; then
        python3 "$here/measure.py" "$work/measure.txt" "${command[@]}" > "$work/out/stdout" 2> "$work/out/stderr"
    elif [[ -x /usr/bin/time ]]; then
        /usr/bin/time -q -o "$work/measure.txt" -f $'%e\t%M' "${command[@]}" > "$work/out/stdout" 2> "$work/out/stderr"
    else
        start=${EPOCHREALTIME/./}
        "${command[@]}" > "$work/out/stdout" 2> "$work/out/stderr" || return
        end=${EPOCHREALTIME/./}
        awk -v us=$((end - start)) 'BEGIN { printf "%.3f\t0\n", us / 1e6 }' > "$work/measure.txt"
    fi
}

run_sort_sluice() {
    command=("$sluice" sort "$1" --out "$work/out/parts" --memory "$memory" --spill-dir "$work/spill" --overwrite -q)
}

run_sort_gnu_sort() {
    command=(env LC_ALL=C sort -S 256M --parallel=2 -T "$work/spill" -o "$work/out/sorted" "$1")
}

run_sort_duckdb() {
    command=(node "$here/duckdb.mjs" sort "$duckdb_home" "$1" "$work/out/sorted" "$work/spill")
}

run_wordcount_sluice() {
    command=("$sluice" wordcount "$1" --out "$work/out/parts" --memory "$memory" --spill-dir "$work/spill" --overwrite -q)
}

run_wordcount_duckdb() {
    command=(node "$here/duckdb.mjs" wordcount "$duckdb_home" "$1" "$work/out/sorted" "$work/spill")
}

run_wordcount_mawk() {
    # shellcheck disable=SC2016
    local count='{ for (i = 1; i <= NF; i++) n[$i]++ } END { for (w in n) printf "%s\t%d\n", w, n[w] }'
    # shellcheck disable=SC2016
    command=(env LC_ALL=C sh -c 'mawk "$1" "$2" | sort > "$3"' sh "$count" "$1" "$work/out/sorted")
}

# result_hash WORK TOOL: of the records alone. DuckDB reads and writes lines without their CR, so the others' are taken
# away too; counts are ordered within Sluice's parts only, so they are put into one order.
result_hash() {
    local -a files=("$work/out/sorted")
    if [[ $2 == sluice ]]; then files=("$work"/out/parts/part-*); fi
    if [[ $1 == sort ]]; then
        cat "${files[@]}" | tr -d '\r' | sha256sum | cut -c 1-16
    else
        cat "${files[@]}" | LC_ALL=C sort -S 256M -T "$work/spill" | sha256sum | cut -c 1-16
    fi
}
