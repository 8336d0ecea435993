BeforeAll {
    . (Join-Path $PSScriptRoot 'common.ps1')
    $folder = (New-Item -ItemType Directory (Join-Path ([IO.Path]::GetTempPath()) "mxm-$([guid]::NewGuid().ToString('n')[0..7] -join '')")).FullName
    $config = Join-Path $folder 'edge.yaml'
    Set-Content $config @'
name: edge
inbounds: [{ name: proxy, type: mixed, listen: "127.0.0.1:0" }]
control: { socket: mx.sock }
metrics: { listen: "127.0.0.1:0", otlp: { endpoint: "http://127.0.0.1:9" } }
'@
    $socket = Join-Path $folder 'mx.sock'
    $server = Start-MxServer $config -PassThru -WarningVariable warnings -WarningAction SilentlyContinue
    Invoke-Curl -x "socks5h://$($server.Listeners[0].EndPoint)" http://127.0.0.1:9/
    Wait-Until { (Get-MxServer edge).Connections -eq 0 }
}

AfterAll {
    Stop-MxServer *
    Remove-Item -LiteralPath $folder -Recurse
}

Describe 'Get-MxMetric' {
    It 'has what the server measures, by either name' {
        $ended = Get-MxMetric multiexit.session.ended
        $ended | Should -BeOfType MultiExit.MxMetric
        $ended.Value | Should -Be 1
        $ended.Labels.outcome | Should -Be 'ConnectionRefused'
        $ended.Type, $ended.Unit | Should -Be 'Counter', '{session}'
        (Get-MxMetric multiexit_session_ended_total).Name | Should -Be 'multiexit.session.ended'
    }

    It 'has the buckets of a histogram' {
        $dials = Get-MxMetric *dial*
        $dials.Value | Should -BeNullOrEmpty
        $dials.Count | Should -Be 1
        $dials.Buckets[-1].UpTo, $dials.Buckets[-1].Count | Should -Be $null, 1
        $dials.Sum | Should -BeGreaterThan 0
    }

    It 'gives the same over the control socket' {
        $here = Get-MxMetric multiexit.exit.* | ForEach-Object { "$_ $($_.Labels.exit)" }
        $there = Get-MxMetric multiexit.exit.* -Socket $socket
        $there | ForEach-Object { "$_ $($_.Labels.exit)" } | Should -Be $here
        $there[0].Socket | Should -Be $socket
    }

    It 'reports a name that no metric has, and none without a value' {
        (Get-Failure { Get-MxMetric multiexit.nothing -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'MetricNotFound,*'
        Get-MxMetric multiexit.user.network.io | Should -BeNullOrEmpty
        Get-MxMetric x* | Should -BeNullOrEmpty
    }

    It 'shows a table of 80 columns' {
        $shown = Get-MxMetric | Out-String -Width 80
        $shown | Should -Match 'multiexit\.session\.ended\s+exit=direct\s+outcome=Con'
        $shown -split '\r?\n' | ForEach-Object { $_.Length | Should -BeLessOrEqual 80 }
    }
}

Describe 'A push by OTLP' {
    It 'is left to the console host: a warning says so, and no library of it is loaded' {
        "$warnings" | Should -Match 'MX1028'
        [AppDomain]::CurrentDomain.GetAssemblies().GetName().Name | Should -Not -Contain 'OpenTelemetry'
        Test-Path (Join-Path $root 'module/bin/lib/OpenTelemetry.dll') | Should -BeTrue
    }
}
