BeforeAll {
    . (Join-Path $PSScriptRoot 'common.ps1')
    $silent = New-BusyPort
    $config = Join-Path $TestDrive 'far.yaml'
    Set-Content $config @'
name: far
inbounds:
  - { name: staff, type: socks5, listen: "127.0.0.1:0", users: { alice: { password: a1 } } }
exits:
  - { name: one, type: direct }
  - { name: two, type: direct }
groups:
  - { name: pool, strategy: failover, exits: [one, two] }
limits: { lockout: { failures: 1, within: 1h, lasts: 1h } }
default: pool
control: { socket: s/far.sock }
'@
    $socket = Join-Path $TestDrive 's/far.sock'

    # `multiexit run` in a process of its own, listening when it returns.
    function Start-Far {
        $start = [Diagnostics.ProcessStartInfo]::new((Join-Path $root 'module/bin/multiexit'), [string[]]('run', '--config', $config))
        $start.RedirectStandardOutput = $start.RedirectStandardError = $true
        $process = [Diagnostics.Process]::Start($start)
        $process.BeginErrorReadLine()
        if (-not $process.StandardOutput.ReadLineAsync().Wait(30000)) { throw 'the server does not start' }
        return $process
    }

    $far = Start-Far
    $port = (Get-MxServer -Socket $socket).Listeners[0].EndPoint.Port
    Start-MxServer -Listen mixed://127.0.0.1:0 -Name near
}

AfterAll {
    Stop-MxServer *
    if (-not $far.HasExited) { $far.Kill() }
    $far.Dispose()
    $silent.Stop()
}

Describe 'The cmdlets over a control socket' {
    It 'Get-MxServer yields the same object as for a server of this session' {
        $server = Get-MxServer -Socket $socket
        $server | Should -BeOfType MultiExit.MxServer
        $server.Name | Should -Be 'far'
        $server.State | Should -Be 'Running'
        $server.Config | Should -Be $config
        $server.Socket | Should -Be $socket
        (Get-MxServer).Name | Should -Be 'near'
        (Get-MxServer).Socket | Should -BeNullOrEmpty
        (Get-MxServer f*, near* -Socket (Join-Path $TestDrive 's/*.sock')).Name | Should -Be 'far'
        (Get-Failure { Get-MxServer near -Socket $socket -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'ServerNotFound,*'
    }

    It 'relative paths are of the current location' {
        Push-Location (Join-Path $TestDrive 's')
        try { (Get-MxServer -Socket ./far.sock).Name | Should -Be 'far' } finally { Pop-Location }
    }

    It 'sessions and users are told, and sessions stopped, through the pipeline' {
        $client = Open-Socks5 $port $silent.LocalEndpoint.Port alice:a1
        try {
            $session = Get-MxServer -Socket $socket | Get-MxSession -User alice
            $session | Should -BeOfType MultiExit.MxSession
            $session.Destination | Should -Be "127.0.0.1:$($silent.LocalEndpoint.Port)"
            $session.Client.Port | Should -Be $client.Client.LocalEndPoint.Port
            (Get-MxUser -Socket $socket).Sessions | Should -Be 1
            $session | Stop-MxSession -WhatIf
            ($session | Stop-MxSession -PassThru).Id | Should -Be $session.Id
            try { $client.GetStream().ReadByte() | Should -Be -1 } catch [IO.IOException] { Write-Debug 'reset' }
            (Get-Failure { $session | Stop-MxSession -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'SessionNotFound,*'
        } finally {
            $client.Dispose()
        }
    }

    It 'exits are told, shut, opened, weighted and probed' {
        (Get-MxExit -Socket $socket).Name | Should -Be 'direct', 'block', 'one', 'two', 'pool'
        (Get-MxExit one -Socket $socket).Groups | Should -Be 'pool'
        $client = Open-Socks5 $port $silent.LocalEndpoint.Port alice:a1
        try {
            $exit = Get-MxExit one -Socket $socket | Disable-MxExit -CutSessions -PassThru -Verbose 4>&1
            "$exit" | Should -BeLike '*one of far: 1 sessions cut*'
            $exit[-1].State | Should -Be 'Disabled'
        } finally {
            $client.Dispose()
        }
        (Enable-MxExit one -Socket $socket -PassThru).State | Should -Be 'Unchecked'
        (Set-MxExit one -Weight 7 -Socket $socket -PassThru).Weight | Should -Be 7
        (Test-MxExit one -Target "tcp://127.0.0.1:$($silent.LocalEndpoint.Port)" -Socket $socket).Success | Should -BeTrue
        (Get-Failure { Test-MxExit one -Socket $socket -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'InvalidConfiguration,*'
        (Get-Failure { Enable-MxExit none -Socket $socket -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'ExitNotFound,*'
        Get-MxExit on* | Should -BeNullOrEmpty
    }

    It 'locked clients are let in' {
        { Open-Socks5 $port $silent.LocalEndpoint.Port alice:wrong } | Should -Throw
        $limit = [datetime]::UtcNow.AddSeconds(20)
        do { $unlocked = Unlock-MxClient -Socket $socket -PassThru } while (-not $unlocked -and [datetime]::UtcNow -lt $limit)
        "$($unlocked.Client)" | Should -Be '127.0.0.1'
        (Open-Socks5 $port $silent.LocalEndpoint.Port alice:a1).Dispose()
    }

    It 'curl reads the same' {
        $answer = Invoke-Curl --unix-socket $socket http://localhost/exits/one | ConvertFrom-Json
        $answer.weight | Should -Be (Get-MxExit one -Socket $socket).Weight
        (Invoke-Curl --unix-socket $socket -X POST http://localhost/reload | ConvertFrom-Json).state | Should -Be 'running'
    }

    It 'names are completed from the server behind the socket' {
        $line = "Get-MxExit -Socket '$socket' -Name p"
        (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Should -Be 'pool'
    }

    It 'a socket that nobody answers on is an error of its own' {
        $failure = Get-Failure { Get-MxSession -Socket (Join-Path $TestDrive 'none.sock') -ErrorAction Stop }
        $failure.FullyQualifiedErrorId | Should -BeLike 'ControlUnreachable,*'
        $failure.CategoryInfo.Category | Should -Be 'ConnectionError'
        $failure.Exception.Message | Should -BeLike '*there is no such socket*'
    }

    It 'Stop-MxServer drains and stops, and the process ends with 0' {
        $client = Open-Socks5 $port $silent.LocalEndpoint.Port alice:a1
        try {
            $stopped = Get-MxServer -Socket $socket | Stop-MxServer -Deadline 0.2 -PassThru
            $stopped.State | Should -Be 'Stopped'
            $stopped.Socket | Should -Be $socket
            $far.WaitForExit(30000) | Should -BeTrue
            $far.ExitCode | Should -Be 0
            Test-Path $socket | Should -BeFalse
            (Get-MxServer).Name | Should -Be 'near'
        } finally {
            $client.Dispose()
        }
    }
}
