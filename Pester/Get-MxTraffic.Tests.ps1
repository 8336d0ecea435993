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
    foreach ($login in 'alice:a1', 'alice:a1', 'bob:b1') {
        $client = Open-Socks5 $server.Listeners.EndPoint.Port $target.Port $login
        $request = [Text.Encoding]::ASCII.GetBytes("GET / HTTP/1.1`r`nHost: localhost`r`nConnection: close`r`n`r`n")
        $client.GetStream().Write($request, 0, $request.Length)
        $null = [IO.StreamReader]::new($client.GetStream()).ReadToEnd()
        $client.Dispose()
    }
    $end = [DateTime]::UtcNow.AddSeconds(60)
    while ((Get-MxTraffic | Measure-Object Sessions -Sum).Sum -lt 3 -and [DateTime]::UtcNow -lt $end) { Start-Sleep -Milliseconds 50 }
}

AfterAll {
    Stop-MxServer *
    Stop-HttpTarget $target
}

Describe 'Get-MxTraffic' {
    It 'ranks users by their bytes' {
        $found = Get-MxTraffic
        $found | Should -BeOfType MultiExit.MxTraffic
        $found.User | Should -Be 'alice', 'bob'
        $found.Sessions | Should -Be 2, 1
        $found[0].BytesUp | Should -Be (2 * $found[1].BytesUp)
        $found[0].Bytes | Should -Be ($found[0].BytesUp + $found[0].BytesDown)
        ($found | Measure-Object Share -Sum).Sum | Should -BeGreaterThan 0.999
        $found[0].DialP95Ms | Should -BeGreaterThan 0
        $found[0].Exit | Should -BeNullOrEmpty
        $found[0].ChangeToLastWeek | Should -BeNullOrEmpty
        $found[0].Step | Should -Be ([TimeSpan]'1:00')
        ($found[0].Points | Measure-Object Sessions -Sum).Sum | Should -Be 2
    }

    It 'asks for <Parameter> <Value>' -ForEach @(
        @{ Parameter = 'By'; Value = 'exit'; Label = 'direct' }
        @{ Parameter = 'By'; Value = 'Inbound', 'exit', 'user'; Label = 'alice direct staff', 'bob direct staff' }
        @{ Parameter = 'Since'; Value = '30d'; Label = 'alice', 'bob' }
        @{ Parameter = 'Since'; Value = [TimeSpan]'2:00'; Label = 'alice', 'bob' }
        @{ Parameter = 'Since'; Value = (Get-Date).AddHours(-1); Label = 'alice', 'bob' }
        @{ Parameter = 'Until'; Value = '1h'; Label = $null }
        @{ Parameter = 'Top'; Value = 1; Label = 'alice' }
        @{ Parameter = 'Step'; Value = '5m'; Label = 'alice', 'bob' }
        @{ Parameter = 'Server'; Value = 'none*'; Label = $null }
    ) {
        $query = @{ $Parameter = $Value }
        (Get-MxTraffic @query).Label | Should -Be $Label
    }

    It 'takes durations without quotes' {
        (Get-MxTraffic -Since 2d -Step 1d)[0].Points.Count | Should -BeIn 2, 3
    }

    It 'asks a server of another process over its control socket' -Skip:$IsWindows {
        $found = Get-MxTraffic -Socket (Join-Path $TestDrive 'run/s') -By user, exit
        $found.Label | Should -Be 'alice direct', 'bob direct'
        $found[0].Socket | Should -BeLike '*run/s'
    }

    It 'takes servers from the pipeline' {
        (Get-MxServer kept | Get-MxTraffic).User | Should -Be 'alice', 'bob'
    }

    It 'shows a table of 80 columns' {
        $lines = Get-MxTraffic -By user, exit, inbound | Out-String -Width 80 -Stream
        ($lines | Measure-Object Length -Maximum).Maximum | Should -BeLessOrEqual 80
        $lines -join "`n" | Should -Match '█'
    }

    It 'draws bars that can be redirected' {
        $file = Join-Path $TestDrive 'plot.txt'
        Get-MxTraffic -Plot 6> $file | Should -BeNullOrEmpty
        $lines = Get-Content $file
        $lines | Should -HaveCount 3
        $lines[0] | Should -BeLike 'kept: bytes by user, *'
        $lines[1] | Should -Match '^  alice █+'
        $lines[2] | Should -Match '^  bob   █+'
    }

    It 'is drawn by a pwsh whose output is a pipe, too' -Skip:$IsWindows {
        $socket = Join-Path $TestDrive 'run/s'
        (Invoke-Child "Import-Module '$root/MultiExit.psd1'; Get-MxTraffic -Socket '$socket' -Plot") -join "`n" | Should -Match 'alice █+'
    }

    It 'says what it expects of -Since' {
        { Get-MxTraffic -Since soon } | Should -Throw '*30d, 12h, 90m*'
    }
}
