# Shared by ./sluice and ./test.sh: finds out what can be restored here, and publishes the console.
# Sourced from bash by a script that has set `root` and -euo pipefail.
# shellcheck shell=bash disable=SC2154

artifacts="$root/artifacts"
console_link="$artifacts/console"
orleans_mark="$artifacts/orleans"

say() { printf '%s\n' "$*" >&2; }

# prepare_build: what every build needs; not called when the console only runs.
prepare_build() {
    command -v dotnet > /dev/null || { say "sluice: the .NET SDK 10 is not on the PATH."; exit 2; }
    export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
    # Where there is no home to write to, the SDK and the packages keep their files beside the build.
    if [[ ! -w ${HOME:-} ]]; then
        export DOTNET_CLI_HOME=${DOTNET_CLI_HOME:-$artifacts/home} NUGET_PACKAGES=${NUGET_PACKAGES:-$artifacts/packages}
    fi
    mkdir -p "$artifacts"
}

# lock_build, unlock_build: one build at a time; the lock is file descriptor 9.
lock_build() {
    exec 9> "$artifacts/build.lock"
    flock 9
}

unlock_build() { exec 9>&-; }

# logged LOG COMMAND...: everything printed goes to the log. Build servers outlive the command and must not keep the lock.
logged() {
    local log=$1
    shift
    "$@" > "$log" 2>&1 < /dev/null 9>&-
}

# quietly COMMAND...: shows what was printed only when it fails.
quietly() {
    local log code=0
    log=$(mktemp "$artifacts/log.XXXXXX")
    logged "$log" "$@" || code=$?
    if ((code != 0)); then cat "$log" >&2; fi
    rm -f "$log"
    return "$code"
}

# lacks_packages LOG: whether packages that are not served are all that went wrong.
lacks_packages() {
    local errors
    errors=$(grep -E 'error [A-Z]+[0-9]+' "$1" || true)
    [[ $errors =~ NU110[12] || $errors =~ NU160[35] ]] && ! grep -qvE 'error NU(1101|1102|1603|1605)' <<< "$errors"
}

# find_orleans: sets `orleans` to true, or to false where the packages of Orleans are not served and all others are.
# The answer is kept until a project, its packages or the registries change.
find_orleans() {
    local fresh="$orleans_mark.$$" log code=0
    orleans=
    if [[ -s $orleans_mark && -z $(find "$root"/{client,observability,silo,src,tests} "$root"/*.{props,sln,slnf} \
        \( -name '*.csproj' -o -name '*.props' -o -name '*.sln' -o -name '*.slnf' \) -newer "$orleans_mark" -print -quit) ]]; then
        orleans=$(< "$orleans_mark")
    fi

    # Whoever requires Orleans wants to know whether it is served now.
    if [[ -z $orleans || $orleans == false && ${SLUICE_REQUIRE_ORLEANS:-} == 1 ]]; then
        touch "$fresh"
        log=$(mktemp "$artifacts/log.XXXXXX")
        if logged "$log" dotnet restore "$root/Cluster.sln" -v q; then
            orleans=true
        elif lacks_packages "$log" && quietly dotnet restore "$root/Embedded.slnf" -p:Orleans=false -v q; then
            orleans=false
        else
            cat "$log" >&2
            code=1
        fi
        if ((code == 0)); then
            # The time of the mark is that before the restore: what changed meanwhile is looked at again.
            printf '%s\n' "$orleans" > "$orleans_mark"
            touch -r "$fresh" "$orleans_mark"
        fi
        rm -f "$log" "$fresh"
        ((code == 0)) || exit "$code"
    fi

    if [[ $orleans == false ]]; then
        if [[ ${SLUICE_REQUIRE_ORLEANS:-} == 1 ]]; then
            say "sluice: the Orleans packages are not served here, and SLUICE_REQUIRE_ORLEANS=1 asks for them."
            exit 3
        fi
        say "sluice: the Orleans packages are not served here; building with the in-process engine only."
    fi
}

# console_is_old: whether there is no console, or something it was built from is newer. A folder is, when a file left it.
console_is_old() {
    if [[ ! -e $console_link/stamp ]]; then return 0; fi
    if [[ ${SLUICE_REQUIRE_ORLEANS:-} == 1 ]] && console_lacks_orleans; then return 0; fi
    [[ -n $(find "$root"/{src,client,observability,silo} "$root"/Directory.*.props "$root/global.json" "$root/eng/build.sh" \
        -newer "$console_link/stamp" -print -quit) ]]
}

console_lacks_orleans() { [[ $(< "$console_link/orleans") == false ]]; }

# publish_console DIR: what starts up is compiled ahead of time, where the compiler for that can be restored.
publish_console() {
    local log code=0
    local -a command=(dotnet publish "$root/client/Sluice.Client.csproj" -c Release --use-current-runtime --no-self-contained
        -p:Orleans="$orleans" -o "$1" -v q)
    log=$(mktemp "$artifacts/log.XXXXXX")
    if ! logged "$log" "${command[@]}" -p:PublishReadyToRun=true; then
        if grep -qiE 'error (NU110[12].*(crossgen2|netcore\.app\.runtime)|NETSDK1094)' "$log"; then
            quietly "${command[@]}" -p:PublishReadyToRun=false || code=1
        else
            cat "$log" >&2
            code=1
        fi
    fi
    rm -f "$log"
    return "$code"
}

# build_console: publishes the console if it is old. The caller holds the lock and has called find_orleans.
# Each build has a folder of its own and `console` is a link to the newest, so that one that runs keeps its files.
build_console() {
    local folder previous
    previous=$(readlink "$console_link" || true)
    folder=$(mktemp -d "$artifacts/console.XXXXXX")
    # A source that changes during the build is newer than this.
    chmod 755 "$folder"
    touch "$folder/stamp"
    printf '%s\n' "$orleans" > "$folder/orleans"
    if ! publish_console "$folder"; then
        rm -rf "$folder"
        say "sluice: the console does not build; see above."
        exit 1
    fi
    ln -s "${folder##*/}" "$folder/link"
    mv -T "$folder/link" "$console_link"
    find "$artifacts" -maxdepth 1 -type d -name 'console.*' ! -path "$folder" ! -name "${previous:-none}" -exec rm -rf {} +
}
