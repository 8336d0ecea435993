<#
.SYNOPSIS
    Measures what Import-Module MultiExit costs: the median of fresh processes that import it, less the median of those that do nothing.
.DESCRIPTION
    Both kinds in turn, so that what else the machine does falls on both. The first of each does not count. The processor's time, of all
    threads, is beside it: it says more where the machine is busy. Writes an object; at most 150 ms are the aim.
#>
[CmdletBinding()]
param(
    # How many processes of each kind.
    [ValidateRange(1, 1000)]
    [int] $Count = 10,

    # The module.
    [string] $Module = (Join-Path $PSScriptRoot '../../MultiExit.psd1')
)

$ErrorActionPreference = 'Stop'
$shell = (Get-Process -Id $PID).Path
# A `dotnet tool` is dotnet with the shell's library.
[string[]] $first = if ([IO.Path]::GetFileNameWithoutExtension($shell) -eq 'dotnet') { @(Join-Path $PSHOME 'pwsh.dll') } else { @() }
$module = (Resolve-Path $Module).Path.Replace("'", "''")

function Measure-Shell([string] $Command) {
    $watch = [Diagnostics.Stopwatch]::StartNew()
    $cpu = & $shell @first -NoProfile -NonInteractive -Command "$Command; [Environment]::CpuUsage.TotalTime.TotalMilliseconds.ToString('0', [cultureinfo]::InvariantCulture)"
    if ($LASTEXITCODE) { throw "the shell ended with $LASTEXITCODE" }
    return [pscustomobject]@{ Wall = $watch.Elapsed.TotalMilliseconds; Cpu = [double] @($cpu)[-1] }
}

function Get-Median([double[]] $Values) {
    $sorted = @($Values | Sort-Object)
    return ($sorted[[math]::Floor(($sorted.Count - 1) / 2)] + $sorted[[math]::Floor($sorted.Count / 2)]) / 2
}

$empty, $import = @(), @()
foreach ($round in 0..$Count) {
    Write-Progress 'import' -Status "round $round of $Count" -PercentComplete (100 * $round / ($Count + 1))
    $one, $other = (Measure-Shell '1 > $null'), (Measure-Shell "Import-Module '$module'")
    if ($round) { $empty += $one; $import += $other }
}
[pscustomobject]@{
    ImportMs = [math]::Round((Get-Median $import.Wall) - (Get-Median $empty.Wall))
    ImportCpuMs = [math]::Round((Get-Median $import.Cpu) - (Get-Median $empty.Cpu))
    EmptyShellMs = [math]::Round((Get-Median $empty.Wall))
    EmptyShellCpuMs = [math]::Round((Get-Median $empty.Cpu))
    Count = $Count
}
