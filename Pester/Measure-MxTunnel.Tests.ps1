BeforeAll {
    . (Join-Path $PSScriptRoot 'common.ps1')
    $web = Start-HttpTarget ('x' * 20000)
    $server = Start-MxServer -Listen 'mixed://127.0.0.1:0' -Name edge -PassThru
    $proxy = "socks5://$($server.Listeners[0].EndPoint)"
}

AfterAll {
    Stop-MxServer *
    Stop-HttpTarget $web
}

Describe 'Measure-MxTunnel' {
    It 'has rates, percentiles and each time, and a table with the times as blocks' {
        $measured = Measure-MxTunnel $proxy -Duration 30s -Bytes 5MB
        $measured | Should -BeOfType MultiExit.MxTunnelMeasurement
        $measured.BytesUp, $measured.BytesDown | ForEach-Object { $_ | Should -BeGreaterOrEqual 5000000 }
        $measured.BytesUpPerSecond | Should -BeGreaterThan 0
        $measured.ConnectP50Ms | Should -BeLessOrEqual $measured.ConnectP99Ms
        $measured.RoundTripP99Ms | Should -BeIn $measured.RoundTripsMs
        $measured.Failed | Should -Be 0
        $lines = ($measured | Out-String -Width 80) -split '\r?\n'
        $lines | ForEach-Object { $_.Length | Should -BeLessOrEqual 80 }
        $lines -join "`n" | Should -Match 'socks5://127.*B/s.*B/s[\s\S]*█'
    }

    It 'goes through an inbound of a server, and through its exits' {
        (Measure-MxTunnel -Server edge -Duration 500ms -Bytes 1MB).Through | Should -Be $proxy
        (Get-MxServer edge | Measure-MxTunnel -Exit direct -Duration 500ms -Bytes 1MB).Through | Should -Be 'direct'
    }

    It 'gets a file over HTTP, and nothing up' {
        $measured = Measure-MxTunnel $proxy -Target "http://127.0.0.1:$($web.Port)/" -Duration 3s
        $measured.BytesDown | Should -BeGreaterOrEqual 20000
        $measured.BytesUp | Should -Be $null
    }

    It 'draws the times with -Plot' {
        $null = Measure-MxTunnel direct -Duration 500ms -Bytes 1MB -Plot -InformationVariable lines
        $lines[0] | Should -Match '^direct: \d+ connections, in ms$'
        "$lines" | Should -Match '█'
    }

    It 'says <Id> for <Case>' -ForEach @(
        @{ Case = 'a target that refuses'; Id = 'MeasurementFailed'; With = @{ Through = 'direct'; Target = '127.0.0.1:1' } }
        @{ Case = 'what is no target'; Id = 'InvalidDestination'; With = @{ Through = 'direct'; Target = 'nonsense' } }
        @{ Case = 'what is no number of bytes'; Id = 'NotUnderstood'; With = @{ Through = 'direct'; Bytes = 'many' } }
        @{ Case = 'a URL that is none'; Id = 'InvalidConfiguration'; With = @{ Through = 'nonsense://h' } }
        @{ Case = 'a server that does not run'; Id = 'ServerNotFound'; With = @{ Server = 'none' } }
        @{ Case = 'an inbound that is not there'; Id = 'InboundNotFound'; With = @{ Server = 'edge'; Inbound = 'none' } }
        @{ Case = 'an exit that is not there'; Id = 'InvalidConfiguration'; With = @{ Server = 'edge'; Exit = 'none' } }
    ) {
        $failure = Get-Failure { Measure-MxTunnel @With -Duration 500ms -ErrorAction Stop }
        $failure.FullyQualifiedErrorId | Should -BeLike "$Id,*"
        $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }
}

