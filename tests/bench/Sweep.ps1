# How a figure changes with one number: round trips by sessions and by the size of a message. mxload's messages have 65,000 bytes at most, so those of a size
# are of mxmessages.
$Sweeps = @(
    @{ Name = 'round trips/s of 32 sessions by bytes'; Values = 64, 1024, 16384, 131072, 1048576; Large = $true; Measure = { param($Value) @{ Sessions = 32; Last = "$Value" } } }
    @{ Name = 'round trips/s of 64 bytes by sessions'; Values = 1, 10, 100, 1000, 10000; Measure = { param($Value) @{ Sessions = $Value; Last = '64' } } }
)

# One round of one contestant: a row for each point. A program that does not serve so many leaves the point out; it is not asked again for more.
function Invoke-Sweep($Generators, $Contestant, [double] $Seconds) {
    foreach ($sweep in $Sweeps) {
        foreach ($value in $sweep.Values) {
            # The generator's time holds the opening of the sessions as well, if that takes longer.
            $measure = @{ Name = "$($sweep.Name), $value"; Mode = 'rr'; Figure = 'per_s'; Limit = 60 + 2 * $Seconds } + (& $sweep.Measure $value)
            if ($sweep.Large) { $measure.Program = $Generators.Messages }
            $time = [math]::Max($Seconds, $measure.Sessions / 1000)
            try { $figures = Invoke-Load $Generators $Contestant $measure $time } catch {
                Write-Warning "$_"
                break
            }
            [pscustomobject] @{ Group = "$($Contestant.Group), $($sweep.Name)"; Contestant = $Contestant.Name; Measure = "$value"; Value = $figures.per_s }
        }
    }
    # What has closed so many sessions at once is busy for a moment.
    Start-Sleep -Seconds 2
}

# Lines over an axis that is logarithmic where it can be, one for each contestant, named at its last point.
function ConvertTo-LineSvg($Medians, [string] $Group) {
    $mine = @($Medians | Where-Object Group -EQ $Group)
    $most = ($mine.Value | Measure-Object -Maximum).Maximum
    $values = @($mine.Measure | Select-Object -Unique | ForEach-Object { [double] $_ } | Sort-Object)
    $place = $values[0] -gt 0 ? { param($Value) [math]::Log10($Value) } : { param($Value) $Value }
    $first = & $place $values[0]
    $scale = 480 / [math]::Max(1e-9, (& $place $values[-1]) - $first)
    "<svg xmlns=`"http://www.w3.org/2000/svg`" width=`"760`" height=`"340`" font-family=`"sans-serif`" font-size=`"12`">"
    "<text x=`"8`" y=`"18`" font-weight=`"bold`">$([Security.SecurityElement]::Escape($Group))</text>"
    foreach ($value in $values) { "<text x=`"$([math]::Round(40 + $scale * ((& $place $value) - $first)))`" y=`"330`" text-anchor=`"middle`">$value</text>" }
    foreach ($name in $mine.Contestant | Select-Object -Unique) {
        $colour = $name -like 'multiexit*' ? '#2b6cb0' : '#a0aec0'
        $points = @($mine | Where-Object Contestant -EQ $name | Sort-Object { [double] $_.Measure } | ForEach-Object {
            "$([math]::Round(40 + $scale * ((& $place ([double] $_.Measure)) - $first))),$([math]::Round(310 - 270 * $_.Value / [math]::Max(1e-9, $most)))"
        })
        $x, $y = $points[-1] -split ','
        "<polyline points=`"$($points -join ' ')`" fill=`"none`" stroke=`"$colour`"/><text x=`"$(6 + $x)`" y=`"$(4 + $y)`">$([Security.SecurityElement]::Escape($name))</text>"
    }
    '</svg>'
}
