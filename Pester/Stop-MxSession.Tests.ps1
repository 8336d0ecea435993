BeforeAll {
    . (Join-Path $PSScriptRoot 'common.ps1')
    $silent = New-BusyPort
    $config = Join-Path $TestDrive 'sessions.yaml'
    Set-Content $config @'
name: sessions
inbounds:
  - { name: staff, type: socks5, listen: "127.0.0.1:0", users: { alice: { password: a1 }, bob: { password: b1 } } }
limits:
  users: { bob: { connections: 1 } }
  lockout: { failures: 2 }
'@
    $port = (Start-MxServer $config -PassThru).Listeners[0].EndPoint.Port
    $clients = @(
        Open-Socks5 $port $silent.LocalEndpoint.Port alice:a1
        Open-Socks5 $port $silent.LocalEndpoint.Port alice:a1
        Open-Socks5 $port $silent.LocalEndpoint.Port bob:b1
    )
}

AfterAll {
    $clients | ForEach-Object Dispose
    Stop-MxServer *
    $silent.Stop()
}

Describe 'Get-MxUser' {
    It 'gets the users and their sessions' {
        $users = Get-MxUser
        $users | Should -BeOfType MultiExit.MxUser
        $users.Name | Should -Be 'alice', 'bob'
        $users.Sessions | Should -Be 2, 1
        $users[0].Server | Should -Be 'sessions'
        $users[0].UsedThisMonth | Should -BeNullOrEmpty
        (Get-MxUser b*).Name | Should -Be 'bob'
        Get-MxUser carol | Should -BeNullOrEmpty
    }

    It 'names a server that is not there' {
        { Get-MxUser -Server nowhere -ErrorAction Stop } | Should -Throw -ErrorId 'ServerNotFound*'
    }
}

Describe 'Stop-MxSession' {
    It 'only says what it would do with -WhatIf' {
        Get-MxSession | Stop-MxSession -WhatIf
        Get-MxSession | Should -HaveCount 3
    }

    It 'ends the sessions of a user and no others' {
        $stopped = Get-MxSession -User alice | Stop-MxSession -PassThru
        $stopped | Should -HaveCount 2
        $stopped.User | Select-Object -Unique | Should -Be 'alice'
        $clients[0].Client.Poll(10000000, 'SelectRead') | Should -BeTrue
        { $clients[0].GetStream().ReadByte() } | Should -Throw
        $clients[2].Client.Poll(0, 'SelectRead') | Should -BeFalse
    }

    It 'says that a session is not there' {
        { Stop-MxSession 4711 -ErrorAction Stop } | Should -Throw -ErrorId 'SessionNotFound*'
    }
}

Describe 'Unlock-MxClient' {
    It 'lets a client in that failed to log in too often' {
        Unlock-MxClient -PassThru | Should -BeNullOrEmpty
        1..2 | ForEach-Object { { Open-Socks5 $port $silent.LocalEndpoint.Port alice:wrong } | Should -Throw }
        { Open-Socks5 $port $silent.LocalEndpoint.Port alice:a1 } | Should -Throw
        Unlock-MxClient 127.0.0.1 -WhatIf
        $locked = Unlock-MxClient 127.0.0.1 -PassThru
        $locked | Should -BeOfType MultiExit.MxLockedClient
        $locked.Client | Should -Be '127.0.0.1'
        (Open-Socks5 $port $silent.LocalEndpoint.Port alice:a1).Dispose()
    }
}
