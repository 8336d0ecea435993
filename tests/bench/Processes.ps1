# The processes of a contestant, and what they have used.
function Start-Contestant($Contestant, [string] $Multiexit) {
    # A server at the far end of a path is started there.
    $prefix = $Contestant.FarPrefix ? "$($Contestant.FarPrefix) " : ''
    $Contestant.Processes = @(foreach ($command in $Contestant.Start) {
        # Replaced behind the split: a path may have blanks.
        $parts = @(foreach ($word in "$prefix$command" -split ' ') {
            $word.Replace('{multiexit}', $Multiexit).Replace('{folder}', $Contestant.Folder).Replace('{port}', $Contestant.Port).Replace('{inner}', $Contestant.Inner).Replace('{far}', $Contestant.FarAddress)
        })
        Start-Process $parts[0] $parts[1..($parts.Count - 1)] -PassThru -RedirectStandardOutput "$($Contestant.Folder)/out.$([guid]::NewGuid()).log" `
            -RedirectStandardError "$($Contestant.Folder)/err.$([guid]::NewGuid()).log"
        $prefix = ''
        Start-Sleep -Milliseconds 500
    })
    if (-not $Contestant.AtTarget) { Wait-Port $Contestant.Port $Contestant }
}

function Wait-Port([int] $Port, $Contestant) {
    foreach ($i in 1..600) {
        try {
            [Net.Sockets.TcpClient]::new('127.0.0.1', $Port).Dispose()
            return
        } catch { Start-Sleep -Milliseconds 100 }
    }
    $said = Get-Content "$($Contestant.Folder)/*.log" -Tail 5 -ErrorAction Ignore
    throw "$($Contestant.Name) does not listen on port $Port within a minute: $said"
}

# Programs may have children that serve.
function Get-Family($Contestant) {
    foreach ($process in $Contestant.Processes) {
        $process.Id
        (Get-Content "/proc/$($process.Id)/task/*/children" -ErrorAction Ignore) -split ' ' | Where-Object { $_ }
    }
}

# Seconds of processor time since their start; the clock of /proc ticks a hundred times a second.
function Measure-Processor($Contestant) {
    $ticks = 0
    foreach ($id in Get-Family $Contestant) {
        $fields = ((Get-Content "/proc/$id/stat" -ErrorAction Ignore) -replace '^.*\) ') -split ' '
        if ($fields.Count -gt 12) { $ticks += [long] $fields[11] + [long] $fields[12] }
    }
    $ticks / 100
}

# Resident memory in MiB.
function Measure-Memory($Contestant) {
    $kib = 0
    foreach ($id in Get-Family $Contestant) {
        $line = Select-String '^VmRSS:\s+(\d+)' "/proc/$id/status" -ErrorAction Ignore
        if ($line) { $kib += [long] $line.Matches[0].Groups[1].Value }
    }
    [math]::Round($kib / 1024, 1)
}

function Stop-Contestant($Contestant) {
    $ids = @(Get-Family $Contestant)
    [array]::Reverse($ids)
    $ids | ForEach-Object { Stop-Process -Id $_ -Force -ErrorAction Ignore }
}

function Get-FreePort {
    $listener = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
    $listener.Start()
    $listener.LocalEndpoint.Port
    $listener.Stop()
}
