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
history: { directory: history }
'@
    $next = Join-Path $TestDrive 'next.yaml'
    $socket = Join-Path $TestDrive 's/far.sock'

    # `multiexit run` in a process of its own, listening when it returns.
    function Start-Far {
        $start = [Diagnostics.ProcessStartInfo]::new((Join-Path $root 'module/bin/multiexit'), [string[]]('run', '--config', $config))
        $start.Environment['FAR_WORD'] = 'a1'
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
    $far.Kill()
    $null = $far.WaitForExit(30000)
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
            "$exit" | Should -BeLike '*one of far: 1 session cut*'
            $exit[-1].State | Should -Be 'Disabled'
        } finally {
            $client.Dispose()
        }
        (Enable-MxExit one -Socket $socket -PassThru).State | Should -Be 'Enabled'
        (Set-MxExit pool -Weight 7 -Socket $socket -PassThru -WarningAction SilentlyContinue).Weight | Should -Be 7
        (Test-MxExit one -Target "tcp://127.0.0.1:$($silent.LocalEndpoint.Port)" -Socket $socket).Success | Should -BeTrue
        (Get-Failure { Test-MxExit one -Socket $socket -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'InvalidConfiguration,*'
        (Get-Failure { Enable-MxExit none -Socket $socket -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'ExitNotFound,*'
        Get-MxExit on* | Should -BeNullOrEmpty
    }

    It 'locked clients are let in' {
        { Open-Socks5 $port $silent.LocalEndpoint.Port alice:wrong } | Should -Throw
        $limit = [datetime]::UtcNow.AddSeconds(60)
        do { $unlocked = Unlock-MxClient -Socket $socket -PassThru } while (-not $unlocked -and [datetime]::UtcNow -lt $limit)
        "$($unlocked.Client)" | Should -Be '127.0.0.1'
        (Open-Socks5 $port $silent.LocalEndpoint.Port alice:a1).Dispose()
    }

    It 'configurations are told, set, confirmed and restored, with the same objects' {
        Set-MxConfig -Socket $socket
        $now = Get-MxServer -Socket $socket | Get-MxConfig
        $first = $now.Version
        $now | Should -BeOfType MultiExit.MxConfig
        $now.Name, $now.Config, $now.Outcome, $now.Socket | Should -Be 'far', $config, 'Applied', $socket
        "$($now.Settings)" | Should -Match 'alice.password: \*\*\*'

        Set-Content $next (Get-Content -Raw $config).Replace('name: two, type: direct', 'name: two, type: direct, weight: 5')
        Set-MxConfig far $next -Socket $socket -ConfirmWithin 1h -WarningVariable warning -WarningAction SilentlyContinue
        "$warning" | Should -BeLike "*Confirm-MxConfig -Socket $socket"
        (Get-MxConfig -Socket $socket).PreviousVersion | Should -Be $first
        (Get-Failure { Set-MxConfig far $next -Socket $socket -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'ServerState,*'
        (Get-MxServer -Socket $socket | Confirm-MxConfig -PassThru).Outcome | Should -Be 'Confirmed'
        (Get-Failure { Confirm-MxConfig -Socket $socket -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'ServerState,*'

        $versions = Get-MxConfigVersion -Socket $socket -Version $first, ($first + 1)
        $versions.Version | Should -Be $first, ($first + 1)
        $versions.InForce | Should -Be $false, $true
        $versions[1].Who | Should -Be ([Environment]::UserName)
        "$($versions[0] | Compare-MxConfigVersion)" | Should -Be '+ exits[two].weight: 5'
        "$(Compare-MxConfigVersion ($first + 1) $first -Socket $socket)" | Should -Be '- exits[two].weight: 5'
        $restored = $versions[0] | Restore-MxConfigVersion -PassThru
        $restored.Version, $restored.Why, $restored.InForce, $restored.Socket | Should -Be ($first + 2), 'Restore', $true, $socket
        (Get-MxConfig near).Socket | Should -BeNullOrEmpty
    }

    It 'with a socket the first argument is the server, or the file' {
        Push-Location $TestDrive
        try {
            foreach ($failure in (Get-Failure { Set-MxConfig -Socket $socket none -ErrorAction Stop }), (Get-Failure { Set-MxConfig none $next -Socket $socket -ErrorAction Stop })) {
                $failure.FullyQualifiedErrorId | Should -BeLike 'ServerNotFound,*'
            }
            (Get-Failure { Set-MxConfig -Socket $socket ./none.yaml -ErrorAction Stop }).Exception.Message | Should -BeLike '*none.yaml*'
            (Set-MxConfig -Socket $socket far -PassThru).Name | Should -Be 'far'
            Set-MxConfig -Socket $socket next.yaml -WhatIf
        } finally {
            Pop-Location
        }
        $failures = @(Set-MxConfig -Socket ./none.sock ./none.yaml -ErrorAction Continue 2>&1)
        "$($failures.FullyQualifiedErrorId)" | Should -BeLike 'ControlUnreachable,*SetMxConfigCommand'
    }

    It 'a change that moves the socket is confirmed where it is then' {
        $moved = Join-Path $TestDrive 's/far moved.sock'
        $other = Join-Path $TestDrive 'moved.yaml'
        (Get-Content -Raw $config).Replace('s/far.sock', 's/far moved.sock') | Set-Content $other
        $now = Set-MxConfig -Socket $socket $other -ConfirmWithin 1h -PassThru -WarningVariable warning -WarningAction SilentlyContinue
        "$warning" | Should -BeLike "*unless you run: Confirm-MxConfig -Socket '$moved'"
        $now.Socket | Should -Be $moved
        ($now | Confirm-MxConfig -PassThru).Outcome | Should -Be 'Confirmed'
        $gone = Set-MxConfig -Socket $moved -Remove control -ConfirmWithin 2s -PassThru -WarningVariable warning -WarningAction SilentlyContinue
        "$warning" | Should -BeLike '*cannot be confirmed*'
        $gone.Socket | Should -BeNullOrEmpty
        Wait-Until { (Get-MxConfig -Socket $moved -ErrorAction SilentlyContinue).Why -eq 'AutoRevert' }
        # Back to where it was, answered all the same.
        $restored = Get-MxConfigVersion -Socket $moved -Version ($now.Version - 1) | Restore-MxConfigVersion -PassThru
        $restored.Why, $restored.InForce, (Test-Path $socket), (Test-Path $moved) | Should -Be 'Restore', $true, $true, $false
        (Get-MxConfig -Socket $socket).Outcome | Should -Be 'Applied'
    }

    It 'an unconfirmed change goes by itself, one whose probe fails at once' {
        Set-MxConfig -Socket $socket $next -ConfirmWithin 1s -WarningAction SilentlyContinue
        Wait-Until { (Get-MxConfig -Socket $socket).Why -eq 'AutoRevert' }
        (Get-MxServer -Socket $socket).LastReloadError | Should -BeLike '*not confirmed in time*'
        (Get-Content -Raw $config).Replace('default: pool', 'default: block') | Set-Content $next
        (Get-Failure { Set-MxConfig -Socket $socket -Path $next -Probe "127.0.0.1:$($silent.LocalEndpoint.Port)" -ErrorAction Stop }).FullyQualifiedErrorId |
            Should -BeLike 'ProbeFailed,*'
        (Test-MxRoute 192.0.2.1:1 -Socket $socket).Path | Should -Be 'pool', 'one'
    }

    It 'Set-MxConfig -WhatIf shows the difference, without -Path that of the own file' {
        (Get-Content -Raw $config).Replace('a1', 'a2') | Set-Content $next
        $weighted = (Get-MxConfigVersion -Socket $socket | Where-Object Outcome -eq 'Confirmed')[0].Version
        $seen = Invoke-Child @"
            Import-Module '$(Join-Path $root 'MultiExit.psd1')'
            Set-MxConfig far '$next' -Socket '$socket' -WhatIf
            Set-MxConfig -Socket '$socket' -WhatIf
            Restore-MxConfigVersion $weighted -Socket '$socket' -WhatIf
"@
        $seen -join "`n" | Should -BeLike '*~ inbounds`[staff`].users.alice.password: `*`*`* -> `*`*`**nothing differs*+ exits`[two`].weight: 5*'
        $seen -join "`n" | Should -Not -Match 'a2'
    }

    It 'faults of a configuration are the same objects' {
        Set-Content $next "inbounds: 1`nnonsense: 1"
        $failure = Get-Failure { Set-MxConfig -Socket $socket -Path $next -ErrorAction Stop }
        $failure.FullyQualifiedErrorId | Should -BeLike 'InvalidConfiguration,*'
        $failure.TargetObject | Should -Be $next
        "$($failure.Exception.ConfigErrors)" | Should -Be "$((Test-MxConfig $next).Errors)"
        $failure.Exception.ConfigErrors[1].Path | Should -Be 'nonsense'
        $missing = Get-Failure { Set-MxConfig -Socket $socket -Path "$next.none" -ErrorAction Stop }
        $missing.FullyQualifiedErrorId | Should -BeLike 'PathNotFound,*'
        (Get-Failure { Restore-MxConfigVersion 99 -Socket $socket -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'VersionNotFound,*'
        (Get-Failure { Get-MxConfig -Socket "$socket.none" -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'ControlUnreachable,*'
    }

    It 'what only the server knows is read there' {
        (Get-Content -Raw $config).Replace('a1', '{ env: FAR_WORD }') | Set-Content $next
        (Test-MxConfig $next).IsValid | Should -BeFalse
        Set-MxConfig -Socket $socket -Path $next
        (Get-MxConfig -Socket $socket).Sha256 | Should -Be (Get-FileHash $next).Hash.ToLowerInvariant()
        Set-MxConfig -Socket $socket
        (Get-MxConfig -Socket $socket).Sha256 | Should -Be (Get-FileHash $config).Hash.ToLowerInvariant()
    }

    It 'routes are explained' {
        $route = Test-MxRoute example.com:443 -User alice -Socket $socket
        $route | Should -BeOfType MultiExit.MxRoute
        $route.Server, $route.Socket, $route.Outcome, $route.Inbound | Should -Be 'far', $socket, 'Served', 'staff'
        $route.Explanation[0] | Should -Be 'example.com:443 (tcp) through the inbound staff as alice'
        $null = Disable-MxExit one -Socket $socket
        (Test-MxRoute '[2001:db8::1]:443' -Socket $socket).Path | Should -Be 'pool', 'two'
        $null = Enable-MxExit one -Socket $socket
        (Get-Failure { Test-MxRoute a:1 -Inbound none -Socket $socket -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'InboundNotFound,*'
        { Test-MxRoute a:1 -Config $config -Socket $socket } | Should -Throw -ErrorId 'AmbiguousParameterSet,*'
    }

    It 'parts are changed as in the own session' {
        $before = (Get-MxConfig -Socket $socket).Version
        $set = @{ 'exits[one].weight' = 3; 'limits.users["alice"].bandwidth' = '50MB/s' }
        (Set-MxConfig -Socket $socket -Set $set -PassThru).Why | Should -Be 'Edit'
        "$(Compare-MxConfigVersion $before -Socket $socket)" | Should -BeLike '*exits`[one`].weight: *3*limits.users.alice.bandwidth: 50MB/s'
        (Set-MxExit one -Weight 4 -Socket $socket -PassThru -WarningVariable warning).Weight | Should -Be 4
        $warning | Should -BeNullOrEmpty
        (Get-MxConfig -Socket $socket).Settings | Should -Contain 'exits[one].weight: 4'
        Get-MxUser alice -Socket $socket | Set-MxUser -Password (ConvertTo-Secret 'n: #w')
        (Open-Socks5 $port $silent.LocalEndpoint.Port 'alice:n: #w').Dispose()
        (Get-MxConfigVersion -Socket $socket)[-1].Check | Should -Be 'valid (native), inbounds[staff].users.alice.password'
        (Get-Failure { Set-MxConfig -Socket $socket -Set @{ 'exits[one].weight' = 'much' } -ErrorAction Stop }).Exception.ConfigErrors.Path |
            Should -Be 'exits[0].weight'
        Restore-MxConfigVersion $before -Socket $socket
        (Open-Socks5 $port $silent.LocalEndpoint.Port alice:a1).Dispose()
    }

    It 'curl changes a part' {
        $answer = Invoke-Curl --unix-socket $socket -X PATCH http://localhost/config -d '{ "set": { "exits[two].weight": 9 } }' | ConvertFrom-Json
        $answer.version.why | Should -Be 'edit'
        (Get-MxExit two -Socket $socket).Weight | Should -Be 9
    }

    It 'curl reads the same' {
        $answer = Invoke-Curl --unix-socket $socket http://localhost/exits/one | ConvertFrom-Json
        $answer.weight | Should -Be (Get-MxExit one -Socket $socket).Weight
        (Invoke-Curl --unix-socket $socket -X POST http://localhost/reload | ConvertFrom-Json).state | Should -Be 'running'
    }

    It 'names are completed from the server behind the socket' {
        $line = "Get-MxExit -Socket '$socket' -Name p"
        (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Should -Be 'pool'
        $line = "Test-MxRoute a:1 -Socket '$socket' -Inbound s"
        (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Should -Be 'staff'
        $line = "Set-MxConfig -Socket '$socket' -Name f"
        (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Should -Be 'far'
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
