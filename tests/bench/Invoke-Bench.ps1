<#
.SYNOPSIS
    Measures the relay and the tunnels beside other programs, on loopback, in interleaved rounds.
.DESCRIPTION
    Load and targets are mxload.c, mxmessages.c and mxudp.c, built with gcc. A contestant whose program is not there is left out, and said so. Writes a table (results.md),
    all figures (results.json) and bars (*.svg).
#>
[CmdletBinding()]
param(
    # How often each contestant has its turn; the median counts.
    [ValidateRange(1, 100)]
    [int] $Rounds = 5,

    # How long each measure lasts, in seconds.
    [ValidateRange(0.5, 600)]
    [double] $Seconds = 3,

    # How many idle sessions the memory of each is divided by; 0: that is not measured.
    [ValidateRange(0, 20000)]
    [int] $Idle = 10000,

    # Round trips by the number of sessions (1 to 10,000) and by the size of a message (64 bytes to 1 MiB) as well, in as many rounds.
    [switch] $Sweep,

    # The tunnels over a path of 0, 50 and 100 ms as well, once each. Needs root, for namespaces.
    [switch] $Delay,

    # Others, as NAME=COMMAND; the command listens for SOCKS5 on {port} of 127.0.0.1.
    [string[]] $Against = @(),

    # Those whose names match alone.
    [string] $Name = '*',

    # Where the results go.
    [string] $Path = (Join-Path $PSScriptRoot '../../artifacts/bench')
)

$ErrorActionPreference = 'Stop'
foreach ($part in 'Contestants', 'Configurations', 'Processes', 'Measures', 'Sweep', 'Delay', 'Report') { . (Join-Path $PSScriptRoot "$part.ps1") }
$root = Resolve-Path (Join-Path $PSScriptRoot '../..')
Import-Module (Join-Path $root 'MultiExit.psd1')
$multiexit = Join-Path $root 'module/bin/multiexit'
$null = New-Item $Path -ItemType Directory -Force
# Each session takes two descriptors of a proxy, which keeps some for itself; whoever may not raise the limit measures fewer idle sessions.
if (Get-Command prlimit -CommandType Application -ErrorAction Ignore) { prlimit --pid $PID --nofile=65536:65536 2>$null }
$limit = Select-String '^Max open files\s+(\d+)' "/proc/$PID/limits" -ErrorAction Ignore
if ($limit -and ($most = [int] (([long] $limit.Matches[0].Groups[1].Value - 1000) / 2)) -lt $Idle) {
    Write-Warning "the limit of descriptors allows a proxy $most idle sessions, and not $Idle"
    $Idle = $most
}
$generators = @{ Tcp = Join-Path $Path 'mxload'; Messages = Join-Path $Path 'mxmessages'; Udp = Join-Path $Path 'mxudp'; TcpTarget = Get-FreePort; UdpTarget = Get-FreePort }
foreach ($generator in $generators.Tcp, $generators.Messages, $generators.Udp) {
    gcc -O2 -pthread -o $generator (Join-Path $PSScriptRoot "$(Split-Path $generator -Leaf).c")
    if ($LASTEXITCODE) { throw 'gcc is needed to build the load generators' }
}
$targets = @(
    Start-Process $generators.Tcp "target $($generators.TcpTarget)" -PassThru
    Start-Process $generators.Udp "target $($generators.UdpTarget)" -PassThru
)
$contestants = @(Get-Contestant $Against | Where-Object Name -Like $Name)
try {
    $there = @(foreach ($contestant in $contestants) {
        if (-not (Test-Contestant $contestant)) {
            Write-Warning "$($contestant.Name) is not installed and is left out"
            continue
        }
        $contestant.Port = Get-FreePort
        $contestant | Add-Member Inner (Get-FreePort)
        $contestant.Folder = (New-Item (Join-Path $Path "run/$([guid]::NewGuid())") -ItemType Directory).FullName
        Write-Configuration $contestant $generators.TcpTarget
        Start-Contestant $contestant $multiexit
        $contestant
    })
    # A first round that does not count: caches, and code that is compiled as it runs.
    foreach ($contestant in $there) { $null = Invoke-Round $generators $contestant ([math]::Min(2, $Seconds)) }
    $rows = @(foreach ($round in 1..$Rounds) {
        Write-Progress 'bench' -Status "round $round of $Rounds" -PercentComplete (100 * ($round - 1) / $Rounds)
        foreach ($contestant in $there) {
            Invoke-Round $generators $contestant $Seconds
            if ($Sweep) { Invoke-Sweep $generators $contestant $Seconds }
        }
    })
    if ($Delay) { $rows += @(Measure-Delayed $generators $Path ([math]::Max(5, $Seconds)) $Name) }
    if ($Idle) { $rows += @(foreach ($contestant in $there) { if ($contestant.Processes) { Measure-Idle $generators $contestant $Idle } }) }
} finally {
    $contestants | ForEach-Object { Stop-Contestant $_ }
    $targets | ForEach-Object { Stop-Process -Id $_.Id -ErrorAction Ignore }
    Remove-Item (Join-Path $Path 'run') -Recurse -Force -ErrorAction Ignore
}

ConvertTo-Json @($rows) | Set-Content (Join-Path $Path 'results.json')
$medians = @(Get-Medians $rows)
$table = foreach ($group in $medians.Group | Select-Object -Unique) {
    ConvertTo-Table $medians $group
    ''
    if ($group -like '*,*') {
        ConvertTo-LineSvg $medians $group | Set-Content (Join-Path $Path "$($group -replace '\W+', '-').svg")
        continue
    }
    foreach ($measure in '1 down MB/s', '32 down MB/s', 'connections/s', 'round trips/s', 'datagrams/s') {
        ConvertTo-Svg $medians $group $measure | Set-Content (Join-Path $Path "$group-$($measure -replace '\W+', '-').svg")
    }
}
# The module beside an empty shell, since all else is of the console host.
$import = & (Join-Path $PSScriptRoot 'Measure-Import.ps1')
$table = @($table) + "Import-Module: $($import.ImportMs) ms beside an empty shell of $($import.EmptyShellMs) ms ($($import.ImportCpuMs) and $($import.EmptyShellCpuMs) of the processor; medians of $($import.Count))"
$table | Tee-Object (Join-Path $Path 'results.md')
