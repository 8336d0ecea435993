BeforeAll {
    . (Join-Path $PSScriptRoot 'common.ps1')
    $config = Join-Path $TestDrive 'edge.yaml'
    $busy = New-BusyPort
    Set-Content $config @"
name: edge
inbounds: [{ name: a, type: mixed, listen: "127.0.0.1:0" }, { name: b, type: http, listen: "$($busy.LocalEndpoint)" }]
"@
}

AfterAll {
    $busy.Stop()
    Stop-MxServer *
}

Describe 'Test-MxServer' {
    It 'checks a file before a start, and names who has a port' {
        $results = Test-MxServer -Config $config
        $results | Should -BeOfType MultiExit.MxPreflight
        $results.Server | Select-Object -Unique | Should -Be 'edge'
        $results.Name | Select-Object -Unique | Should -Be 'capabilities', 'ports', 'certificates', 'ech-library', 'doh', 'clock', 'descriptors',
            'ephemeral-ports', 'socket-buffers', 'conntrack', 'source-filter', 'firewall', 'store'
        $port = $results | Where-Object Name -EQ ports
        $port.Status | Should -Be 'warning'
        $port.Detail | Should -BeLike "inbound b (tcp $($busy.LocalEndpoint)): * (process $PID) has the port*"
        $port.RecommendedAction | Should -Not -BeNullOrEmpty
        "$port" | Should -BeLike 'ports: warning, inbound b*'
    }

    It 'shows itself in 80 columns' {
        $lines = Test-MxServer -Config $config | Out-String -Width 80
        $lines | Should -Match 'ports\s+warning\s+inbound b'
        ($lines -split "`n" | ForEach-Object { $_.TrimEnd().Length } | Measure-Object -Maximum).Maximum | Should -BeLessOrEqual 80
    }

    It 'checks running servers, by name and through the pipeline' {
        $server = Start-MxServer -Listen 'http://127.0.0.1:0' -Name here -PassThru
        (Test-MxServer here | Where-Object Name -EQ ports).Status | Should -Be 'ok'
        ($server | Test-MxServer).Server | Select-Object -Unique | Should -Be 'here'
        Test-MxServer gone -ErrorVariable failure -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $failure[0].FullyQualifiedErrorId | Should -BeLike 'ServerNotFound,*'
    }

    It 'tells what is wrong with a file instead' {
        $bad = Join-Path $TestDrive 'bad.yaml'
        Set-Content $bad 'inbounds: [{ name: a, type: mixd, listen: "127.0.0.1:0" }]'
        Test-MxServer -Config $bad -ErrorVariable failure -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $failure[0].FullyQualifiedErrorId | Should -BeLike 'InvalidConfiguration,*'
        { Test-MxServer -Config (Join-Path $TestDrive 'none.yaml') } | Should -Throw -ErrorId 'PathNotFound,*'
    }
}
