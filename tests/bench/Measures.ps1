# What is measured of each contestant: the arguments of the load generator, and which of its figures counts. Datagrams have a generator of their own, and are
# measured of those that pass them.
$Measures = @(
    @{ Name = '1 up MB/s'; Mode = 'tput'; Sessions = 1; Last = 'S'; Figure = 'MBps' }
    @{ Name = '1 down MB/s'; Mode = 'tput'; Sessions = 1; Last = 'G'; Figure = 'MBps'; PerGigabyte = $true }
    @{ Name = '32 down MB/s'; Mode = 'tput'; Sessions = 32; Last = 'G'; Figure = 'MBps' }
    @{ Name = 'connections/s'; Mode = 'cps'; Sessions = 32; Last = ''; Figure = 'per_s'; Tail = $true }
    @{ Name = 'round trips/s'; Mode = 'rr'; Sessions = 32; Last = '64'; Figure = 'per_s' }
    @{ Name = 'datagrams/s'; Mode = 'run'; Sessions = 32; Window = 8; Last = '200'; Figure = 'per_s'; Udp = $true }
)

# One run; a hashtable of the figures that the generator printed.
function Invoke-Load($Generators, $Contestant, [hashtable] $Measure, [double] $Seconds) {
    if ($Measure.Udp) {
        $line = & $Generators.Udp run $Contestant.Port $Generators.UdpTarget $Measure.Sessions $Measure.Window $Seconds $Measure.Last
    } else {
        $words = @($Measure.Mode, $Contestant.Client, $Contestant.Port, (Get-TargetPort $Generators $Contestant), $Measure.Sessions, $Seconds)
        if ($Measure.Last) { $words += $Measure.Last }
        # The generator waits for all of its sessions, also at a program that takes fewer.
        $program = $Measure.Program ?? $Generators.Tcp
        [string] $line = $Measure.Limit ? (timeout $Measure.Limit $program @words) : (& $program @words)
    }
    $figures = @{}
    foreach ($pair in [regex]::Matches($line, '(\w+)=([\d.]+)')) { $figures[$pair.Groups[1].Value] = [double] $pair.Groups[2].Value }
    if (-not $figures.ContainsKey($Measure.Figure)) { throw "$($Contestant.Name), $($Measure.Name): $line" }
    $figures
}

# Without a proxy the generator asks the port that stands for the target's.
function Get-TargetPort($Generators, $Contestant) { $Contestant.Client -eq 'direct' -and -not $Contestant.AtTarget ? $Contestant.Port : $Generators.TcpTarget }

# One round of one contestant: a row for each figure.
function Invoke-Round($Generators, $Contestant, [double] $Seconds) {
    foreach ($measure in $Measures | Where-Object { -not $_.Udp -or $Contestant.Udp }) {
        $before = Measure-Processor $Contestant
        $figures = Invoke-Load $Generators $Contestant $measure $Seconds
        $used = (Measure-Processor $Contestant) - $before
        New-Row $Contestant $measure.Name $figures[$measure.Figure]
        if ($measure.Tail) { New-Row $Contestant 'p99 ms' ($figures.p99_us / 1000) }
        if ($measure.PerGigabyte -and $Contestant.Processes) { New-Row $Contestant 'processor s/GB' ($used / ($figures.MBps * $Seconds / 1000)) }
        if ($figures.fails) { New-Row $Contestant 'failed' $figures.fails }
    }
    if ($Contestant.Processes) { New-Row $Contestant 'resident MiB' (Measure-Memory $Contestant) }
}

# What a session costs that is open and idle: the growth of each process, with the generator's own echo through each session as proof that it is served.
function Measure-Idle($Generators, $Contestant, [int] $Sessions) {
    $kib = 0
    # The generator looks at one process; a program with children holds its sessions in them.
    if (@(Get-Family $Contestant).Count -gt $Contestant.Processes.Count) { return }
    foreach ($process in $Contestant.Processes) {
        # The generator waits for all of them, also at a program that takes fewer.
        [string] $line = timeout 60 $Generators.Tcp idle $Contestant.Client $Contestant.Port (Get-TargetPort $Generators $Contestant) $Sessions $process.Id
        if ($line -notmatch 'per_conn=(-?[\d.]+)KB fails=(\d+)' -or [int] $Matches[2]) {
            Write-Warning "$($Contestant.Name) does not hold $Sessions idle sessions: $($line ? $line : 'within 60 s they were not open')"
            return
        }
        $kib += [double] $Matches[1]
    }
    New-Row $Contestant 'KiB/session' $kib
}

function New-Row($Contestant, [string] $Measure, [double] $Value) {
    [pscustomobject] @{ Group = $Contestant.Group; Contestant = $Contestant.Name; Measure = $Measure; Value = $Value }
}
