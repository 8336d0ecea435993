# Medians as a table in Markdown, and as bars in SVG.
function Get-Median([double[]] $Values) {
    $sorted = @($Values | Sort-Object)
    $middle = [int] [math]::Floor($sorted.Count / 2)
    $sorted.Count % 2 ? $sorted[$middle] : ($sorted[$middle - 1] + $sorted[$middle]) / 2
}

function Get-Medians($Rows) {
    $Rows | Group-Object Group, Contestant, Measure | ForEach-Object {
        $first = $_.Group[0]
        [pscustomobject] @{ Group = $first.Group; Contestant = $first.Contestant; Measure = $first.Measure; Value = Get-Median $_.Group.Value }
    }
}

function Format-Figure([double] $Value) {
    $format = if ($Value -ge 100) { '{0:F0}' } elseif ($Value -ge 10) { '{0:F1}' } else { '{0:F2}' }
    [string]::Format([cultureinfo]::InvariantCulture, $format, $Value)
}

function ConvertTo-Table($Medians, [string] $Group) {
    $mine = @($Medians | Where-Object Group -EQ $Group)
    $columns = @($mine.Measure | Select-Object -Unique)
    if (-not ($columns -match '\D')) { $columns = @($columns | Sort-Object { [int] $_ }) }
    "| $Group | $($columns -join ' | ') |"
    "|$('---|' * ($columns.Count + 1))"
    foreach ($name in $mine.Contestant | Select-Object -Unique) {
        $cells = foreach ($column in $columns) {
            $value = ($mine | Where-Object { $_.Contestant -eq $name -and $_.Measure -eq $column }).Value
            $null -eq $value ? '' : (Format-Figure $value)
        }
        "| $name | $($cells -join ' | ') |"
    }
}

function ConvertTo-Svg($Medians, [string] $Group, [string] $Measure) {
    $bars = @($Medians | Where-Object { $_.Group -eq $Group -and $_.Measure -eq $Measure })
    $most = ($bars.Value | Measure-Object -Maximum).Maximum
    $height = 34 + 22 * $bars.Count
    "<svg xmlns=`"http://www.w3.org/2000/svg`" width=`"720`" height=`"$height`" font-family=`"sans-serif`" font-size=`"12`">"
    "<text x=`"8`" y=`"18`" font-weight=`"bold`">$([Security.SecurityElement]::Escape("$Group, $Measure"))</text>"
    for ($i = 0; $i -lt $bars.Count; $i++) {
        $y = 28 + 22 * $i
        $width = [math]::Max(1, [math]::Round(380 * $bars[$i].Value / [math]::Max(1e-9, $most)))
        $colour = $bars[$i].Contestant -like 'multiexit*' ? '#2b6cb0' : '#a0aec0'
        "<text x=`"240`" y=`"$($y + 13)`" text-anchor=`"end`">$([Security.SecurityElement]::Escape($bars[$i].Contestant))</text>"
        "<rect x=`"248`" y=`"$y`" width=`"$width`" height=`"17`" fill=`"$colour`"/><text x=`"$(254 + $width)`" y=`"$($y + 13)`">$(Format-Figure $bars[$i].Value)</text>"
    }
    '</svg>'
}
