BeforeAll {
    . (Join-Path $PSScriptRoot 'common.ps1')
    $target = Start-HttpTarget
    $config = Join-Path $TestDrive 'kept.yaml'
    Set-Content $config @'
name: kept
inbounds:
  - { name: staff, type: socks5, listen: "127.0.0.1:0", users: { alice: { password: a1 }, bob: { password: b1 } } }
records: { path: run/records.db }
control: { socket: run/s }
'@
    $server = Start-MxServer $config -PassThru
    $sources = foreach ($login in 'alice:a1', 'bob:b1', 'alice:a1') {
        $client = Open-Socks5 $server.Listeners.EndPoint.Port $target.Port $login
        (Get-MxSession)[-1].Source
        $client.Dispose()
        # One after the other, so that the last to begin is the last to end.
        $end = [DateTime]::UtcNow.AddSeconds(60)
        while (Get-MxSession) { if ([DateTime]::UtcNow -gt $end) { throw 'a session did not end' } }
    }
    $end = [DateTime]::UtcNow.AddSeconds(60)
    while (@(Find-MxSession).Count -lt 3 -and [DateTime]::UtcNow -lt $end) { Start-Sleep -Milliseconds 50 }
}

AfterAll {
    Stop-MxServer *
    Stop-HttpTarget $target
}

Describe 'Find-MxSession' {
    It 'says who left from an address and port at a time' {
        $found = Find-MxSession -Source $sources[1] -At (Get-Date) -Within 2m
        $found | Should -HaveCount 1
        $found | Should -BeOfType MultiExit.MxSession
        $found.User | Should -Be 'bob'
        $found.Server | Should -Be 'kept'
        $found.Source | Should -Be $sources[1]
        $found.Ended | Should -BeLessOrEqual ([DateTimeOffset]::Now)
        $found.Outcome | Should -Not -BeNullOrEmpty
        Find-MxSession -Source $sources[1] -At (Get-Date).AddHours(-3) | Should -BeNullOrEmpty
        Find-MxSession -Source $sources[1] -At (Get-Date -Format 'HH:mm') -Within 2m | Should -HaveCount 1
    }

    It 'filters by <Parameter>' -ForEach @(
        @{ Parameter = 'User'; Value = 'Alice'; Count = 2 }
        @{ Parameter = 'User'; Value = 'al*', 'bob'; Count = 3 }
        @{ Parameter = 'User'; Value = 'alice', 'bob'; Count = 3 }
        @{ Parameter = 'User'; Value = 'c*'; Count = 0 }
        @{ Parameter = 'Source'; Value = '127.0.0.1'; Count = 3 }
        @{ Parameter = 'Exit'; Value = 'direct'; Count = 3 }
        @{ Parameter = 'Exit'; Value = 'block'; Count = 0 }
        @{ Parameter = 'Destination'; Value = '127.0.0.1'; Count = 3 }
        @{ Parameter = 'Destination'; Value = '127.0.0.*'; Count = 3 }
        @{ Parameter = 'Destination'; Value = '127.0.0.1:1'; Count = 0 }
        @{ Parameter = 'Outcome'; Value = 'NotAllowed'; Count = 0 }
        @{ Parameter = 'Since'; Value = (Get-Date).AddHours(-1); Count = 3 }
        @{ Parameter = 'Until'; Value = (Get-Date).AddHours(-1); Count = 0 }
        @{ Parameter = 'First'; Value = 2; Count = 2 }
        @{ Parameter = 'Server'; Value = 'none*'; Count = 0 }
    ) {
        $filter = @{ $Parameter = $Value }
        @(Find-MxSession @filter) | Should -HaveCount $Count
    }

    It 'has the newest first' {
        $ids = (Find-MxSession).Id
        $ids | Should -Be ($ids | Sort-Object -Descending)
        (Find-MxSession -First 1).Id | Should -Be $ids[0]
    }

    It 'asks servers of other processes over their sockets' {
        $socket = Join-Path $TestDrive 'run/s'
        Invoke-Child "Import-Module '$root/MultiExit.psd1'; (Find-MxSession -Socket '$socket' -Source $($sources[0])).User" | Should -Be 'alice'
    }

    It 'shows a table of what has ended' {
        $text = Find-MxSession -User bob | Format-Table | Out-String -Width 80
        $text | Should -Match 'Ended +Client +User +Destination +Exit +Source +Outcome'
        $text | Should -Match 'bob'
        ($text -split "`n" | Measure-Object Length -Maximum).Maximum | Should -BeLessOrEqual 81
    }

    It 'takes two lines at most for addresses and the longest outcome, in a table of <_>' -ForEach 'Ended', 'Fleet' {
        $text = [pscustomobject] @{
            PSTypeName = "MultiExit.MxSession#$_"; Server = 'kept'; Ended = [DateTimeOffset]::Now; Node = 'edge-1'; Client = '192.0.2.100:54321'; User = 'alice'
            Destination = '198.51.100.100:443'; Exit = 'wan1'; Source = '203.0.113.100:54321'; Outcome = 'ProxyAuthenticationFailed'
        } | Format-Table | Out-String -Width 80
        $rows = @(($text -split '(?m)^-.*$')[1] -split '\r?\n' -ne '')
        $rows | Should -HaveCount 2
        $rows[0] | Should -Match '^\d\d-\d\d \d\d:\d\d:\d\d .*ProxyAuthenti\W*$'
    }

    It 'names what is not understood' {
        (Get-Failure { Find-MxSession -Source somewhere -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'NotUnderstood,*'
        (Get-Failure { Find-MxSession -Outcome fine -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'NotUnderstood,*'
        (Get-Failure { Find-MxSession -Within 1m -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'NotUnderstood,*'
    }

    It 'reports a server without records' {
        Start-MxServer -Listen socks5://127.0.0.1:0 -Name bare
        (Get-Failure { Find-MxSession bare -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'ServerState,*'
        Stop-MxServer bare
    }

    It 'warns where there is no server to be asked' {
        Find-MxSession -Socket (Join-Path $TestDrive '*.sock') -WarningVariable warned -WarningAction SilentlyContinue | Should -BeNullOrEmpty
        "$warned" | Should -Match 'No control socket matches'
        Invoke-Child "Import-Module '$root/MultiExit.psd1'; Find-MxSession -WarningVariable w -WarningAction SilentlyContinue; [string] `$w" |
            Should -Match 'No server runs in this session'
    }

    It 'completes outcomes' {
        $completed = TabExpansion2 'Find-MxSession -Outcome Na' 26
        $completed.CompletionMatches.CompletionText | Should -Be 'NameNotResolved'
    }
}
