# What is measured of each contestant: the arguments of the load generator, and which of its figures counts.
$Measures = @(
    @{ Name = '1 up MB/s'; Mode = 'tput'; Sessions = 1; Last = 'S'; Figure = 'MBps' }
    @{ Name = '1 down MB/s'; Mode = 'tput'; Sessions = 1; Last = 'G'; Figure = 'MBps'; PerGigabyte = $true }
    @{ Name = '32 down MB/s'; Mode = 'tput'; Sessions = 32; Last = 'G'; Figure = 'MBps' }
    @{ Name = 'connections/s'; Mode = 'cps'; Sessions = 32; Last = ''; Figure = 'per_s'; Tail = $true }
    @{ Name = 'round trips/s'; Mode = 'rr'; Sessions = 32; Last = '64'; Figure = 'per_s' }
)

# One run; a hashtable of the figures that the generator printed.
function Invoke-Load([string] $Generator, $Contestant, [int] $Target, [hashtable] $Measure, [double] $Seconds) {
    # Without a proxy the generator asks the port that stands for the target's.
    $at = $Contestant.Client -eq 'direct' -and -not $Contestant.AtTarget ? $Contestant.Port : $Target
    $words = @($Measure.Mode, $Contestant.Client, $Contestant.Port, $at, $Measure.Sessions, $Seconds)
    if ($Measure.Last) { $words += $Measure.Last }
    $line = & $Generator @words
    $figures = @{}
    foreach ($pair in [regex]::Matches($line, '(\w+)=([\d.]+)')) { $figures[$pair.Groups[1].Value] = [double] $pair.Groups[2].Value }
    if (-not $figures.ContainsKey($Measure.Figure)) { throw "$($Contestant.Name), $($Measure.Name): $line" }
    $figures
}

# One round of one contestant: a row for each figure.
function Invoke-Round([string] $Generator, $Contestant, [int] $Target, [double] $Seconds) {
    foreach ($measure in $Measures) {
        $before = Measure-Processor $Contestant
        $figures = Invoke-Load $Generator $Contestant $Target $measure $Seconds
        $used = (Measure-Processor $Contestant) - $before
        New-Row $Contestant $measure.Name $figures[$measure.Figure]
        if ($measure.Tail) { New-Row $Contestant 'p99 ms' ($figures.p99_us / 1000) }
        if ($measure.PerGigabyte -and $Contestant.Processes) { New-Row $Contestant 'processor s/GB' ($used / ($figures.MBps * $Seconds / 1000)) }
        if ($figures.fails) { New-Row $Contestant 'failed' $figures.fails }
    }
    if ($Contestant.Processes) { New-Row $Contestant 'resident MiB' (Measure-Memory $Contestant) }
}

function New-Row($Contestant, [string] $Measure, [double] $Value) {
    [pscustomobject] @{ Group = $Contestant.Group; Contestant = $Contestant.Name; Measure = $Measure; Value = $Value }
}
