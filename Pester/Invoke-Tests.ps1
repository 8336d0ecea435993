# Runs Pester tests, all or those of one file, and leaves the results as JSON where asked. Needs a fresh `pwsh -NoProfile` and a build.
param(
    [string] $Path = $PSScriptRoot,
    [string] $ResultPath
)
$ErrorActionPreference = 'Stop'

# Pester lies in the package folder (NUGET_PACKAGES, NuGet.config), in the version that the project of the cmdlet tests downloads.
function Get-PesterPath {
    $project = Join-Path (Split-Path $PSScriptRoot) 'tests/MultiExit.Cmdlets.Tests'
    $answer = dotnet msbuild $project -getProperty:NuGetPackageRoot -getItem:PackageDownload | ConvertFrom-Json
    $version = ($answer.Items.PackageDownload | Where-Object Identity -EQ Pester).Version.Trim('[', ']')
    $manifest = Join-Path $answer.Properties.NuGetPackageRoot "pester/$version/tools/Pester.psd1"
    if (-not (Test-Path $manifest)) { throw "Pester $version is not in the package folder: there is no $manifest" }
    return $manifest
}

Import-Module (Get-PesterPath)
$configuration = New-PesterConfiguration
$configuration.Run.Path = $Path
$configuration.Run.PassThru = $true
$configuration.Output.Verbosity = 'Normal'
$result = Invoke-Pester -Configuration $configuration

if (-not $ResultPath) { exit $result.FailedCount }

function Get-Reason($ErrorRecord) { return "$(@($ErrorRecord)[0])" }
@{
    Passed  = $result.PassedCount
    Failed  = @(
        $result.Failed | ForEach-Object { @{ Name = $_.ExpandedPath; Reason = Get-Reason $_.ErrorRecord } }
        $result.FailedContainers | ForEach-Object { @{ Name = "$($_.Item)"; Reason = Get-Reason $_.ErrorRecord } }
    )
    Skipped = @($result.Skipped | ForEach-Object { @{ Name = $_.ExpandedPath; Reason = Get-Reason $_.ErrorRecord } })
} | ConvertTo-Json -Depth 4 | Set-Content $ResultPath
