BeforeAll {
    . (Join-Path $PSScriptRoot 'common.ps1')
    $silent = New-BusyPort
    $target = "127.0.0.1:$($silent.LocalEndpoint.Port)"
    $config = Join-Path $TestDrive 'exits.yaml'
    Set-Content $config @'
name: exits
inbounds:
  - { name: staff, type: socks5, listen: "127.0.0.1:0", users: { alice: { password: a1 } } }
  - { name: guests, type: mixed, listen: "127.0.0.1:0" }
  - { name: every, type: socks5, listen: "0.0.0.0:0" }
exits:
  - { name: one, type: direct }
  - { name: two, type: direct }
  - { name: far, type: socks5, server: "proxy.example:1080", via: two }
  - { name: three, type: direct, address: 127.0.0.3 }
groups:
  - { name: pool, strategy: weighted, exits: [one, two] }
routes:
  - { users: [alice], exit: far }
  - { networks: [203.0.113.0/24], exit: block }
  - { inbounds: [every], local_networks: [192.0.2.7], exit: two }
default: pool
'@
    $server = Start-MxServer $config -PassThru
    $port = $server.Listeners[1].EndPoint.Port

    # The target never answers, so the sessions of a test are cut.
    function Reset-Exit {
        Get-MxExit | Disable-MxExit -CutSessions
        Wait-Until { -not (Get-MxSession) }
        Get-MxExit | Enable-MxExit
        Get-MxExit one, two | Set-MxExit -Weight 1 -WarningAction SilentlyContinue
    }
}

AfterAll {
    Stop-MxServer *
    $silent.Stop()
}

Describe 'Get-MxExit' {
    AfterEach { Reset-Exit }

    It 'gets exits and groups with their members' {
        $exits = Get-MxExit
        $exits.Name | Should -Be 'direct', 'block', 'one', 'two', 'far', 'three', 'pool'
        $exits[0] | Should -BeOfType MultiExit.MxExit
        $exits[2].Groups | Should -Be 'pool'
        $exits[6].Members | Should -Be 'one', 'two'
        $exits[6].Type | Should -Be 'group'
    }

    It 'takes servers from the pipeline, and their names' {
        Get-MxServer | Get-MxExit o* | ForEach-Object Name | Should -Be 'one'
        'exits' | Get-MxExit two | ForEach-Object Server | Should -Be 'exits'
    }

    It 'counts sessions, dials and failures' {
        $client = Open-Socks5 $port $silent.LocalEndpoint.Port
        try { (Get-MxExit one, two | Measure-Object Sessions -Sum).Sum | Should -Be 1 } finally { $client.Dispose() }
        $closed = New-ClosedPort
        try { { Open-Socks5 $port $closed.LocalEndPoint.Port } | Should -Throw 'SOCKS5 reply 5' } finally { $closed.Dispose() }
        (Get-MxExit pool).Failures.ConnectionRefused | Should -Be 1
        Get-MxExit pool | Format-Table | Out-String -Width 200 | Should -Match 'Server: exits[\s\S]+pool\s+group\s+\w+\s+0\s+[\d.,]+\s+2\s+1'
    }

    It 'reports an exit that is not there' {
        $failure = Get-Failure { Get-MxExit none -ErrorAction Stop }
        $failure.FullyQualifiedErrorId | Should -BeLike 'ExitNotFound,*'
        $failure.TargetObject | Should -Be 'none'
        Get-MxExit none* | Should -BeNullOrEmpty
    }

    It 'completes names' {
        (TabExpansion2 'Get-MxExit p' 12).CompletionMatches.CompletionText | Should -Be 'pool'
        (TabExpansion2 'Get-MxExit -Server nowhere -Name p' 33).CompletionMatches.CompletionText | Should -Not -Contain 'pool'
    }
}

Describe 'Disable-MxExit and Enable-MxExit' {
    AfterEach { Reset-Exit }

    It 'keeps the sessions, or cuts them' {
        Disable-MxExit two
        $client = Open-Socks5 $port $silent.LocalEndpoint.Port
        try {
            $exit = Get-MxExit one | Disable-MxExit -KeepSessions -PassThru
            $exit.State | Should -Be 'Disabled'
            $exit.Reason | Should -Be 'disabled by an operator'
            $exit.Sessions | Should -Be 1
            Disable-MxExit one -CutSessions
            $client.GetStream().ReadTimeout = 20000
            $ended = try { $client.GetStream().ReadByte() } catch [IO.IOException] { 'reset' }
            $ended | Should -BeIn -1, 'reset'
        } finally {
            $client.Dispose()
        }
        Enable-MxExit one -PassThru | ForEach-Object State | Should -Be 'Enabled'
    }

    It 'asks first and changes nothing with -WhatIf' {
        'one', 'two' | Disable-MxExit -CutSessions -WhatIf
        Get-MxExit one, two | ForEach-Object State | Select-Object -Unique | Should -Be 'Enabled'
    }

    It 'does not take both ways' {
        { Disable-MxExit one -KeepSessions -CutSessions } | Should -Throw '*Parameter set*'
    }

    It 'goes on after a name that is not there' {
        Disable-MxExit none, one -ErrorVariable failures -ErrorAction SilentlyContinue
        $failures.FullyQualifiedErrorId | Should -BeLike 'ExitNotFound,*'
        (Get-MxExit one).State | Should -Be 'Disabled'
    }
}

