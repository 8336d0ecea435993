#!/usr/bin/env pwsh
#Requires -Version 7.6
<#
.SYNOPSIS
    Builds, runs, tests and packages MultiExit.
.DESCRIPTION
    build    dotnet build of the solution, module/bin, and the help in en-US
    run      build, then module/bin/multiexit run with the remaining arguments
    test     build, then xunit, Pester and PSScriptAnalyzer; the last line is 'N passed, N failed, N skipped'
    soak     build, then servers under load and faults for -Minutes N (5), in the order of -Seed N; not a part of test
    bench    build, then the relay and the tunnels beside other programs; -Rounds N (5), -Seconds N (3), -Against NAME=COMMAND, -Name PATTERN
    package  a clean build and the module in artifacts/MultiExit/<version>, and as a zip
#>
[CmdletBinding()]
param(
    [Parameter(Position = 0)]
    [ValidateSet('build', 'run', 'test', 'package', 'soak', 'bench')]
    [string] $Task = 'build',

    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = 'Release',

    # For the task run: what `multiexit run` gets; for soak and bench: their own.
    [Parameter(ValueFromRemainingArguments)]
    [string[]] $Arguments = @()
)

$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $false
. (Join-Path $PSScriptRoot 'module/build/Tasks.ps1')

Push-Location $PSScriptRoot
try {
    switch ($Task) {
        'build' { Invoke-Build }
        'run' {
            Invoke-Build
            & (Join-Path $PSScriptRoot 'module/bin/multiexit') run @Arguments
            exit $LASTEXITCODE
        }
        'test' { exit (Invoke-Test) }
        'package' { Invoke-Package }
        'soak' { exit (Invoke-Soak $Arguments) }
        'bench' { exit (Invoke-Bench $Arguments) }
    }
} catch {
    [Console]::Error.WriteLine("build.ps1: $_")
    exit 1
} finally {
    Pop-Location
}
