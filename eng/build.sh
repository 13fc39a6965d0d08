# Shared by ./sluice, ./test.sh: finds out what can be restored, and publishes the console. Sourced, from bash.
# Sets root; the caller has set -euo pipefail.

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
artifacts="$root/artifacts"
console_dir="$artifacts/console"
orleans_mark="$artifacts/orleans"

say() { printf '%s\n' "$*" >&2; }

# Runs a command; shows what it printed only when it fails.
quietly() {
    local log
    log=$(mktemp)
    if ! "$@" >"$log" 2>&1; then
        cat "$log" >&2
        rm -f "$log"
        return 1
    fi
    rm -f "$log"
}

# Sets orleans to true, or to false when the packages of Orleans are not served here and all the rest is.
find_orleans() {
    local inputs=("$root"/Directory.*.props "$root"/Cluster.sln "$root"/silo/*.csproj)
    if [[ -s $orleans_mark && -z $(find "${inputs[@]}" -newer "$orleans_mark" -print -quit) ]]; then
        orleans=$(<"$orleans_mark")
    else
        local log
        log=$(mktemp)
        if dotnet restore "$root/Cluster.sln" -v q >"$log" 2>&1; then
            orleans=true
        elif grep -qE 'error NU(1101|1102|1603|1605)' "$log" &&
            ! grep -E 'error ' "$log" | grep -qvE 'NU(1101|1102|1603|1605)'; then
            orleans=false
        else
            cat "$log" >&2
            rm -f "$log"
            return 1
        fi
        rm -f "$log"
        [[ $orleans == true ]] || quietly dotnet restore "$root/Embedded.slnf" -p:Orleans=false -v q
        mkdir -p "$artifacts"
        printf '%s\n' "$orleans" >"$orleans_mark"
    fi

    if [[ $orleans == false ]]; then
        if [[ ${SLUICE_REQUIRE_ORLEANS:-} == 1 ]]; then
            say "sluice: the Orleans packages cannot be restored here, and SLUICE_REQUIRE_ORLEANS=1 asks for them."
            exit 3
        fi
        say "sluice: the Orleans packages cannot be restored here; building the in-process engine alone."
    fi
}

# Whether any source is newer than the console that was published last.
console_is_old() {
    [[ ! -e $console_dir/stamp ]] ||
        [[ -n $(find "$root/src" "$root/client" "$root/observability" "$root"/Directory.*.props "$root/global.json" \
            -newer "$console_dir/stamp" \( -name '*.cs' -o -name '*.csproj' -o -name '*.props' -o -name global.json \) -print -quit) ]]
}

publish() {
    quietly dotnet publish "$root/client/Sluice.Client.csproj" -c Release --use-current-runtime --no-self-contained \
        -p:Orleans="$orleans" -p:PackAsTool=false -p:PublishReadyToRun="$1" -o "$console_dir" -v q
}

# Publishes the console when it is missing or old. Two at once wait for each other.
build_console() {
    mkdir -p "$artifacts"
    exec 9>"$artifacts/build.lock"
    flock 9
    if console_is_old; then
        local started
        started=$(mktemp "$artifacts/started.XXXXXX")
        find_orleans
        say "sluice: building the console ..."
        # Start-up is compiled ahead of time where the compiler for that can be had.
        publish true 2>/dev/null || publish false || exit 1
        printf '%s\n' "$orleans" >"$console_dir/orleans"
        mv "$started" "$console_dir/stamp"
    fi
    exec 9>&-
}
