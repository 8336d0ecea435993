BeforeAll {
    . (Join-Path $PSScriptRoot 'common.ps1')
    $silent = New-BusyPort
    $config = Join-Path $TestDrive 'users.yaml'
    Set-Content $config @'
name: users
inbounds:
  - { name: staff, type: socks5, listen: "127.0.0.1:0", users: { alice: { password: a1 }, bob: { password: b1 } } }
  - { name: guests, type: socks5, listen: "127.0.0.1:0" }
'@
    $server = Start-MxServer $config -PassThru
    $staff, $guests = $server.Listeners.EndPoint.Port
    $clients = @(
        Open-Socks5 $staff $silent.LocalEndpoint.Port alice:a1
        Open-Socks5 $staff $silent.LocalEndpoint.Port bob:b1
        Open-Socks5 $guests $silent.LocalEndpoint.Port
    )
}

AfterAll {
    $clients | ForEach-Object Dispose
    Stop-MxServer *
    $silent.Stop()
}

Describe 'Get-MxSession' {
    It 'gets all live sessions' {
        $sessions = Get-MxSession
        $sessions | Should -HaveCount 3
        $sessions[0] | Should -BeOfType MultiExit.MxSession
        $sessions.Server | Select-Object -Unique | Should -Be 'users'
        $sessions[0].User | Should -Be 'alice'
        $sessions[0].Network | Should -Be 'tcp'
        $sessions[0].Destination | Should -Be "127.0.0.1:$($silent.LocalEndpoint.Port)"
        $sessions[0].Exit | Should -Be 'direct'
        $sessions[0].Client.Port | Should -Be $clients[0].Client.LocalEndPoint.Port
    }

    It 'filters by <Parameter>' -ForEach @(
        @{ Parameter = 'User'; Value = 'al*'; Count = 1 }
        @{ Parameter = 'User'; Value = 'alice', 'bob'; Count = 2 }
        @{ Parameter = 'Inbound'; Value = 'guests'; Count = 1 }
        @{ Parameter = 'Exit'; Value = 'direct'; Count = 3 }
        @{ Parameter = 'Exit'; Value = 'block'; Count = 0 }
        @{ Parameter = 'Destination'; Value = '127.0.0.1:*'; Count = 3 }
        @{ Parameter = 'Server'; Value = 'none*'; Count = 0 }
    ) {
        $filter = @{ $Parameter = $Value }
        @(Get-MxSession @filter) | Should -HaveCount $Count
    }

    It 'takes servers from the pipeline' {
        Get-MxServer users | Get-MxSession | Should -HaveCount 3
    }

    It 'reports a server that does not run' {
        (Get-Failure { Get-MxSession nowhere -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'ServerNotFound,*'
    }

    It 'shows a table' {
        Get-MxSession -User alice | Format-Table | Out-String -Width 200 | Should -Match 'Server: users[\s\S]+\d+\s+127\.0\.0\.1:\d+\s+alice\s+tcp'
    }
}
