BeforeAll {
    . (Join-Path $PSScriptRoot 'common.ps1')
    $file = Join-Path $TestDrive 'edge.yaml'
    Set-Content $file @'
inbounds:
  - { name: in, type: socks5, listen: "127.0.0.1:0", users: { alice: { password: won/der } } }
  - name: ss-in
    type: shadowsocks
    listen: "127.0.0.1:0"
    method: 2022-blake3-aes-128-gcm
    password: AAECAwQFBgcICQoLDA0ODw==
    udp: false
    users: { alice: { psks: { phone: EBESExQVFhcYGRobHB0eHw== } } }
exits:
  - { name: ss, type: shadowsocks, server: "ss.example:8388", method: aes-256-gcm, password: s3cret }
  - { name: corp, type: http, server: "proxy.example:3128", username: u, password: p }
'@
}

Describe 'ConvertTo-MxUrl' {
    It 'writes the URLs of the exits of a server of this session' {
        Start-MxServer $file -Name shared
        try {
            $urls = Get-MxExit ss, corp -Server shared | ConvertTo-MxUrl
            $urls | Should -Be 'ss://YWVzLTI1Ni1nY206czNjcmV0@ss.example:8388#ss', 'http://u:p@proxy.example:3128'
            $port = (Get-MxServer shared).Listeners[0].EndPoint.Port
            ConvertTo-MxUrl -Inbound in -User alice -HostName proxy.example | Should -Be "socks5://alice:won%2Fder@proxy.example:$port"
        } finally {
            Stop-MxServer shared
        }
    }

    It 'reads a file in place of a server' {
        ConvertTo-MxUrl corp -Config $file | Should -Be 'http://u:p@proxy.example:3128'
        ConvertTo-MxUrl -Inbound in -User alice -HostName 2001:db8::1 -Port 1080 -Config $file | Should -Be 'socks5://alice:won%2Fder@[2001:db8::1]:1080'
    }

    It 'writes the URL of a user of a shadowsocks inbound, and its QR code' {
        $url = @{ Inbound = 'ss-in'; User = 'alice'; HostName = 'proxy.example'; Port = 8388; Config = $file }
        ConvertTo-MxUrl @url |
            Should -Be 'ss://2022-blake3-aes-128-gcm:AAECAwQFBgcICQoLDA0ODw%3D%3D%3AEBESExQVFhcYGRobHB0eHw%3D%3D@proxy.example:8388'
        ConvertTo-MxUrl @url -QrCode | Should -Match '^[\u2588\u2580\u2584 \n]+$'
        $url.Remove('User')
        (Get-Failure { ConvertTo-MxUrl @url -ErrorAction Stop }).Exception.Message | Should -BeLike '*name one of its users*'
    }

    It 'writes a QR code that a terminal shows' {
        $code = ConvertTo-MxUrl ss -Config $file -QrCode
        $lines = $code -split "`n"
        $lines[0].Length | Should -BeLessOrEqual 80
        $lines.Length | Should -Be ([Math]::Ceiling($lines[0].Length / 2))
        $code | Should -Match '^[\u2588\u2580\u2584 \n]+$'
    }

    It 'fails with <Id>' -ForEach @(
        @{ Id = 'ExitNotFound'; More = @{ Name = 'none' } }
        @{ Id = 'InboundNotFound'; More = @{ Inbound = 'none'; HostName = 'h' } }
        @{ Id = 'NoUrl'; More = @{ Inbound = 'in'; HostName = 'h'; Port = 1 } }
        @{ Id = 'PathNotFound'; More = @{ Name = 'ss'; Config = '/nonexistent/x.yaml' } }
    ) {
        $parameters = $More.Clone()
        if (-not $More.Config) { $parameters.Config = $file }
        (Get-Failure { ConvertTo-MxUrl @parameters -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike "$Id,*"
    }

    It 'does not ask a control socket for secrets' {
        (Get-Failure { ConvertTo-MxUrl ss -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'ServerNotFound,*'
    }
}
