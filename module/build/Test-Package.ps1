# Whether a package is in order, in a process that knows nothing of the checkout: what is in it, that it imports and serves,
# that it starts without the modes of its files, and that Install-PSResource installs it.
param(
    [Parameter(Mandatory)] [string] $Folder,
    [Parameter(Mandatory)] [string] $Zip,
    [Parameter(Mandatory)] [string] $Package,
    [Parameter(Mandatory)] [string] $PesterPackage
)
$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $false
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

# The module as another program starts it: its first line of output, then SIGTERM; the exit code has to be 0.
function Test-Service([string] $File, [string[]] $Arguments) {
    $start = [Diagnostics.ProcessStartInfo]::new($File, $Arguments)
    $start.RedirectStandardOutput = $true
    $process = [Diagnostics.Process]::Start($start)
    try {
        $line = $process.StandardOutput.ReadLineAsync()
        if (-not $line.Wait(30000)) { return 'it printed nothing within 30 s' }
        if ($line.Result -notmatch 'listening: ') { return "it printed '$($line.Result)'" }
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

Remove-Item $scratch -Recurse -Force
foreach ($fault in $faults) { [Console]::Error.WriteLine("package: $fault") }
exit [int]($faults.Count -gt 0)
