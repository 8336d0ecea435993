BeforeAll {
    . (Join-Path $PSScriptRoot 'common.ps1')
    $folder = (New-Item -ItemType Directory (Join-Path ([IO.Path]::GetTempPath()) "mxl-$([guid]::NewGuid().ToString('n')[0..7] -join '')")).FullName
    $config = Join-Path $folder 'edge.yaml'
    Set-Content $config @'
name: edge
inbounds: [{ name: proxy, type: mixed, listen: "127.0.0.1:0", users: { alice: { password: { env: MX_TEST_ALICE } } } }]
exits: [{ name: wan1, type: direct, address: 203.0.113.9 }]
control: { socket: mx.sock }
'@
    $env:MX_TEST_ALICE = 'wonderland'
    $socket = Join-Path $folder 'mx.sock'
    $server = Start-MxServer $config -PassThru -WarningVariable warnings -WarningAction SilentlyContinue
    Invoke-Curl -x "socks5h://alice:wrong@$($server.Listeners[0].EndPoint)" http://127.0.0.1:9/
    Wait-Until { (Get-MxServer edge).Connections -eq 0 }
}

AfterAll {
    Stop-MxServer *
    Remove-Item Env:/MX_TEST_ALICE
    Remove-Item -LiteralPath $folder -Recurse
}

Describe 'Get-MxLog' {
    It 'has the messages of a server without a log file, oldest first' {
        $log = Get-MxLog edge
        $log | Should -BeOfType MultiExit.MxLogEntry
        $log.Id | Should -Be 'MX1000', 'MX1001', 'MX1012', 'MX1040', 'MX2010'
        $log[-1].Message | Should -Be 'login failed: client=127.0.0.1 inbound=proxy user=alice'
        $log[-1].Properties.Client | Should -Be '127.0.0.1'
        $log[-1].Time | Should -BeGreaterThan ([DateTimeOffset]::Now.AddMinutes(-5))
        "$($log.Message)" | Should -Not -Match 'wonderland|wrong'
    }

    It 'filters by <Name>' -ForEach @(
        @{ Name = 'level'; Filter = @{ Level = 'Warning' }; Ids = 'MX1012', 'MX2010' }
        @{ Name = 'id'; Filter = @{ Id = 'mx2010' }; Ids = 'MX2010' }
        @{ Name = 'beginning'; Filter = @{ Id = 'MX10*' }; Ids = 'MX1000', 'MX1001', 'MX1012', 'MX1040' }
        @{ Name = 'wildcard'; Filter = @{ Id = 'MX?01[02]'; Last = 2 }; Ids = 'MX1012', 'MX2010' }
        @{ Name = 'number'; Filter = @{ Last = 1 }; Ids = 'MX2010' }
        @{ Name = 'time'; Filter = @{ Since = [DateTime]::Now.AddHours(1) }; Ids = $null }
    ) {
        Get-MxLog edge @Filter | ForEach-Object Id | Should -Be $Ids
        Get-MxLog -Socket $socket @Filter | ForEach-Object Id | Should -Be $Ids
    }

    It 'follows what is written until the server ends' {
        $other = Start-MxServer -Listen 'mixed://bob:builder@127.0.0.1:0' -Name short -PassThru
        $shell = [powershell]::Create().AddScript("Import-Module '$root/MultiExit.psd1'; Get-MxLog short -Id MX1000, MX2010, MX1005 -Follow")
        try {
            $written = [Management.Automation.PSDataCollection[psobject]]::new()
            $running = $shell.BeginInvoke([Management.Automation.PSDataCollection[psobject]] $null, $written)
            Wait-Until { $written.Count -eq 1 }
            foreach ($count in 2, 3) {
                Invoke-Curl -x "socks5h://bob:wrong@$($other.Listeners[0].EndPoint)" http://127.0.0.1:9/
                Wait-Until { $written.Count -eq $count }
            }
            Stop-MxServer short
            $shell.EndInvoke($running)
            $written.Id | Should -Be 'MX1000', 'MX2010', 'MX2010', 'MX1005'
        } finally {
            $shell.Dispose()
        }
    }

    It 'has the messages of a session' {
        $file = Join-Path $folder 'debug.yaml'
        Set-Content $file 'name: debug
inbounds: [{ name: proxy, type: mixed, listen: "127.0.0.1:0", private_destinations: allow }]
logging: { level: debug }'
        $debug = Start-MxServer $file -PassThru -WarningAction SilentlyContinue
        $target = New-BusyPort
        $client = [Net.Sockets.TcpClient]::new('127.0.0.1', $debug.Listeners[0].EndPoint.Port)
        try {
            $client.GetStream().Write([Text.Encoding]::ASCII.GetBytes("CONNECT $($target.LocalEndpoint) HTTP/1.1`r`nHost: a`r`n`r`n"))
            $accepted = $target.AcceptTcpClient()
            $client.GetStream().ReadByte() | Should -Be ([byte][char]'H')
            $accepted.LingerState = [Net.Sockets.LingerOption]::new($true, 0)
            $accepted.Client.Close()
            Wait-Until { Get-MxLog debug -Id MX3001 }
            $entry = Get-MxLog debug -Id MX3001
            (Get-MxLog debug -Session $entry.Properties.Session).Id | Should -Be 'MX3001'
            Get-MxLog debug -Session 999999 | Should -BeNullOrEmpty
        } finally {
            $client.Dispose()
            $target.Stop()
        }
    }

    It 'takes servers from the pipeline, over the socket too' {
        (Get-MxServer edge | Get-MxLog -Last 1).Id | Should -Be 'MX2010'
        $entry = Get-MxServer -Socket $socket | Get-MxLog -Last 1
        $entry.Id | Should -Be 'MX2010'
        $entry.Socket | Should -Be $socket
    }

    It 'reports a name without a match' {
        (Get-Failure { Get-MxLog none -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'ServerNotFound,*'
    }

    It 'shows a table' {
        Get-MxLog edge -Id MX1000 | Out-String | Should -Match '\d+:\d\d:\d\d\s+edge\s+Info\s+MX1000\s+server edge'
    }
}

Describe 'Warnings' {
    It 'are PowerShell warnings with the id of their kind, and stay with the server' {
        "$warnings" | Should -BeLike 'edge: MX1012 exit wan1: the address 203.0.113.9 is not on this host*'
        (Get-MxServer edge).Warnings.Id | Should -Be 'MX1012'
        (Get-MxServer -Socket $socket).Warnings.Id | Should -Be 'MX1012'
    }

    It 'count failed logins as these, for server, inbound and user' {
        $server = Get-MxServer edge
        $server.FailedLogins, $server.Faults, $server.Listeners[0].FailedLogins | Should -Be 1, 0, 1
        (Get-MxUser alice -Server edge).FailedLogins | Should -Be 1
    }
}
