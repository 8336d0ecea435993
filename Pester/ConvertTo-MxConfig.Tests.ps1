BeforeAll {
    . (Join-Path $PSScriptRoot 'common.ps1')
}

Describe 'ConvertTo-MxConfig' {
    It 'makes a configuration of URLs that a server starts from' {
        $file = Join-Path $TestDrive 'edge.yaml'
        ConvertTo-MxConfig -Listen mixed://127.0.0.1:0 -Forward socks5://first.example:1080, http://second.example:3128 | Set-Content $file
        $server = Start-MxServer $file -Name converted -PassThru
        try {
            $server.Listeners[0].Type | Should -Be 'mixed'
            (Get-MxExit -Server converted | Where-Object Type -NE block).Name | Should -Be 'direct', 'hop-1', 'forward'
        } finally {
            Stop-MxServer converted
        }
    }

    It 'makes one of the file of another program' {
        $file = Join-Path $TestDrive 'ss-local.json'
        Set-Content $file '{"server": "192.0.2.1", "server_port": 8388, "local_port": 1080, "password": "p", "method": "aes-256-gcm", "fast_open": true}'
        $text = Get-Item $file | ConvertTo-MxConfig
        $text | Should -Match '# Not carried over: line 1, fast_open: has no counterpart here'
        $made = Join-Path $TestDrive 'made.yaml'
        Set-Content $made $text
        $test = Test-MxConfig $made
        $test.Errors | Should -BeNullOrEmpty
        $test.Dialect | Should -Be 'native'
    }

    It 'says what is wrong with a URL, and no secret' {
        $failure = Get-Failure { ConvertTo-MxConfig -Listen 'relay+tls://u:Zq7secret@:443' -ErrorAction Stop }
        $failure.FullyQualifiedErrorId | Should -BeLike 'InvalidConfiguration,*'
        "$failure" | Should -Match "gost's relay"
        "$($failure.Exception) $($failure.TargetObject)" | Should -Not -Match 'Zq7secret'
    }

    It 'fails for a file that is not there' {
        (Get-Failure { ConvertTo-MxConfig (Join-Path $TestDrive 'none.json') -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'PathNotFound,*'
    }
}
