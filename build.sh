#!/bin/sh
# Front of build.ps1 that needs only the .NET SDK: ./build.sh [build|run|test|package|soak|bench] [arguments of run, soak or bench]
# PowerShell 7.6 or later comes from PATH, else from 'dotnet tool restore'.
set -u
cd "$(dirname "$0")" || exit 1

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
if ! command -v dotnet >/dev/null 2>&1; then
  echo "build.sh: the .NET 10 SDK is needed and 'dotnet' is not on PATH; see https://dot.net" >&2
  exit 1
fi
# module/bin/multiexit looks for .NET in the system's places; an SDK elsewhere is named to it.
dotnet_root=$(dirname "$(readlink -f "$(command -v dotnet)")")
if [ -z "${DOTNET_ROOT:-}" ] && [ -d "$dotnet_root/shared" ]; then
  export DOTNET_ROOT="$dotnet_root"
fi

task=${1:-build}
[ $# -gt 0 ] && shift
case $task in
  build | run | test | package | soak | bench) ;;
  *)
    echo "usage: ./build.sh [build|run|test|package|soak|bench]; arguments after 'run' go to 'multiexit run', those after 'soak' and 'bench' to those" >&2
    exit 2
    ;;
esac

# Whether the command starts a PowerShell 7.6 or later.
is_new_enough() {
  "$@" -NoProfile -NonInteractive -Command \
    'exit [int]($PSVersionTable.PSVersion.Major * 100 + $PSVersionTable.PSVersion.Minor -lt 706)' </dev/null >/dev/null 2>&1
}

# Sets $shell to the command that starts PowerShell, or ends with the reason why there is none.
find_powershell() {
  shell=pwsh
  if command -v pwsh >/dev/null 2>&1 && is_new_enough pwsh; then return; fi
  shell='dotnet tool run pwsh --'
  if ! said=$(dotnet tool restore 2>&1); then
    reason=$(printf '%s\n' "$said" | grep -v '^ *$' | head -n 1)
    echo "build.sh: PowerShell 7.6 could not be restored (.config/dotnet-tools.json names the version, NuGet.config and HTTPS_PROXY decide how the feed is reached): $reason" >&2
    exit 1
  fi
  if ! is_new_enough $shell; then
    reason=$($shell -NoProfile -NonInteractive -Command '"it is version $($PSVersionTable.PSVersion)"' 2>&1 </dev/null | head -n 1)
    echo "build.sh: the PowerShell of 'dotnet tool restore' does not start as 7.6 or later: $reason" >&2
    exit 1
  fi
}

find_powershell
if [ "$task" = run ]; then
  echo 'build.sh: building; the first time takes about a minute' >&2
  $shell -NoProfile -NonInteractive -File ./build.ps1 build || exit
  # exec: signals and the exit code are those of multiexit itself.
  exec module/bin/multiexit run "$@"
fi
exec $shell -NoProfile -NonInteractive -File ./build.ps1 "$task" "$@"
