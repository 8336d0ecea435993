# What is to be seen at a real terminal alone: the feedback of the prompt, and Ctrl+C.
BeforeAll {
    . (Join-Path $PSScriptRoot 'common.ps1')
    . (Join-Path $root 'module/build/FreshShell.ps1')
    $shell = Get-FreshShell
    $manifest = Join-Path $root 'MultiExit.psd1'
    $ready = '<<ready>> $'

    # Types commands at a PowerShell with the module, each at its prompt, and waits for what follows each of them.
    function Invoke-Terminal([object[]] $Step) {
        $steps = @(
            # Before the prompt the terminal would make a line feed of a return.
            , @('see', 'PS .*> $', 60)
            , @('type', "function prompt { '<<' + 'ready>> ' }; Import-Module '$manifest'`r")
            , @('see', $ready, 60)
            $Step
        )
        $file = Join-Path $TestDrive 'steps.json'
        ConvertTo-Json -Depth 5 -InputObject $steps | Set-Content $file
        $told = & python3 (Join-Path $PSScriptRoot 'Terminal.py') $file $shell.FilePath $shell.Leading -NoProfile -NoLogo | ConvertFrom-Json
        $told.missed | Should -BeNullOrEmpty -Because "the terminal has:`n$($told.text)"
        $told
    }
}

Describe 'A terminal' -Skip:(-not $IsLinux -or -not (Get-Command python3 -CommandType Application -ErrorAction Ignore)) {
    It 'says beneath the error who holds the port' {
        $busy = New-BusyPort
        try {
            $told = Invoke-Terminal @(
                , @('type', "Start-MxServer -Listen http://$($busy.LocalEndpoint)`r")
                , @('see', "another program uses the port.*\[MultiExit\]\s+$([regex]::Escape($busy.LocalEndpoint)) is held by \S+ \(process $PID\)\.", 30)
                , @('see', "Get-Process -Id $PID", 5)
                , @('see', $ready, 5)
            )
            $told.seconds.Count | Should -Be 5
        } finally {
            $busy.Stop()
        }
    }

    It 'has its prompt again within 2 s of Ctrl+C, with nothing left running' {
        $steps = @(
            , @('type', "Start-MxServer -Listen mixed://127.0.0.1:0 -Name edge`r")
            , @('see', $ready, 30)
        )
        # Each with what is to be seen once it runs. 'never' would be written if the line went on behind the cmdlet.
        $cases = [ordered]@{
            'Measure-MxTunnel -Server edge -Duration 1h' = 'Measuring edge'
            'Watch-MxServer edge -Interval 100ms -AsObject' = 'edge +0 +0'
            'Get-MxLog edge -Follow' = 'MX1\d\d\d'
            'Measure-MxTunnel direct -Duration 1h -AsJob | Receive-Job -Wait' = 'Measuring direct'
        }
        foreach ($case in $cases.GetEnumerator()) {
            $steps += @(
                , @('type', "$($case.Key); 'ne' + 'ver'`r")
                , @('see', $case.Value, 20)
                , @('type', "`u{3}")
                , @('see', $ready, 2)
            )
        }
        $left = "Get-Job | Remove-Job -Force; while (Get-MxSession edge) { Start-Sleep -Milliseconds 50 }; " +
            "'no ' + 'sessions, and {0} programs' -f (Get-Content /proc/`$PID/task/*/children).Count"
        $told = Invoke-Terminal @(
            $steps
            , @('type', "$left`r")
            , @('see', 'no sessions, and 0 programs', 10)
        )
        $told.text | Should -Not -Match 'never'
    }
}
