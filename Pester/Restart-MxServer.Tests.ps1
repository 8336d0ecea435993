BeforeAll {
    . (Join-Path $PSScriptRoot 'common.ps1')
    $socket = Join-Path $TestDrive 'far.sock'
    $config = Join-Path $TestDrive 'far.yaml'
    Set-Content $config @"
name: far
inbounds: [{ name: proxy, type: mixed, listen: "127.0.0.1:0" }]
control: { socket: $socket }
"@
    $start = [Diagnostics.ProcessStartInfo]::new((Join-Path $PSScriptRoot '../module/bin/multiexit'))
    'run', '--config', $config | ForEach-Object { $start.ArgumentList.Add($_) }
    $start.RedirectStandardOutput = $start.RedirectStandardError = $true
    $far = [Diagnostics.Process]::Start($start)
    $far.BeginErrorReadLine()
    if (-not $far.StandardOutput.ReadLineAsync().Wait(30000)) { throw 'the server does not start' }
}

AfterAll {
    Stop-MxServer *
    Stop-MxServer * -Socket $socket
    if (-not $far.WaitForExit(30000)) { $far.Kill() }
    $far.Dispose()
}

Describe 'Restart-MxServer' -Skip:(-not $IsLinux) {
    It 'only says what it would do with -WhatIf' {
        $before = Get-MxServer -Socket $socket
        Restart-MxServer far -Socket $socket -WhatIf
        (Get-MxServer -Socket $socket).Started | Should -Be $before.Started
    }

    It 'puts a new process in the place of the one that runs, on the same port' {
        $before = Get-MxServer -Socket $socket
        $after = $before | Restart-MxServer -PassThru
        $after | Should -BeOfType MultiExit.MxServer
        $after.Name | Should -Be 'far'
        $after.State | Should -Be 'Running'
        $after.Started | Should -BeGreaterThan $before.Started
        $after.Listeners[0].EndPoint | Should -Be $before.Listeners[0].EndPoint
        $far.WaitForExit(30000) | Should -BeTrue
        $far.ExitCode | Should -Be 0
        $client = [Net.Sockets.TcpClient]::new()
        try { $client.Connect($before.Listeners[0].EndPoint) } finally { $client.Dispose() }
    }

    It 'shows as a job that the new process gets ready, with the time that it may take' {
        $job = Restart-MxServer far -Socket $socket -AsJob -PassThru
        (Wait-Job $job -Timeout 60 | Receive-Job -Keep).State | Should -Be 'Running'
        $shown, $last = $job.Progress[0, -1]
        $shown.Activity, $shown.StatusDescription | Should -Be 'Restarting far', 'the new process is getting ready; until then the old one serves'
        $shown.SecondsRemaining | Should -BeGreaterThan 200
        $last.RecordType | Should -Be 'Completed'
        Remove-Job $job
    }

    It 'leaves the server as it was where the new process does not start' {
        $before = Get-MxServer -Socket $socket
        Set-Content $config 'nonsense'
        $failure = Get-Failure { Restart-MxServer far -Socket $socket -ErrorAction Stop }
        $failure.FullyQualifiedErrorId | Should -BeLike 'TakeoverFailed,*'
        $failure.CategoryInfo.Category | Should -Be 'InvalidOperation'
        $failure.Exception.Message | Should -BeLike '*this one goes on: it ended with exit code 3*'
        (Get-MxServer -Socket $socket).Started | Should -Be $before.Started
    }

    It 'cannot restart a server of this session, and says so for each' {
        'a', 'b' | ForEach-Object { Start-MxServer -Listen mixed://127.0.0.1:0 -Name $_ }
        Restart-MxServer * -ErrorVariable failures -ErrorAction SilentlyContinue
        $failures.TargetObject | Should -Be 'a', 'b'
        $failures[0].FullyQualifiedErrorId | Should -BeLike 'TakeoverFailed,*'
        (Get-MxServer).State | Should -Be 'Running', 'Running'
    }
}