Describe 'Set-MxExit' {
    AfterEach { Reset-Exit }

    It 'changes the weight' {
        Set-MxExit two -Weight 9 -WhatIf
        (Get-MxExit two).Weight | Should -Be 1
        Get-MxExit two | Set-MxExit -Weight 9 -PassThru -WarningAction SilentlyContinue | ForEach-Object Weight | Should -Be 9
        { Set-MxExit two -Weight 1001 } | Should -Throw
    }
}

Describe 'Test-MxExit' {
    AfterEach { Reset-Exit }

    It 'shows how many of several exits are probed, and nothing of one' {
        $service = New-BusyPort
        $silentUrl = "http://127.0.0.1:$($service.LocalEndpoint.Port)/"
        try {
            $job = Test-MxExit one, two $silentUrl -Timeout 2s -AsJob
            (Wait-Job $job -Timeout 60 | Receive-Job -Keep).Success | Should -Be $false, $false
            $job.Progress[0].Activity, $job.Progress[0].StatusDescription, $job.Progress[0].PercentComplete | Should -Be 'Probing exits', '0 of 2: one', 0
            $half = $job.Progress.Where{ $_.StatusDescription -eq '1 of 2: two' }[0]
            $half.PercentComplete | Should -Be 50
            $half.SecondsRemaining | Should -BeGreaterThan 0
            $job.Progress[-1].RecordType | Should -Be 'Completed'
            $alone = Test-MxExit one $silentUrl -Timeout 2s -AsJob
            (Wait-Job $alone -Timeout 60 | Receive-Job -Keep).Success | Should -BeFalse
            $alone.Progress | Should -BeNullOrEmpty
            $job, $alone | Remove-Job
        } finally {
            $service.Stop()
        }
    }

    It 'probes through the exit, disabled or not' {
        Disable-MxExit one
        $test = Get-MxExit one | Test-MxExit -Target "tcp://$target"
        $test | Should -BeOfType MultiExit.MxExitTest
        $test.Success | Should -BeTrue
        $test.Exit, $test.Server | Should -Be 'one', 'exits'
        $test.Duration | Should -BeGreaterThan ([timespan]::Zero)
        $test.Error | Should -BeNullOrEmpty
        (Get-MxExit one).State | Should -Be 'Disabled'
    }

    It 'says what is wrong' {
        $closed = New-ClosedPort
        try { $test = Test-MxExit two "tcp://$($closed.LocalEndPoint)" -Timeout 20s } finally { $closed.Dispose() }
        $test.Success | Should -BeFalse
        $test.Error | Should -Match 'refused'
        $test | Format-Table | Out-String -Width 200 | Should -Match 'Server: exits[\s\S]+two\s+tcp://127.0.0.1:\d+\s+False'
    }

    It 'asks a service for the address that the world sees' {
        $service = Start-HttpTarget '{"ip":"{client}","seen":"12:30"}'
        $tests = Test-MxExit one, three -ExternalAddress "http://127.0.0.1:$($service.Port)/"
        @($tests | Where-Object Error) | Should -BeNullOrEmpty
        $tests.ExternalAddress | ForEach-Object ToString | Should -Be '127.0.0.1', '127.0.0.3'
        Stop-HttpTarget $service
    }

    It 'says when the service has no address for an answer' {
        $service = Start-HttpTarget
        $test = Test-MxExit one -ExternalAddress "http://127.0.0.1:$($service.Port)/"
        $test.Success, $test.ExternalAddress | Should -Be $false, $null
        $test.Error | Should -Match 'without an address'
        (Get-Failure { Test-MxExit one -ExternalAddress "tcp://$target" -ErrorAction Stop }).Exception.Message | Should -Match 'says no address'
        { Test-MxExit one "tcp://$target" -ExternalAddress "http://127.0.0.1:$($service.Port)/" } | Should -Throw -ErrorId '*Parameter*'
        Stop-HttpTarget $service
    }

    It 'wants a target where there is no health check' {
        $failure = Get-Failure { Test-MxExit two -ErrorAction Stop }
        $failure.FullyQualifiedErrorId | Should -BeLike 'InvalidConfiguration,*'
        $failure.Exception.Message | Should -Match 'no health target'
    }
}

