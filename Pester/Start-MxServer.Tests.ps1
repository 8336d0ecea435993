BeforeAll {
    . (Join-Path $PSScriptRoot 'common.ps1')
    $target = Start-HttpTarget
    $url = "http://127.0.0.1:$($target.Port)/"
    $config = Join-Path $TestDrive 'edge.yaml'
    Set-Content $config @'
name: edge-1
inbounds:
  - { name: proxy, type: mixed, listen: "127.0.0.1:0", users: { alice: { password: wonderland } } }
  - { name: plain, type: http, listen: "127.0.0.1:0" }
'@
}

AfterAll { Stop-HttpTarget $target }

Describe 'Start-MxServer' {
    AfterEach { Stop-MxServer * }

    It 'returns once it listens and writes nothing' {
        Start-MxServer -Listen mixed://127.0.0.1:0 | Should -BeNullOrEmpty
        $server = Get-MxServer multiexit
        $server.State | Should -Be 'Running'
        $server.Listeners[0].EndPoint.Port | Should -BeGreaterThan 0
    }

    It 'serves curl over <_>' -ForEach 'socks5h', 'socks5', 'http' {
        $server = Start-MxServer -Listen mixed://127.0.0.1:0 -PassThru
        Invoke-Curl -x "${_}://$($server.Listeners[0].EndPoint)" $url | Should -Be 'hello from the target'
        Invoke-Curl -x "${_}://$($server.Listeners[0].EndPoint)" -p $url | Should -Be 'hello from the target'
    }

    It 'sends everything through the upstream of -Forward' {
        $upstream = Start-MxServer -Listen socks5://127.0.0.1:0 -Name upstream -PassThru
        $server = Start-MxServer -Listen http://127.0.0.1:0 -Forward "socks5://$($upstream.Listeners[0].EndPoint)" -Name front -PassThru
        Invoke-Curl -x "http://$($server.Listeners[0].EndPoint)" $url | Should -Be 'hello from the target'
        (Get-MxServer upstream).TotalSessions | Should -Be 1
    }

    It 'forwards a port to one target' {
        $server = Start-MxServer -Listen "tcp://127.0.0.1:0/127.0.0.1:$($target.Port)" -PassThru
        Invoke-Curl "http://$($server.Listeners[0].EndPoint)/" | Should -Be 'hello from the target'
    }

    It 'starts what a file says' {
        $server = Start-MxServer $config -PassThru
        $server.Name | Should -Be 'edge-1'
        $server.Config | Should -Be $config
        $server.Listeners.Inbound | Should -Be 'proxy', 'plain'
        $proxy = "socks5h://$($server.Listeners[0].EndPoint)"
        Invoke-Curl -x $proxy -U alice:wonderland $url | Should -Be 'hello from the target'
        $null = Invoke-Curl -x $proxy -U alice:wrong $url
        $LASTEXITCODE | Should -Be 97
    }

    It 'takes the file from the pipeline and the name from -Name' {
        (Get-Item $config | Start-MxServer -Name other -PassThru).Name | Should -Be 'other'
    }

    It 'numbers servers without a name' {
        1..2 | ForEach-Object { Start-MxServer -Listen mixed://127.0.0.1:0 }
        (Get-MxServer).Name | Should -Be 'multiexit', 'multiexit-2'
    }

    It 'does nothing with -WhatIf' {
        Start-MxServer -Listen mixed://127.0.0.1:0 -WhatIf
        Get-MxServer | Should -BeNullOrEmpty
    }

    It 'stays with -Wait until Ctrl+C, which stops the server' {
        $shell = [powershell]::Create()
        try {
            # One script: several statements are a batch, whose thread may still use the runspace when it is disposed of.
            $null = $shell.AddScript("Import-Module '$(Join-Path $root 'MultiExit.psd1')'; Start-MxServer -Listen mixed://127.0.0.1:0 -Name waiting -Wait -PassThru")
            $output = [Management.Automation.PSDataCollection[psobject]]::new()
            Register-ObjectEvent $output DataAdded -SourceIdentifier MultiExit.Started
            $nothing = [Management.Automation.PSDataCollection[psobject]]::new()
            $nothing.Complete()
            $run = $shell.BeginInvoke($nothing, $output)
            Wait-Event MultiExit.Started -Timeout 20 | Should -Not -BeNullOrEmpty
            $run.IsCompleted | Should -BeFalse
            (Get-MxServer waiting).State | Should -Be 'Running'
            $shell.BeginStop($null, $null).AsyncWaitHandle.WaitOne(20000) | Should -BeTrue
            Get-MxServer waiting* | Should -BeNullOrEmpty
        } finally {
            Unregister-Event MultiExit.Started
            $shell.Dispose()
        }
    }
}

Describe 'Start-MxServer fails with one stable id' {
    AfterEach { Stop-MxServer * }

    It 'when the port is in use' {
        $busy = New-BusyPort
        try {
            $failure = Get-Failure { Start-MxServer -Listen "mixed://$($busy.LocalEndpoint)" }
            $failure.FullyQualifiedErrorId | Should -BeLike 'AddressInUse,*'
            $failure.CategoryInfo.Category | Should -Be 'ResourceBusy'
            $failure.Exception | Should -BeOfType MultiExit.MxException
            $failure.Exception.Message | Should -BeLike "*$($busy.LocalEndpoint)*"
        } finally {
            $busy.Stop()
        }
        Get-MxServer | Should -BeNullOrEmpty
    }

    It 'when one of two listeners cannot be bound; the other one is closed again' {
        $busy = New-BusyPort
        $endpoint = "127.0.0.1:$(Find-FreePort)"
        try {
            $failure = Get-Failure { Start-MxServer -Listen "mixed://$endpoint", "mixed://$($busy.LocalEndpoint)" }
            $failure.FullyQualifiedErrorId | Should -BeLike 'AddressInUse,*'
            { Start-MxServer -Listen "mixed://$endpoint" } | Should -Not -Throw
        } finally {
            $busy.Stop()
        }
    }

    It 'when the address is not on this host' {
        (Get-Failure { Start-MxServer -Listen mixed://192.0.2.1:1080 }).FullyQualifiedErrorId | Should -BeLike 'AddressNotAvailable,*'
    }

    It 'when the file has faults, and names them all' {
        $bad = Join-Path $TestDrive 'bad.yaml'
        Set-Content $bad @'
inbounds:
  - { name: a, type: mixed, listen: "nonsense" }
  - { name: b, type: mixd, listen: "127.0.0.1:0" }
'@
        $failure = Get-Failure { Start-MxServer -Config $bad }
        $failure.FullyQualifiedErrorId | Should -BeLike 'InvalidConfiguration,*'
        $failure.Exception.ConfigErrors.Count | Should -BeGreaterOrEqual 2
        $failure.Exception.ConfigErrors.Line | Should -Be 2, 3
        $failure.Exception.Message | Should -BeLike "*bad.yaml:2:*bad.yaml:3:*"
    }

    It 'when the file is not there' {
        (Get-Failure { Start-MxServer -Config (Join-Path $TestDrive 'none.yaml') }).FullyQualifiedErrorId |
            Should -BeLike 'PathNotFound,*'
    }

    It 'when a URL is nonsense' {
        (Get-Failure { Start-MxServer -Listen 'gopher://127.0.0.1:70' }).FullyQualifiedErrorId | Should -BeLike 'InvalidConfiguration,*'
    }

    It 'when the name is taken' {
        Start-MxServer -Listen mixed://127.0.0.1:0 -Name edge
        (Get-Failure { Start-MxServer -Listen mixed://127.0.0.1:0 -Name EDGE }).FullyQualifiedErrorId | Should -BeLike 'ServerExists,*'
    }

    It 'without the password of a URL in the message' {
        $busy = New-BusyPort
        try {
            $failure = Get-Failure { Start-MxServer -Listen "mixed://bob:hunter2@$($busy.LocalEndpoint)" }
            "$($failure.Exception)" | Should -Not -BeLike '*hunter2*'
        } finally {
            $busy.Stop()
        }
    }
}
