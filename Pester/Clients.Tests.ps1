# Clients that are no part of this project, through a server of the module.
BeforeDiscovery {
    $pysocks = 'python3', '/usr/bin/python3' | Where-Object { Get-Command $_ -ErrorAction Ignore } |
        Where-Object { & $_ -c 'import socks' 2>$null; $LASTEXITCODE -eq 0 } | Select-Object -First 1
    $pythonCases = @(@{ Python = $pysocks })
}

BeforeAll {
    . (Join-Path $PSScriptRoot 'common.ps1')
    $target = Start-HttpTarget
    $url = "http://127.0.0.1:$($target.Port)/"
    $config = Join-Path $TestDrive 'users.yaml'
    Set-Content $config @'
name: users
inbounds:
  - { name: staff, type: mixed, listen: "127.0.0.1:0", users: { alice: { password: "w@nder:land" } } }
'@
    $port = (Start-MxServer $config -PassThru).Listeners[0].EndPoint.Port
}

AfterAll {
    Stop-MxServer *
    Stop-HttpTarget $target
}

Describe 'curl' {
    It 'authenticates over <_>' -ForEach 'socks5h', 'socks5', 'http' {
        Invoke-Curl -x "${_}://127.0.0.1:$port" -U 'alice:w@nder:land' $url | Should -Be 'hello from the target'
    }

    It 'is refused over HTTP without the password' {
        Invoke-Curl -x "http://127.0.0.1:$port" --output '/dev/null' --write-out '%{http_code}' $url | Should -Be '407'
    }

    It 'tunnels with CONNECT' {
        Invoke-Curl -x "http://127.0.0.1:$port" -p -U 'alice:w@nder:land' $url | Should -Be 'hello from the target'
    }

    It 'resolves names at the server' {
        Invoke-Curl -x "socks5h://127.0.0.1:$port" -U 'alice:w@nder:land' "http://localhost:$($target.Port)/" | Should -Be 'hello from the target'
    }

    It 'comes in over IPv6' {
        $address = [Net.NetworkInformation.NetworkInterface]::GetAllNetworkInterfaces() |
            ForEach-Object { $_.GetIPProperties().UnicastAddresses } | ForEach-Object Address |
            Where-Object { $_.AddressFamily -eq 'InterNetworkV6' -and -not $_.IsIPv6LinkLocal } |
            Sort-Object { "$_" -ne '::1' } | Select-Object -First 1
        if (-not $address) {
            Set-ItResult -Skipped -Because 'this host has no IPv6 address'
            return
        }
        $six = Join-Path $TestDrive 'six.yaml'
        Set-Content $six "inbounds: [{ name: six, type: mixed, listen: '[$address]:0', private_destinations: allow }]"
        $endpoint = (Start-MxServer $six -Name six -PassThru).Listeners[0].EndPoint
        "$endpoint" | Should -BeLike '`[*`]:*'
        Invoke-Curl -x "socks5h://$endpoint" $url | Should -Be 'hello from the target'
    }
}

Describe 'PySocks' {
    It 'connects with a password and a name' -ForEach $pythonCases {
        if (-not $Python) {
            Set-ItResult -Skipped -Because 'there is no Python with PySocks (Debian: python3-socks)'
            return
        }
        $script = @'
import socks, sys
s = socks.socksocket()
s.settimeout(20)
s.set_proxy(socks.SOCKS5, "127.0.0.1", int(sys.argv[1]), rdns=True, username="alice", password="w@nder:land")
s.connect(("localhost", int(sys.argv[2])))
s.sendall(b"GET / HTTP/1.0\r\n\r\n")
data = b""
while True:
    part = s.recv(4096)
    if not part:
        break
    data += part
print(data.decode().split("\r\n\r\n")[1])
'@
        $script | & $Python - $port $target.Port | Should -Be 'hello from the target'
    }
}
