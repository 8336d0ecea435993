BeforeAll {
    . (Join-Path $PSScriptRoot 'common.ps1')
    # Connections to it stay open: it accepts into its backlog and sends nothing.
    $silent = New-BusyPort
}

AfterAll { $silent.Stop() }

Describe 'Stop-MxServer' {
    AfterEach { Stop-MxServer * }

    It 'stops by wildcard and shows the stopped servers' {
        'a-1', 'a-2', 'b-1' | ForEach-Object { Start-MxServer -Listen mixed://127.0.0.1:0 -Name $_ }
        $stopped = Stop-MxServer a-* -PassThru
        $stopped.Name | Should -Be 'a-1', 'a-2'
        $stopped.State | Should -Be 'Stopped', 'Stopped'
        (Get-MxServer).Name | Should -Be 'b-1'
    }

    It 'frees the port' {
        $endpoint = "127.0.0.1:$(Find-FreePort)"
        Start-MxServer -Listen "mixed://$endpoint"
        Stop-MxServer multiexit
        { Start-MxServer -Listen "mixed://$endpoint" } | Should -Not -Throw
    }

    It 'takes servers from the pipeline' {
        'a', 'b' | ForEach-Object { Start-MxServer -Listen mixed://127.0.0.1:0 -Name $_ }
        Get-MxServer a | Stop-MxServer
        (Get-MxServer).Name | Should -Be 'b'
    }

    It 'does nothing with -WhatIf' {
        Start-MxServer -Listen mixed://127.0.0.1:0
        Stop-MxServer multiexit -WhatIf
        (Get-MxServer).State | Should -Be 'Running'
    }

    It 'ends live sessions at once' {
        $port = (Start-MxServer -Listen socks5://127.0.0.1:0 -PassThru).Listeners[0].EndPoint.Port
        $client = Open-Socks5 $port $silent.LocalEndpoint.Port
        try {
            Stop-MxServer multiexit
            $received = try { $client.GetStream().ReadByte() } catch { -1 }
            $received | Should -Be -1
        } finally {
            $client.Dispose()
        }
    }

    It 'ends what is left at the deadline' {
        $port = (Start-MxServer -Listen socks5://127.0.0.1:0 -PassThru).Listeners[0].EndPoint.Port
        $client = Open-Socks5 $port $silent.LocalEndpoint.Port
        try {
            $watch = [Diagnostics.Stopwatch]::StartNew()
            Stop-MxServer multiexit -Deadline 300ms
            $watch.ElapsedMilliseconds | Should -BeGreaterOrEqual 290
            $watch.ElapsedMilliseconds | Should -BeLessThan 25000
            $received = try { $client.GetStream().ReadByte() } catch { -1 }
            $received | Should -Be -1
        } finally {
            $client.Dispose()
        }
    }

    It 'drains: goes on when the last session has ended' {
        $target = New-BusyPort
        $port = (Start-MxServer -Listen socks5://127.0.0.1:0 -PassThru).Listeners[0].EndPoint.Port
        $client = Open-Socks5 $port $target.LocalEndpoint.Port
        $served = $target.AcceptTcpClient()
        $shell = [powershell]::Create()
        try {
            $null = $shell.AddScript("Import-Module '$(Join-Path $root 'MultiExit.psd1')'; Stop-MxServer multiexit -Deadline 5m")
            $run = $shell.BeginInvoke()
            # Both ends: a session whose client has only shut down its side goes on.
            $client.Dispose()
            $served.Dispose()
            $run.AsyncWaitHandle.WaitOne(20000) | Should -BeTrue
            $shell.HadErrors | Should -BeFalse
        } finally {
            $client.Dispose()
            $served.Dispose()
            $target.Stop()
            $shell.Dispose()
        }
    }

    It 'names each server that does not run and stops the others' {
        Start-MxServer -Listen mixed://127.0.0.1:0 -Name here
        Stop-MxServer nowhere, here -ErrorAction SilentlyContinue -ErrorVariable failures
        $failures.FullyQualifiedErrorId | Should -BeLike 'ServerNotFound,*'
        $failures.TargetObject | Should -Be 'nowhere'
        Get-MxServer | Should -BeNullOrEmpty
    }

    It 'takes a number as seconds and the notation of the configuration' {
        $attribute = [MultiExit.DurationAttribute]::new()
        $attribute.Transform($ExecutionContext, 10) | Should -Be ([timespan] '00:00:10')
        $attribute.Transform($ExecutionContext, '5m') | Should -Be ([timespan] '00:05:00')
        $attribute.Transform($ExecutionContext, '1.5h') | Should -Be ([timespan] '01:30:00')
        $attribute.Transform($ExecutionContext, '00:00:07') | Should -Be '00:00:07'
    }
}
