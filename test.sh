#!/usr/bin/env bash
# Builds and runs all tests: in Debug, and end to end against the console as ./sluice publishes it.
#
#   ./test.sh [--long] [--filter TEXT]
#       --long     more seeds of every seeded test; a project may run for an hour instead of ten minutes
#       --filter   the test projects with TEXT in their name; when there is none, the tests with TEXT in theirs
#
# The last line is the sum: N passed, N failed, N skipped.
set -euo pipefail

root=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
source "$root/eng/build.sh"

passed=0 failed=0 skipped=0
finish() {
    echo "$passed passed, $failed failed, $skipped skipped"
    exit "$1"
}

# broken WHAT CODE: nothing can be tested.
broken() {
    echo "$1"
    failed=$((failed + 1))
    finish "$2"
}

filter='' limit=600
while (($# > 0)); do
    case $1 in
        --long) export SLUICE_LONG=1; limit=3600 ;;
        --filter) filter=${2:-}; [[ -n $filter ]] || { say "test.sh: --filter wants a text"; exit 2; }; shift ;;
        *) say "test.sh: unknown option $1; there are --long and --filter TEXT"; exit 2 ;;
    esac
    shift
done

# select_projects: those that are built here in `projects`; those that need Orleans, where it is missing, are skipped.
select_projects() {
    local file name
    local -a all=() named=() needed
    projects=()
    for file in "$root"/tests/*.Tests/*.csproj; do
        name=$(basename "$file" .csproj)
        all+=("$name")
        if [[ -n $filter && $name == *"$filter"* ]]; then named+=("$name"); fi
    done
    method=
    needed=("${named[@]}")
    if ((${#named[@]} == 0)); then
        needed=("${all[@]}")
        if [[ -n $filter ]]; then method="*$filter*"; fi
    fi
    for name in "${needed[@]}"; do
        if [[ $orleans == true ]] || grep -q "/$name.csproj\"" "$root/Embedded.slnf"; then
            projects+=("$name")
        else
            printf '%-24s skipped: the Orleans packages are not served here\n' "$name"
            skipped=$((skipped + 1))
        fi
    done
}

build_tests() {
    local name
    if [[ -n $filter && -z $method ]]; then
        for name in "${projects[@]}"; do
            quietly dotnet build "$root/tests/$name/$name.csproj" -c Debug -p:Orleans="$orleans" -v q || return
        done
    elif [[ $orleans == true ]]; then
        quietly dotnet build "$root/Cluster.sln" -c Debug -v q
    else
        quietly dotnet build "$root/Embedded.slnf" -c Debug -p:Orleans=false -v q
    fi
}

# run_project NAME: runs one test executable, prints its line, and its output when something is wrong with it.
run_project() {
    local name=$1 log="$artifacts/tests/$1.log" code=0 note='' counts total errors wrong left good bad
    local -a command=("$artifacts/bin/$name/debug/$name" -noColor)
    if [[ -n $method ]]; then command+=(-method "$method"); fi
    timeout --kill-after=10 "$limit" "${command[@]}" > "$log" 2>&1 < /dev/null || code=$?
    # A project without tests ends its summary after "Total: 0".
    counts=$(sed -nE "s/^ *$name  Total: ([0-9]+)(, Errors: ([0-9]+), Failed: ([0-9]+), Skipped: ([0-9]+),.*)?$/\1 \3 \4 \5/p" "$log" | tail -n 1)
    read -r total errors wrong left <<< "$counts" || true
    total=${total:-0} errors=${errors:-0} wrong=${wrong:-0} left=${left:-0}
    if [[ -n $counts && -n $method ]] && ((total == 0)); then return; fi
    good=$((total - wrong - left)) bad=$((wrong + errors))
    if ((code == 124 || code == 137)); then
        bad=$((bad + 1)) note="; killed after $((limit / 60)) minutes"
    elif [[ -z $counts ]]; then
        bad=$((bad + 1)) note="; ended without a summary, exit code $code"
    elif ((total == 0)); then
        bad=$((bad + 1)) note="; ran no test"
    elif ((code != 0 && bad == 0)); then
        bad=1 note="; exit code $code"
    fi
    printf '%-24s %5d passed, %d failed, %d skipped%s\n' "$name" "$good" "$bad" "$left" "$note"
    grep -F '[SKIP]' "$log" || true
    if ((bad > 0)); then sed 's/^/    /' "$log"; fi
    passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + left))
}

(prepare_build) || broken 'There is no .NET SDK.' $?
prepare_build
lock_build
(find_orleans) || broken 'The packages cannot be restored; see above.' $?
find_orleans 2> /dev/null
select_projects
if console_is_old; then (build_console) || broken 'The console does not build; see above.' $?; fi
build_tests || broken 'The tests do not build; see above.' $?
unlock_build

SLUICE_CONSOLE="$(readlink -f "$console_link")/sluice.dll"
export SLUICE_CONSOLE

mkdir -p "$artifacts/tests"
for name in "${projects[@]}"; do run_project "$name"; done
if ((passed + failed + skipped == 0)); then broken "No test has '$filter' in its name." 2; fi
finish $((failed > 0))
