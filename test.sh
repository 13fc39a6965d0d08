#!/usr/bin/env bash
# Builds and runs all tests: unit tests in Debug, the console's against the console as ./sluice publishes it.
#
#   ./test.sh [--long] [--filter TEXT]     --long: more seeds;  --filter: test projects whose name has TEXT
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$root/eng/build.sh"

filter=
while (($# > 0)); do
    case $1 in
        --long) export SLUICE_LONG=1 ;;
        --filter) filter=${2:?--filter wants a text}; shift ;;
        *) say "test.sh: unknown option $1"; exit 2 ;;
    esac
    shift
done

find_orleans
build_console
export SLUICE_CONSOLE="$console_dir/sluice.dll"

passed=0 failed=0 skipped=0
projects=()
for project in "$root"/tests/*.Tests/*.csproj; do
    name=$(basename "$project" .csproj)
    [[ $name == *"$filter"* ]] && projects+=("$name")
done
((${#projects[@]} > 0)) || { say "test.sh: no test project has '$filter' in its name"; exit 2; }

for name in "${projects[@]}"; do
    if ! quietly dotnet build "$root/tests/$name/$name.csproj" -c Debug -p:Orleans="$orleans" -v q; then
        printf '%-26s does not build\n' "$name"
        failed=$((failed + 1))
        continue
    fi
    log=$(mktemp)
    timeout --kill-after=10 600 dotnet "$artifacts/bin/$name/debug/$name.dll" -noColor >"$log" 2>&1 </dev/null && code=0 || code=$?
    counts=$(sed -n "s/.*$name  Total: \([0-9]*\), Errors: \([0-9]*\), Failed: \([0-9]*\), Skipped: \([0-9]*\),.*/\1 \2 \3 \4/p" "$log" | tail -1)
    read -r total errors wrong left <<<"${counts:-0 0 0 0}"
    good=$((total - wrong - left))
    bad=$((wrong + errors))
    # A run that ended without a summary, or ran nothing, has failed.
    if ((code != 0 && bad == 0)) || ((total == 0)); then
        bad=$((bad + 1))
    fi
    printf '%-26s %5d passed %4d failed %4d skipped\n' "$name" "$good" "$bad" "$left"
    if ((bad > 0)); then
        cat "$log"
    fi
    grep -E '\[SKIP\]' "$log" || true
    rm -f "$log"
    passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + left))
done

if [[ $orleans == false ]]; then
    say "cluster tests: none yet; they will be skipped where the Orleans packages cannot be restored, as here"
fi
echo "$passed passed, $failed failed, $skipped skipped"
((failed == 0))
