BeforeAll {
    . (Join-Path $PSScriptRoot 'common.ps1')
    $target = Start-HttpTarget
}

AfterAll { Stop-HttpTarget $target }

Describe 'ECH tunnel from parameters' {
    AfterEach { Stop-MxServer * }

    It 'carries a request from proxy to server, wss, with the certificate pinned' {
        $certificate = New-MxCertificate -Name localhost -CertificatePath (Join-Path $TestDrive "cert.pem") -KeyPath (Join-Path $TestDrive 'key.pem')
        $server = Start-MxServer -Listen wss://127.0.0.1:0/tunnel -Token mytoken -Cidr 127.0.0.0/8 -Cert $certificate.CertificatePath -Key $certificate.KeyPath -Name server -PassThru
        $server.Listeners[0].Type | Should -Be 'ech-tunnel'
        $url = "wss://$($server.Listeners[0].EndPoint)/tunnel?pin=$($certificate.Fingerprint)"
        $client = Start-MxClient -Listen proxy://user:pass@127.0.0.1:0 -Forward $url -Token mytoken -Carriers 2 -Address 127.0.0.1 -Name client -PassThru
        $proxy = $client.Listeners[0].EndPoint
        Invoke-Curl -x "http://user:pass@$proxy" "http://127.0.0.1:$($target.Port)/" | Should -Be 'hello from the target'
        Invoke-Curl -x "socks5h://user:pass@$proxy" "http://127.0.0.1:$($target.Port)/" | Should -Be 'hello from the target'
        (Get-MxServer server).TotalSessions | Should -Be 2
    }

    It 'forwards several ports and refuses a wrong token' {
        $server = Start-MxServer -Listen ws://127.0.0.1:0/tunnel -Token mytoken -Name server -PassThru
        $url = "ws://$($server.Listeners[0].EndPoint)/tunnel"
        $to = "127.0.0.1:$($target.Port)"
        $client = Start-MxClient -Listen "tcp://127.0.0.1:0/$to,127.0.0.1:0/$to" -Forward $url -Token mytoken -Name client -PassThru
        foreach ($listener in $client.Listeners) { Invoke-Curl "http://$($listener.EndPoint)/" | Should -Be 'hello from the target' }
        $other = Start-MxClient -Listen http://127.0.0.1:0 -Forward $url -Token another -Name other -PassThru
        Invoke-Curl -o ([IO.Path]::DirectorySeparatorChar -eq '/' ? '/dev/null' : 'NUL') -w '%{http_code}' -x "http://$($other.Listeners[0].EndPoint)" "http://$to/" | Should -Be '502'
    }

    It 'refuses a parameter that no URL has a use for' {
        (Get-Failure { Start-MxServer -Listen proxy://127.0.0.1:0 -Cidr 10.0.0.0/8 }).Exception.Message | Should -BeLike '*cidr: is for clients to come in*'
        (Get-Failure { Start-MxClient -Listen proxy://127.0.0.1:0 -Carriers 3 }).Exception.Message | Should -BeLike '*n: is for a server to go through*'
    }

    # In a process of its own: .NET reads only once which CAs it trusts.
    It 'gets the ECH config from a resolver' -Skip:(-not ((Test-Path /usr/sbin/named) -and (Get-Command tstclnt -ErrorAction Ignore))) {
        $made = New-MxEchKey hub.example (Join-Path $TestDrive 'ech.pem') -Name www.example
        $dns = New-MxCertificate 127.0.0.1 -CertificatePath (Join-Path $TestDrive 'dns.pem') -KeyPath (Join-Path $TestDrive 'dns.key')
        $certificate = New-MxCertificate hub.example -CertificatePath (Join-Path $TestDrive 'hub.pem') -KeyPath (Join-Path $TestDrive 'hub.key')
        Set-Content (Join-Path $TestDrive 'server.yaml') @"
inbounds:
  - name: edge
    type: ech-tunnel
    listen: "127.0.0.1:0"
    path: /tunnel
    token: mytoken
    tls: { cert: hub.pem, key: hub.key, ech: { key: ech.pem } }
"@
        $server = Start-MxServer (Join-Path $TestDrive 'server.yaml') -Name server -PassThru
        $named = Start-Named $dns $made.DnsRecord
        try {
            $url = "wss://hidden.example:$($server.Listeners[0].EndPoint.Port)/tunnel?pin=$($certificate.Fingerprint)"
            $env:SSL_CERT_FILE = $dns.CertificatePath
            $answer = Invoke-Child @"
Import-Module '$root/MultiExit.psd1'
`$client = Start-MxClient -Listen proxy://127.0.0.1:0 -Forward '$url' -Token mytoken -Address 127.0.0.1 -Ech -Doh https://127.0.0.1:$($named.Port)/dns-query -EchName www.example -PassThru
curl --silent --show-error --max-time 60 -x "socks5h://`$(`$client.Listeners[0].EndPoint)" 'http://127.0.0.1:$($target.Port)/'
Stop-MxServer *
"@
            $answer | Should -Be 'hello from the target'
            (Get-MxServer server).TotalSessions | Should -Be 1
        } finally {
            Remove-Item env:SSL_CERT_FILE
            Stop-Named $named
        }
    }
}
