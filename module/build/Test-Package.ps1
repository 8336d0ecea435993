# Whether a package is in order, in a process that knows nothing of the checkout: what is in it, that it imports and serves,
# that it starts without the modes of its files, and that Install-PSResource installs it.
param(
    [Parameter(Mandatory)] [string] $Folder,
    [Parameter(Mandatory)] [string] $Version
)
$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $false
$artifacts = Split-Path (Split-Path $Folder)
$zip = Join-Path $artifacts "MultiExit-$Version.zip"
$package = Join-Path $artifacts "MultiExit.$Version.nupkg"
$pesterPackage = Join-Path $artifacts "MultiExit.Pester.$Version.nupkg"
$scratch = [IO.Directory]::CreateTempSubdirectory('multiexit-package-').FullName
$faults = [Collections.Generic.List[string]]::new()

function Assert-True([string] $Claim, [scriptblock] $Test) {
    try {
        $found = & $Test
    } catch {
        $found = "$_"
    }
    # A test writes what is wrong, or nothing.
    if ($found) { $faults.Add("$Claim`: $($found -join '; ')") }
}

# The module as another program starts it: its first line of output, what is to be tried then, and SIGTERM; the exit code has to be 0.
function Test-Service([string] $File, [string[]] $Arguments, [scriptblock] $Meanwhile = {}) {
    $start = [Diagnostics.ProcessStartInfo]::new($File, $Arguments)
    $start.RedirectStandardOutput = $true
    $start.Environment['DOTNET_EnableDiagnostics'] = '0'
    $process = [Diagnostics.Process]::Start($start)
    try {
        $line = $process.StandardOutput.ReadLineAsync()
        if (-not $line.Wait(30000)) { return 'it printed nothing within 30 s' }
        if ($line.Result -notmatch 'listening: ') { return "it printed '$($line.Result)'" }
        & $Meanwhile
        & sh -c "kill -TERM $($process.Id)"
        if (-not $process.WaitForExit(30000)) { return 'it does not end within 30 s' }
        if ($process.ExitCode) { return "it ended with $($process.ExitCode)" }
    } finally {
        $process.Kill($true)
        $null = $process.WaitForExit(30000)
        $process.Dispose()
    }
}

. (Join-Path $PSScriptRoot 'PackageContent.ps1')
. (Join-Path $PSScriptRoot 'PackageStart.ps1')
. (Join-Path $PSScriptRoot 'PackageSystem.ps1')

Remove-Item $scratch -Recurse -Force
foreach ($fault in $faults) { [Console]::Error.WriteLine("package: $fault") }
exit [int]($faults.Count -gt 0)
