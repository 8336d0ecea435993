#!/bin/sh
# Front of build.ps1 that needs only the .NET SDK: ./build.sh [build|run|test|package] [arguments of run]
# PowerShell 7.6 or later comes from PATH, else from `dotnet tool restore`; where there is none, the engine's part is done.
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
  build | run | test | package) ;;
  *)
    echo "usage: ./build.sh [build|run|test|package]; arguments after 'run' go to 'multiexit run'" >&2
    exit 2
    ;;
esac

is_new_enough() {
  "$@" -NoProfile -NonInteractive -Command \
    'exit [int]($PSVersionTable.PSVersion.Major * 100 + $PSVersionTable.PSVersion.Minor -lt 706)' >/dev/null 2>&1
}

# Sets $shell to the command that starts PowerShell; empty when there is none.
find_powershell() {
  shell=
  if command -v pwsh >/dev/null 2>&1 && is_new_enough pwsh; then
    shell=pwsh
  elif dotnet tool restore >/dev/null 2>&1 && is_new_enough dotnet tool run pwsh --; then
    shell='dotnet tool run pwsh --'
  fi
}

build_without_powershell() {
  dotnet build MultiExit.sln -c Release -v quiet -nologo -clp:NoSummary
}

# The number in attribute $2 of the summary in the TRX file $1.
counter() {
  number=$(sed -n "s/.*<Counters [^>]*$2=\"\([0-9]*\)\".*/\1/p" "$1" | head -n 1)
  echo "${number:-0}"
}

# A line for each failure and each test not run in the TRX file $1, with its reason; and what tests measured.
name_exceptions() {
  awk '
    function attribute(name) { return match($0, name "=\"[^\"]*\"") ? substr($0, RSTART + length(name) + 2, RLENGTH - length(name) - 3) : "" }
    match($0, /metric: .*/) && outcome == "Passed" { line = substr($0, RSTART); sub(/<\/StdOut>.*/, "", line); print line }
    /<UnitTestResult / { test = attribute("testName"); outcome = attribute("outcome") }
    /<Message>/ && (outcome == "NotExecuted" || outcome == "Failed") {
      sub(/.*<Message>/, ""); sub(/<\/Message>.*/, "")
      print (outcome == "Failed" ? "failed: " : "not run: ") test ": " $0
      outcome = ""
    }' "$1"
}

test_without_powershell() {
  build_without_powershell || { echo "not run: all tests: the build failed"; echo "0 passed, 1 failed, 0 skipped"; return 1; }
  passed=0 failed=0 skipped=0
  for project in tests/*/*.Tests.csproj; do
    name=$(basename "$project" .csproj)
    rm -rf "artifacts/test/$name"
    dotnet test "$project" -c Release --no-build -v quiet -nologo --logger "trx;LogFileName=$name.trx" --results-directory "artifacts/test/$name"
    status=$?
    trx="artifacts/test/$name/$name.trx"
    if [ ! -f "$trx" ]; then
      echo "failed: $name: it left no results"
      failed=$((failed + 1))
      continue
    fi
    ran=$(counter "$trx" passed) broken=$(counter "$trx" failed)
    [ "$status" -ne 0 ] && [ "$broken" -eq 0 ] && broken=1
    left=$(($(counter "$trx" total) - $(counter "$trx" executed)))
    name_exceptions "$trx"
    passed=$((passed + ran)) failed=$((failed + broken)) skipped=$((skipped + left))
  done
  echo "not run: Pester: there is no PowerShell 7.6 or later"
  echo "not run: PSScriptAnalyzer: there is no PowerShell 7.6 or later"
  skipped=$((skipped + 2))
  echo "$passed passed, $failed failed, $skipped skipped"
  [ "$failed" -eq 0 ]
}

find_powershell
if [ -z "$shell" ]; then
  echo "build.sh: no PowerShell 7.6 or later on PATH nor from 'dotnet tool restore'; doing the engine's part with dotnet alone"
fi

case $task in
  run)
    # exec: signals and the exit code are those of multiexit itself.
    if [ -n "$shell" ]; then
      $shell -NoProfile -NonInteractive -File ./build.ps1 build || exit
    else
      build_without_powershell || exit
    fi
    exec module/bin/multiexit run "$@"
    ;;
  package)
    if [ -z "$shell" ]; then
      echo "build.sh: the package holds the help, which is made with PowerShell; install PowerShell 7.6" >&2
      exit 1
    fi
    ;;
esac

if [ -n "$shell" ]; then
  exec $shell -NoProfile -NonInteractive -File ./build.ps1 "$task"
elif [ "$task" = test ]; then
  test_without_powershell
else
  build_without_powershell
fi
