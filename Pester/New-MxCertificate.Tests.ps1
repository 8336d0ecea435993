BeforeAll {
    . (Join-Path $PSScriptRoot 'common.ps1')
}

Describe 'New-MxCertificate' {
    It 'writes a certificate for the names, its key for the owner alone, and the pin' {
        $made = New-MxCertificate hub.example, 127.0.0.1 -Path $TestDrive -Days 10
        $certificate = [Security.Cryptography.X509Certificates.X509Certificate2]::CreateFromPemFile($made.CertificatePath, $made.KeyPath)
        $made.Fingerprint | Should -Be "sha256:$($certificate.GetCertHashString('SHA256'))"
        $certificate.MatchesHostname('hub.example') | Should -BeTrue
        $certificate.MatchesHostname('127.0.0.1') | Should -BeTrue
        ($made.NotAfter - [DateTimeOffset]::Now).TotalDays | Should -BeGreaterThan 9.9
        if (-not $IsWindows) { (Get-Item $made.KeyPath).UnixMode | Should -Be '-rw-------' }
    }

    It 'serves a listener with TLS' {
        $made = New-MxCertificate localhost, 127.0.0.1 -CertificatePath (Join-Path $TestDrive 'a.pem') -KeyPath (Join-Path $TestDrive 'a.key')
        $target = Start-HttpTarget
        try {
            $server = Start-MxServer -Listen "https://127.0.0.1:0?cert=$($made.CertificatePath)&cert-key=$($made.KeyPath)" -PassThru
            Invoke-Curl --proxy-cacert $made.CertificatePath -x "https://$($server.Listeners[0].EndPoint)" "http://127.0.0.1:$($target.Port)/" |
                Should -Be 'hello from the target'
        } finally {
            Stop-MxServer *
            Stop-HttpTarget $target
        }
    }

    It 'replaces files with -Force only' {
        $null = New-MxCertificate a.example $TestDrive -Force
        (Get-Failure { New-MxCertificate a.example $TestDrive }).FullyQualifiedErrorId | Should -BeLike 'FileExists,*'
    }

    It 'does nothing with -WhatIf' {
        New-MxCertificate a.example -CertificatePath (Join-Path $TestDrive 'b.pem') -KeyPath (Join-Path $TestDrive 'b.key') -WhatIf
        Get-ChildItem $TestDrive -Filter 'b.*' | Should -BeNullOrEmpty
    }
}
