# An ECH tunnel pair: the tunnel is a WebSocket over TLS whose server name is encrypted.
#   Import-Module MultiExit; ./ech-tunnel-pair.ps1
# Both ends are on this host here, and the client has the ECH config from a file; `ech: { doh: URL }` finds it in the DNS. Writes the test of a
# request that went through, and the tunnel's exit.
param(
    [string] $Target = 'example.com:80'
)
$ErrorActionPreference = 'Stop'
$folder = [IO.Directory]::CreateTempSubdirectory('multiexit-example-').FullName
$certificate = New-MxCertificate hub.example -CertificatePath (Join-Path $folder 'cert.pem') -KeyPath (Join-Path $folder 'key.pem')
$ech = New-MxEchKey hub.example (Join-Path $folder 'ech.pem') -Name tunnel.example
Set-Content (Join-Path $folder 'server.yaml') @'
name: example-ech-server
inbounds:
  - name: ech
    type: ech-tunnel
    listen: "127.0.0.1:0"
    path: /tunnel
    token: a-secret-of-both
    tls: { cert: cert.pem, key: key.pem, ech: { key: ech.pem } }
'@
try {
    $server = Start-MxServer (Join-Path $folder 'server.yaml') -PassThru
    Set-Content (Join-Path $folder 'client.yaml') @"
name: example-ech-client
inbounds:
  - { name: proxy, type: mixed, listen: "127.0.0.1:0" }
exits:
  - name: far
    type: ech-tunnel
    server: "wss://tunnel.example:$($server.Listeners[0].EndPoint.Port)/tunnel"
    addresses: [127.0.0.1]
    token: a-secret-of-both
    tls: { pin: "$($certificate.Fingerprint)" }
    ech: { config: "$($ech.ConfigList)" }
default: far
"@
    $client = Start-MxServer (Join-Path $folder 'client.yaml') -PassThru
    Test-MxTunnel "socks5://$($client.Listeners[0].EndPoint)" $Target -Timeout 30s
    Get-MxExit far -Server example-ech-client
} finally {
    foreach ($name in 'example-ech-client', 'example-ech-server') { if (Get-MxServer "$name*") { Stop-MxServer $name } }
    Remove-Item $folder -Recurse
}
