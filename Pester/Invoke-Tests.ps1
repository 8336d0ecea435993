# Runs all Pester tests and leaves the results as JSON. build.ps1 starts it in a fresh `pwsh -NoProfile`.
param(
    [Parameter(Mandatory)] [string] $PesterPath,
    [Parameter(Mandatory)] [string] $ResultPath
)
$ErrorActionPreference = 'Stop'
Import-Module $PesterPath

$configuration = New-PesterConfiguration
$configuration.Run.Path = $PSScriptRoot
$configuration.Run.PassThru = $true
$configuration.Output.Verbosity = 'Normal'
$result = Invoke-Pester -Configuration $configuration

function Get-Reason($ErrorRecord) { return "$(@($ErrorRecord)[0])" }
@{
    Passed  = $result.PassedCount
    Failed  = @(
        $result.Failed | ForEach-Object { @{ Name = $_.ExpandedPath; Reason = Get-Reason $_.ErrorRecord } }
        $result.FailedContainers | ForEach-Object { @{ Name = "$($_.Item)"; Reason = Get-Reason $_.ErrorRecord } }
    )
    Skipped = @($result.Skipped | ForEach-Object { @{ Name = $_.ExpandedPath; Reason = Get-Reason $_.ErrorRecord } })
} | ConvertTo-Json -Depth 4 | Set-Content $ResultPath