Describe 'A job of this module' {
    It 'brings what the cmdlet writes, and its errors' {
        $job = Measure-MxTunnel direct -Duration 500ms -Bytes 1MB -AsJob
        $job.PSJobTypeName | Should -Be 'MxJob'
        Get-Job $job.Id | Should -Be $job
        Receive-Job $job -Wait -AutoRemoveJob | Should -BeOfType MultiExit.MxTunnelMeasurement
        $job.State | Should -Be 'Completed'
        $job = Measure-MxTunnel direct -Target 127.0.0.1:1 -AsJob
        $null = Receive-Job $job -Wait -ErrorAction SilentlyContinue -ErrorVariable failure
        $failure[0].FullyQualifiedErrorId | Should -BeLike 'MeasurementFailed,*'
        Remove-Job $job
    }

    It 'is not started with a parameter that is not valid' {
        $jobs = (Get-Job).Count
        (Get-Failure { Measure-MxTunnel direct -Target nonsense -AsJob }).FullyQualifiedErrorId | Should -BeLike 'InvalidDestination,*'
        (Get-Job).Count | Should -Be $jobs
    }

    It 'shows how far it is, and ends at once' {
        $job = Measure-MxTunnel direct -Duration 1h -AsJob
        $limit = (Get-Date).AddSeconds(60)
        while (-not $job.Progress.Count -and (Get-Date) -lt $limit) { Start-Sleep -Milliseconds 50 }
        $job.Progress[0].Activity | Should -Be 'Measuring direct'
        $job.Progress[0].SecondsRemaining | Should -BeGreaterThan 3000
        Stop-Job $job
        (Wait-Job $job -Timeout 20).State | Should -Be 'Stopped'
        Remove-Job $job
    }

    It 'stops a server of the session, with the sessions and seconds that are left in its progress' {
        $silent = New-BusyPort
        $drained = Start-MxServer -Listen 'socks5://127.0.0.1:0' -Name drained -PassThru
        $client = Open-Socks5 $drained.Listeners[0].EndPoint.Port $silent.LocalEndpoint.Port
        try {
            $job = Stop-MxServer drained -Deadline 1h -AsJob -PassThru
            $limit = (Get-Date).AddSeconds(60)
            while (-not $job.Progress.Count -and (Get-Date) -lt $limit) { Start-Sleep -Milliseconds 50 }
            $job.Progress[0].Activity, $job.Progress[0].StatusDescription | Should -Be 'Draining drained', '1 session is live'
            $job.Progress[0].SecondsRemaining | Should -BeGreaterThan 3000
            (Get-MxServer drained).DrainUntil | Should -BeGreaterThan ([DateTimeOffset]::Now.AddMinutes(50))
        } finally {
            # Resets the connection that its backlog holds, and so ends the session.
            $silent.Stop()
            $client.Dispose()
        }
        $null = Wait-Job $job -Timeout 20
        (Receive-Job $job).State | Should -Be 'Stopped'
        Remove-Job $job -Force
    }

    It 'is not started with -WhatIf' {
        Stop-MxServer edge -AsJob -WhatIf | Should -BeNullOrEmpty
        Restart-MxServer edge -AsJob -WhatIf | Should -BeNullOrEmpty
        (Get-MxServer edge).State | Should -Be 'Running'
    }

    It 'knows the folder that the session is in, whatever it is called' {
        $odd = New-Item -ItemType Directory (Join-Path $TestDrive 'odd[1] `*')
        Set-Content -LiteralPath (Join-Path $odd 'psk.txt') (New-MxKey)
        chmod 600 "$odd/psk.txt"
        $before = Get-Location
        try {
            Set-Location -LiteralPath $odd
            # The key is read, and nothing listens there.
            $test = Test-MxTunnel 'tunnel://127.0.0.1:1?psk_file=psk.txt' 127.0.0.1:1 -AsJob | Receive-Job -Wait -AutoRemoveJob
            $test.Reason | Should -Be 'ProxyUnreachable'
            $null = New-PSDrive -Name Keys -PSProvider FileSystem -Root $odd
            Set-Location Keys:
            $test = Test-MxTunnel 'tunnel://127.0.0.1:1?psk_file=psk.txt' 127.0.0.1:1 -AsJob | Receive-Job -Wait -AutoRemoveJob
            $test.Reason | Should -Be 'ProxyUnreachable'
        } finally {
            Set-Location $before
            Remove-PSDrive Keys -ErrorAction Ignore
        }
    }

    It 'reaches the server of a piped object, whatever its socket is called' {
        $folder = New-Item -ItemType Directory (Join-Path ([IO.Path]::GetTempPath()) "mx[a]$([guid]::NewGuid().ToString('n').Substring(0, 8))")
        try {
            Set-Content -LiteralPath "$folder/odd.yaml" "name: odd`ncontrol: { socket: '$folder/c.sock' }`ninbounds: [{ name: in, type: mixed, listen: '127.0.0.1:0' }]"
            Start-MxServer -LiteralPath "$folder/odd.yaml"
            $server = Get-MxServer odd -Socket ([WildcardPattern]::Escape("$folder/c.sock"))
            $measured = $server | Measure-MxTunnel -Duration 500ms -Bytes 1MB -AsJob | Receive-Job -Wait -AutoRemoveJob
            $measured.Through | Should -BeLike 'socks5://127.0.0.1:*'
        } finally {
            Stop-MxServer odd
            Remove-Item -LiteralPath $folder -Recurse -ErrorAction Ignore
        }
    }

    It 'ends however late it is stopped' {
        $jobs = foreach ($i in 1..20) {
            $job = Measure-MxTunnel socks5://127.0.0.1:1 -AsJob
            Start-Sleep -Milliseconds ($i * 5)
            Stop-Job $job
            $job
        }
        (Wait-Job $jobs -Timeout 30).State | Should -BeIn 'Stopped', 'Completed'
        Remove-Job $jobs
    }

    It 'probes exits' {
        (Test-MxExit direct -Server edge -Target "tcp://127.0.0.1:$($web.Port)" -AsJob | Receive-Job -Wait -AutoRemoveJob).Success | Should -BeTrue
    }
}
