BeforeAll {
    . (Join-Path $PSScriptRoot 'common.ps1')
}

Describe 'Get-MxEchConfig' {
    It 'explains each config of a list' {
        # The example of RFC 9934 behind one of another version.
        $list = [Convert]::FromBase64String('AD7+DQA65wAgACA8wVN2BtscOl3vQheUzHeIkVmKIiydUhDCliA4iyQRCwAEAAEAAQALZXhhbXBsZS5jb20AAA==')
        $both = [Convert]::ToBase64String([byte[]](@(0, ($list.Length - 2 + 4), 0xfe, 0x0a, 0, 0) + $list[2..($list.Length - 1)]))
        $configs = Get-MxEchConfig -Base64 "ech=`"$both`""
        $configs.Usable | Should -Be $false, $true
        $configs[0].Explanation | Should -Be 'not usable: it has the version fe0a, and only fe0d is known'
        $configs[1].Explanation | Should -Be 'usable: everybody sees the name example.com, the server''s own name is encrypted (HKDF-SHA256/AES-128-GCM)'
        $configs[1].ConfigList | Should -Be ([Convert]::ToBase64String($list))
    }

    It 'takes what New-MxEchKey made' {
        $made = New-MxEchKey hub.example (Join-Path $TestDrive 'a.pem')
        ($made | Get-MxEchConfig).PublicName | Should -Be 'hub.example'
        (Get-MxEchConfig -Path (Join-Path $TestDrive '*.pem')).Source | Should -HaveCount 2
    }

    It 'warns when no config can be used' {
        $null = Get-MxEchConfig -Base64 'AAT+CgAA' -WarningVariable warnings -WarningAction SilentlyContinue
        $warnings | Should -Be 'base64: no client can use any of these configs.'
    }

    It 'names what is wrong' {
        (Get-Failure { Get-MxEchConfig -Base64 'AAT+' }).FullyQualifiedErrorId | Should -BeLike 'EchConfigInvalid,*'
        (Get-Failure { Get-MxEchConfig -Path (Join-Path $TestDrive 'none') }).FullyQualifiedErrorId | Should -BeLike 'PathNotFound,*'
        (Get-Failure { Get-MxEchConfig 'a b' }).FullyQualifiedErrorId | Should -BeLike 'InvalidConfiguration,*'
        $closed = New-ClosedPort
        $port = $closed.LocalEndPoint.Port
        $failure = Get-Failure { Get-MxEchConfig www.example -Doh "https://dns.example:$port/dns-query" -Bootstrap 127.0.0.1 }
        $closed.Dispose()
        $failure.FullyQualifiedErrorId | Should -BeLike 'DohUnreachable,*'
        $failure.Exception.Message | Should -Be "the resolver https://dns.example:$port/dns-query cannot be reached: Connection refused."
        $failure.TargetObject | Should -Be 'www.example'
    }

    It 'shows the record of a resolver' -Skip:(-not (Test-Path /usr/sbin/named)) {
        $made = New-MxEchKey hub.example (Join-Path $TestDrive 'b.pem') -Name www.example
        $certificate = New-MxCertificate dns.test $TestDrive
        $named = Start-Named $certificate @"
$($made.DnsRecord.Replace(' . ', ' . alpn=h2 ipv4hint=192.0.2.1 '))
plain HTTPS 1 . alpn=h2
none A 192.0.2.1
"@
        try {
            $doh = @{ Doh = "https://dns.test:$($named.Port)/dns-query"; Bootstrap = '127.0.0.1'; CaPath = $certificate.CertificatePath }
            $config = 'www.example' | Get-MxEchConfig @doh
            $config.ConfigList | Should -Be $made.ConfigList
            $config.Alpn, "$($config.Ipv4Hint)", $config.Usable | Should -Be 'h2', '192.0.2.1', $true
            $config.TimeToLive.TotalSeconds | Should -BeGreaterThan 0
            $config.TimeToLive.TotalSeconds | Should -BeLessOrEqual 60
            (Get-Failure { Get-MxEchConfig plain.example @doh }).FullyQualifiedErrorId | Should -BeLike 'NoEchParameter,*'
            (Get-Failure { Get-MxEchConfig none.example @doh }).FullyQualifiedErrorId | Should -BeLike 'NoHttpsRecord,*'
            (Get-Failure { Get-MxEchConfig gone.example @doh }).FullyQualifiedErrorId | Should -BeLike 'NameNotFound,*'
        } finally {
            Stop-Named $named
        }
    }
}
