BeforeAll {
    . (Join-Path $PSScriptRoot 'common.ps1')
}

Describe 'New-MxEchKey' {
    It 'writes the key for the owner alone, the public config, and the DNS record' {
        $made = New-MxEchKey hub.example (Join-Path $TestDrive 'a.pem') -Name www.example, '_8443._https.www.example.' -ConfigId 7
        if (-not $IsWindows) { (Get-Item $made.Path).UnixMode | Should -Be '-rw-------' }
        Get-Content $made.Path | Should -Contain '-----BEGIN PRIVATE KEY-----'
        Get-Content $made.ConfigPath | Should -Contain '-----BEGIN ECHCONFIG-----'
        Get-Content $made.ConfigPath | Should -Not -Contain '-----BEGIN PRIVATE KEY-----'
        $made.DnsRecord | Should -Be @(
            "www.example. HTTPS 1 . ech=`"$($made.ConfigList)`"", "_8443._https.www.example. HTTPS 1 . ech=`"$($made.ConfigList)`"")
        $made.ConfigPath | Should -Be (Join-Path $TestDrive 'a.config.pem')
        $config = Get-MxEchConfig -LiteralPath $made.ConfigPath
        $config.Usable | Should -BeTrue
        $config.PublicName, $config.ConfigId, "$($config.CipherSuites)" | Should -Be 'hub.example', 7, 'HKDF-SHA256/AES-128-GCM'
        $config.ConfigList | Should -Be $made.ConfigList
    }

    It 'keeps earlier keys with -Keep, the new one first' {
        $file = Join-Path $TestDrive 'b.pem'
        $first = New-MxEchKey hub.example $file
        $second = New-MxEchKey hub.example $file -Keep 1
        $third = New-MxEchKey hub.example $file -Keep 1
        (Get-Content $file -Raw).Split('-----BEGIN ECHCONFIG-----').Count | Should -Be 3
        (Get-MxEchConfig -Path $file).ConfigList | Should -Be $third.ConfigList
        $second.ConfigList | Should -Not -Be $first.ConfigList
        if (-not $IsWindows) { (Get-Item $file).UnixMode | Should -Be '-rw-------' }
        (Get-Failure { New-MxEchKey hub.example $file -Keep 1 -ConfigId $third.ConfigId }).FullyQualifiedErrorId | Should -BeLike 'InvalidConfiguration,*'
    }

    It 'refuses what clients would not take' {
        foreach ($name in '192.0.2.1', 'hub.example.', 'a b') {
            (Get-Failure { New-MxEchKey $name (Join-Path $TestDrive 'c.pem') }).FullyQualifiedErrorId | Should -BeLike 'PublicNameInvalid,*'
        }
    }

    It 'replaces files with -Force only, and never one by the other' {
        $file = Join-Path $TestDrive 'd.pem'
        $null = New-MxEchKey hub.example $file
        (Get-Failure { New-MxEchKey hub.example $file }).FullyQualifiedErrorId | Should -BeLike 'FileExists,*'
        $null = New-MxEchKey hub.example $file -Force
        (Get-Failure { New-MxEchKey hub.example $file -ConfigPath $file -Force }).FullyQualifiedErrorId | Should -BeLike 'FileGivenTwice,*'
        Set-Content $file 'no key'
        (Get-Failure { New-MxEchKey hub.example $file -Keep 1 }).FullyQualifiedErrorId | Should -BeLike 'CertificateUnreadable,*'
    }

    It 'does nothing with -WhatIf' {
        New-MxEchKey hub.example (Join-Path $TestDrive 'e.pem') -WhatIf
        Get-ChildItem $TestDrive -Filter 'e.*' | Should -BeNullOrEmpty
    }
}
