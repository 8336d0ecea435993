BeforeAll {
    . (Join-Path $PSScriptRoot 'common.ps1')
    $target = Start-HttpTarget
}

AfterAll { Stop-HttpTarget $target }

Describe 'Start-MxClient' {
    AfterEach { Stop-MxServer * }

    It 'sends everything through the upstream' {
        $upstream = Start-MxServer -Listen socks5://127.0.0.1:0 -Name upstream -PassThru
        $client = Start-MxClient -Listen http://127.0.0.1:0 -Forward "socks5://$($upstream.Listeners[0].EndPoint)" -Name front -PassThru
        Invoke-Curl -x "http://$($client.Listeners[0].EndPoint)" "http://127.0.0.1:$($target.Port)/" | Should -Be 'hello from the target'
        (Get-MxServer upstream).TotalSessions | Should -Be 1
    }

    It 'shares the names with servers' {
        Start-MxClient -Listen mixed://127.0.0.1:0 -Name edge
        (Get-Failure { Start-MxServer -Listen mixed://127.0.0.1:0 -Name edge }).FullyQualifiedErrorId | Should -BeLike 'ServerExists,*'
    }

    It 'does nothing with -WhatIf' {
        Start-MxClient -Listen mixed://127.0.0.1:0 -WhatIf
        Get-MxServer | Should -BeNullOrEmpty
    }
}
