BeforeAll {
    . (Join-Path $PSScriptRoot 'common.ps1')
    $folder = (New-Item -ItemType Directory (Join-Path ([IO.Path]::GetTempPath()) "mxw-$([guid]::NewGuid().ToString('n')[0..7] -join '')")).FullName
    $config = Join-Path $folder 'edge.yaml'
    $text = @'
name: edge
inbounds: [{ name: proxy, type: mixed, listen: "127.0.0.1:0" }]
exits: [{ name: wan1, type: direct }]
control: { socket: mx.sock }
'@
    Set-Content $config $text
    $socket = Join-Path $folder 'mx.sock'
    $manifest = Join-Path $root 'MultiExit.psd1'
    Start-MxServer $config
}

AfterAll {
    Stop-MxServer *
    Remove-Item -LiteralPath $folder -Recurse
}

Describe 'Watch-MxServer' {
    It 'has as many samples as asked for, of a server of the session and over its socket' -ForEach $false, $true {
        $where = if ($_) { @{ Socket = $socket } } else { @{} }
        $samples = Watch-MxServer edge @where -Count 2 -Interval 100ms -AsObject
        $samples | Should -BeOfType MultiExit.MxServerSample
        $samples.Count | Should -Be 2
        $samples[0].State | Should -Be 'Running'
        $samples[0].Exits.Name | Should -Contain 'wan1'
        $samples[0].Socket | Should -Be $where.Socket
        $samples | Out-String | Should -Match 'edge\s+0\s+0\.0\s+0 B\s+0 B\s+0\s+0'
    }

    It 'has events as they come' {
        $watch = [powershell]::Create().AddScript({
                param($manifest, $socket)
                Import-Module $manifest
                Watch-MxServer -Socket $socket -Event 'config-*' | Select-Object -First 1
            }).AddArgument($manifest).AddArgument($socket)
        $watching = $watch.BeginInvoke()
        # Changes until one is told: the first may come before the other side listens.
        Wait-Until {
            Set-Content $config ($text + "`nlimits: { connections: $(Get-Random -Minimum 100 -Maximum 900) }")
            Set-MxConfig edge -Path $config 3>$null
            $watching.IsCompleted
        }
        $told = @($watch.EndInvoke($watching))
        $watch.Dispose()
        $told.Count | Should -Be 1
        $told[0] | Should -BeOfType MultiExit.MxEvent
        $told[0].Type | Should -Be 'config-applied'
        $told[0].Id | Should -Be 'MX1003'
        $told | Out-String | Should -Match 'edge\s+config-applied'
    }

    It 'names the types that there are' {
        (Get-Failure { Watch-MxServer edge -Event exit-gone }).FullyQualifiedErrorId | Should -BeLike 'EventTypeNotFound,*'
    }

    It 'ends with the servers' {
        $other = Join-Path $folder 'other.yaml'
        Set-Content $other ($text -replace 'edge', 'other' -replace 'mx.sock', 'other.sock')
        Start-MxServer $other
        $watch = [powershell]::Create().AddScript({
                param($manifest)
                Import-Module $manifest
                Watch-MxServer other -Interval 100ms -AsObject
            }).AddArgument($manifest)
        $watch.Runspace = [runspacefactory]::CreateRunspace()
        $watch.Runspace.Open()
        $output = [Management.Automation.PSDataCollection[psobject]]::new()
        $watching = $watch.BeginInvoke([Management.Automation.PSDataCollection[psobject]]::new(), $output)
        Wait-Until { $output.Count -gt 0 }
        Stop-MxServer other
        Wait-Until { $watching.IsCompleted }
        $watch.Runspace.Dispose()
        $watch.Dispose()
    }

    It 'draws a screen on a console, until q' -Skip:(-not (Get-Command script -CommandType Application -ErrorAction Ignore)) {
        . (Join-Path $root 'module/build/FreshShell.ps1')
        $shell = Get-FreshShell
        $inner = Join-Path $folder 'screen.ps1'
        Set-Content $inner "Import-Module '$manifest'; Watch-MxServer -Socket '$socket' -Interval 100ms"
        # The terminal is that of script(1). The key is pressed as soon as there is a screen.
        $screen = Join-Path $folder 'screen'
        $run = "stty rows 24 cols 100; '$($shell.FilePath)' $($shell.Leading.ForEach{ "'$_'" }) -NoProfile -File '$inner'"
        $press = "for i in `$(seq 500); do grep -q 'q ends it' '$screen' 2>/dev/null && break; sleep 0.1; done; printf q; sleep 1"
        & /bin/sh -c "( $press ) | TERM=xterm timeout 60 script -qefc `"`$1`" '$screen' >/dev/null" - $run
        $text = [IO.File]::ReadAllText($screen)
        $text | Should -Match ([regex]::Escape("`e[?1049h"))
        $text | Should -Match 'edge  Running  up '
        $text | Should -Match 'wan1 '
        $text | Should -Match 'server-started'
        $text | Should -Match ([regex]::Escape("`e[?1049l"))
    }
}
