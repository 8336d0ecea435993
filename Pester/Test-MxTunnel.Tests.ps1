BeforeAll {
    . (Join-Path $PSScriptRoot 'common.ps1')
    $web = Start-HttpTarget
    $target = "127.0.0.1:$($web.Port)"
    $server = Start-MxServer -Listen 'socks5://bob:builder@127.0.0.1:0', 'ws://bob:builder@127.0.0.1:0', 'http://127.0.0.1:0' -PassThru
    $socks, $ws, $http = $server.Listeners.EndPoint
    $bob = [pscredential]::new('bob', [Net.NetworkCredential]::new('', 'builder').SecurePassword)
}

AfterAll {
    Stop-MxServer *
    Stop-HttpTarget $web
}

Describe 'Test-MxTunnel' {
    It 'asks for a head and takes the time of each step' {
        $test = Test-MxTunnel -Through "ws://bob:builder@$ws/" -Destination $target
        $test | Should -BeOfType MultiExit.MxTunnelTest
        $test.Success | Should -BeTrue
        $test.Error | Should -BeNullOrEmpty
        $test.Response | Should -BeLike 'HTTP/1.1 200 OK*'
        $test.Steps.Name | Should -Be 'Connect', 'Handshake', 'FirstByte', 'Response'
        $test.Steps[0].Duration | Should -BeGreaterThan ([timespan]::Zero)
        $test.Through | Should -Be "ws://$ws"
        $test | Format-Table | Out-String -Width 80 | Should -Match '(?s)ws://127.*True.*Connect .* ms.*HTTP/1.1 200 OK'
    }

    It 'sends what is piped in' {
        $test = "GET / HTTP/1.0`r`nHost: a`r`n`r`n" | Test-MxTunnel "http://$http" $target
        $test.Response | Should -BeLike '*hello from the target'
        $test = 'GET / HTTP/1.0', "`r`n" | Test-MxTunnel "http://$http" $target
        $test.Response | Should -BeLike '*hello from the target'
        $test = [Text.Encoding]::ASCII.GetBytes("GET / HTTP/1.0`r`n`r`n") | Test-MxTunnel direct $target
        [Text.Encoding]::ASCII.GetString($test.ResponseBytes) | Should -BeLike '*hello from the target'
    }

    It 'takes credentials beside the URL, and tells when they are wrong' {
        (Test-MxTunnel "socks5://$socks" $target -Credential $bob).Success | Should -BeTrue
        $test = Test-MxTunnel "socks5://bob:no@$socks" $target
        $test.Success | Should -BeFalse
        $test.Reason | Should -Be 'ProxyAuthenticationFailed'
        $test.Error | Should -Not -BeLike '*:no*'
    }

    It 'tells a target that refuses from a proxy that is gone' {
        $closed = New-ClosedPort
        $gone = "$($closed.LocalEndPoint)"
        try { $tests = Test-MxTunnel "socks5://bob:builder@$socks", "socks5://$gone" $gone } finally { $closed.Dispose() }
        $tests.Reason | Should -Be 'ConnectionRefused', 'ProxyUnreachable'
        $tests.ForEach{ $_.Steps[-1].Name } | Should -Be 'Handshake', 'Connect'
    }

    It 'gives up at its time-out' {
        $silent = New-BusyPort
        try {
            $test = '' | Test-MxTunnel direct $silent.LocalEndpoint.ToString() -Timeout 2s
            $test.Reason | Should -Be 'TimedOut'
            $test.Steps[-1].Name | Should -Be 'FirstByte'
        } finally {
            $silent.Stop()
        }
    }

    It 'ends with Ctrl+C' {
        $silent = New-BusyPort
        $shell = [powershell]::Create().AddScript({
                param($module, $port)
                Import-Module $module
                Test-MxTunnel "socks5://127.0.0.1:$port" 127.0.0.1:1 -Timeout 1h
            }).AddArgument((Join-Path $root 'MultiExit.psd1')).AddArgument($silent.LocalEndpoint.Port)
        try {
            $running = $shell.BeginInvoke()
            $peer = $silent.AcceptTcpClientAsync()
            $peer.Wait(30000) | Should -BeTrue
            $shell.BeginStop($null, $null).AsyncWaitHandle.WaitOne(20000) | Should -BeTrue
            $running.AsyncWaitHandle.WaitOne(20000) | Should -BeTrue
            $shell.Streams.Error | Should -BeNullOrEmpty
            $peer.Result.Dispose()
        } finally {
            $shell.Dispose()
            $silent.Stop()
        }
    }

    It 'does the same as a job, with what was piped in' {
        $job = 'GET / HTTP/1.0', "`r`n" | Test-MxTunnel "http://$http", direct $target -AsJob
        @($job).Count | Should -Be 1
        $tests = Receive-Job $job -Wait -AutoRemoveJob
        $tests.Through | Should -Be "http://$http", 'direct'
        $tests.ForEach{ $_.Response } | Should -BeLike '*hello from the target'
        (Test-MxTunnel direct $target -AsJob | Receive-Job -Wait -AutoRemoveJob).Response | Should -BeLike 'HTTP/1.1 200 OK*'
        $test = Test-MxTunnel "socks5://$socks" $target -Credential $bob -InputObject "GET / HTTP/1.0`r`n`r`n" -AsJob | Receive-Job -Wait -AutoRemoveJob
        $test.Response | Should -BeLike '*hello from the target'
        (Get-Failure { Test-MxTunnel direct example.com -AsJob }).FullyQualifiedErrorId | Should -BeLike 'InvalidDestination,*'
    }

    It 'ends as a job with Stop-Job' {
        $silent = New-BusyPort
        try {
            $job = Test-MxTunnel "socks5://$($silent.LocalEndpoint)" 127.0.0.1:1 -Timeout 1h -AsJob
            $peer = $silent.AcceptTcpClientAsync()
            $peer.Wait(30000) | Should -BeTrue
            Stop-Job $job
            (Wait-Job $job -Timeout 20).State | Should -Be 'Stopped'
            $peer.Result.Dispose()
            Remove-Job $job
        } finally {
            $silent.Stop()
        }
    }

    It 'names what is wrong with its arguments, and no secret' {
        $failure = Get-Failure { Test-MxTunnel ftp://u:secret@h $target -ErrorAction Stop }
        $failure.FullyQualifiedErrorId | Should -BeLike 'InvalidConfiguration,*'
        "$($failure.Exception.Message) $($failure.TargetObject)" | Should -Not -BeLike '*secret*'
        (Get-Failure { Test-MxTunnel direct example.com }).FullyQualifiedErrorId | Should -BeLike 'InvalidDestination,*'
        (Get-Failure { Test-MxTunnel direct $target -Timeout 0 }).FullyQualifiedErrorId | Should -BeLike 'ParameterArgumentTransformationError,*'
    }
}
