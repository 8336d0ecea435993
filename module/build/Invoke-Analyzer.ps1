# PSScriptAnalyzer over the repository's scripts; one result for each file. Runs in a process of its own.
param(
    [Parameter(Mandatory)] [string] $AnalyzerPath,
    [Parameter(Mandatory)] [string] $ResultPath
)
$ErrorActionPreference = 'Stop'
Import-Module $AnalyzerPath
$root = Split-Path (Split-Path $PSScriptRoot)
$settings = Join-Path $PSScriptRoot 'PSScriptAnalyzerSettings.psd1'
$files = @(Get-Item (Join-Path $root 'build.ps1'), (Join-Path $root 'MultiExit.psd1')) +
    @(Get-ChildItem $PSScriptRoot, (Join-Path $root 'Pester') -File | Where-Object Extension -In '.ps1', '.psd1')
@(
    foreach ($file in $files) {
        [pscustomobject]@{
            Name     = [IO.Path]::GetRelativePath($root, $file.FullName)
            Findings = @(Invoke-ScriptAnalyzer -Path $file.FullName -Settings $settings |
                    ForEach-Object { "line $($_.Line): $($_.RuleName): $($_.Message)" })
        }
    }
) | ConvertTo-Json -Depth 3 -AsArray | Set-Content $ResultPath