Describe 'Test-MxRoute' {
    AfterEach { Reset-Exit }

    It 'tells the way through each inbound' {
        $routes = Test-MxRoute 45.0.2.1:443
        $routes.Inbound | Should -Be 'staff', 'guests', 'every'
        $routes[0] | Should -BeOfType MultiExit.MxRoute
        # The user at staff is not named, and the route of every depends on the address that the client came in on.
        $routes.Outcome | Should -Be 'Undecided', 'Served', 'Undecided'
        (Test-MxRoute 45.0.2.1:443 -Inbound staff -User alice).Path | Should -Be 'far'
        (Test-MxRoute 45.0.2.1:443 -Inbound staff -User mallory).Outcome | Should -Be 'Refused'
        $routes[1].Path[0] | Should -Be 'pool'
        $routes[1].Exit | Should -BeIn 'one', 'two'
        $routes[1].Members.Choice | Sort-Object | Should -Be 'Passed', 'Taken'
        $routes[1].Rules | Should -HaveCount 3
        $routes[1].Rules[0].Reason | Should -Be 'users: there is no user'
    }

    It 'tells what the server then does, and takes no turn' {
        foreach ($i in 1..4) {
            $told = (Test-MxRoute $target -Inbound guests).Exit
            (Test-MxRoute $target -Inbound guests).Exit | Should -Be $told
            $client = Open-Socks5 $port $silent.LocalEndpoint.Port
            try { (Get-MxSession)[-1].Exit | Should -Be $told } finally { $client.Dispose() }
        }
    }

    It 'follows a chain and knows the user' {
        $route = Test-MxRoute example.com:443 -User alice -Inbound staff
        $route.Rule.Number | Should -Be 1
        $route.Exit | Should -Be 'far'
        $route.Proxy | Should -Be 'proxy.example:1080'
        $route.Explanation -join "`n" | Should -Match 'reached through two'
    }

    It 'knows the address that the client comes in on' {
        (Test-MxRoute 45.0.2.1:443 -Inbound every).Outcome | Should -Be 'Undecided'
        (Test-MxRoute 45.0.2.1:443 -Inbound every -LocalAddress 192.0.2.7).Exit | Should -Be 'two'
        (Test-MxRoute 45.0.2.1:443 -Inbound every -LocalAddress 192.0.2.8).Rule | Should -BeNullOrEmpty
    }

    It 'says what refuses it and what is out of use' {
        (Test-MxRoute 203.0.113.1:443 -Inbound guests).Outcome | Should -Be 'Refused'
        (Test-MxRoute example.com:443 -Inbound guests).Outcome | Should -Be 'Undecided'
        Disable-MxExit one, two
        $route = Test-MxRoute 192.0.2.1:443 -Inbound guests
        $route.Outcome | Should -Be 'Unavailable'
        $route.Members.Reason | Select-Object -Unique | Should -Be 'disabled by an operator'
    }

    It 'takes sessions from the pipeline' {
        $client = Open-Socks5 $port $silent.LocalEndpoint.Port
        try {
            $route = Get-MxSession | Test-MxRoute
            $route.Destination | Should -Be $target
            $route.Inbound | Should -Be 'guests'
            $route.Client | Should -Be '127.0.0.1'
            $route.Server | Should -Be 'exits'
            (Get-MxSession).LocalAddress | Should -Be '127.0.0.1'
        } finally {
            $client.Dispose()
        }
    }

    It 'explains a file' {
        $route = Test-MxRoute 192.0.2.1:443 -Path $config -Inbound guests
        $route.Config | Should -Be $config
        $route.Server | Should -BeNullOrEmpty
        $route.Exit | Should -Be 'one'
        $bad = Join-Path $TestDrive 'bad.yaml'
        Set-Content $bad 'inbounds: []'
        (Get-Failure { Test-MxRoute 192.0.2.1:443 -Config $bad }).FullyQualifiedErrorId | Should -BeLike 'InvalidConfiguration,*'
    }

    It 'reports <Id>' -ForEach @(
        @{ Id = 'InvalidDestination'; Arguments = @{ Destination = 'example.com' } }
        @{ Id = 'InboundNotFound'; Arguments = @{ Destination = 'a:1'; Inbound = 'none' } }
        @{ Id = 'ServerNotFound'; Arguments = @{ Destination = 'a:1'; Server = 'none' } }
    ) {
        (Get-Failure { Test-MxRoute @Arguments -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike "$Id,*"
    }

    It 'shows a table' {
        Test-MxRoute 203.0.113.1:443 -Inbound guests | Out-String -Width 200 | Should -Match 'guests\s+203\.0\.113\.1:443\s+Refused\s+2\s+block'
        Test-MxRoute 192.0.2.1:443 -Inbound guests | ForEach-Object Rules | Out-String -Width 200 | Should -Match '1\s+DoesNotMatch\s+users: alice -> far'
    }
}
