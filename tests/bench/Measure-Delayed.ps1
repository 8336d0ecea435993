<#
.SYNOPSIS
    Measures the tunnels from the near end of a path; their far ends and the target are started in the namespace at its other end.
.DESCRIPTION
    Invoke-Bench.ps1 -Delay runs it in the near namespace. Writes the rows as JSON.
#>
[CmdletBinding()]
param(
    # What the path takes, in milliseconds, there and back.
    [double] $RoundTrip,

    # The namespace at the far end, and the end's address.
    [string] $FarNamespace,
    [string] $FarAddress,

    # How long each measure lasts.
    [double] $Seconds,

    # Those whose names match alone.
    [string] $Name = '*',

    # The folder of the generators, and the file for the rows.
    [string] $Path,
    [string] $Result
)

$ErrorActionPreference = 'Stop'
foreach ($part in 'Contestants', 'Configurations', 'Processes', 'Measures') { . (Join-Path $PSScriptRoot "$part.ps1") }
$root = Resolve-Path (Join-Path $PSScriptRoot '../..')
Import-Module (Join-Path $root 'MultiExit.psd1')
$generators = @{ Tcp = Join-Path $Path 'mxload'; TcpTarget = Get-FreePort }
$target = Start-Process ip "netns exec $FarNamespace $($generators.Tcp) target $($generators.TcpTarget)" -PassThru
try {
    $rows = foreach ($contestant in @(Get-Contestant | Where-Object { $_.Group -eq 'tunnel' -and $_.Name -like $Name })) {
        if (-not (Test-Contestant $contestant)) { continue }
        $contestant.Port = Get-FreePort
        $contestant | Add-Member Inner (Get-FreePort)
        $contestant.Folder = (New-Item (Join-Path $Path "run/$([guid]::NewGuid())") -ItemType Directory).FullName
        $contestant.FarAddress = $FarAddress
        $contestant.FarPrefix = "ip netns exec $FarNamespace"
        Write-Configuration $contestant $generators.TcpTarget
        try {
            Start-Contestant $contestant (Join-Path $root 'module/bin/multiexit')
            foreach ($measure in $Measures | Where-Object { -not $_.Udp }) {
                # Twice: the first run warms the code and the connections between the ends.
                $null = Invoke-Load $generators $contestant $measure 1
                $figures = Invoke-Load $generators $contestant $measure $Seconds
                [pscustomobject] @{
                    Group = "tunnel with a path, $($measure.Name) by round trip in ms"; Contestant = $contestant.Name; Measure = "$RoundTrip"
                    Value = $figures[$measure.Figure]
                }
            }
        } finally { Stop-Contestant $contestant }
    }
} finally { Stop-Process -Id $target.Id -ErrorAction Ignore }
ConvertTo-Json @($rows) | Set-Content $Result
