# A tunnel pair: a local proxy whose connections go through an encrypted tunnel and leave at its other end.
#   Import-Module MultiExit; ./tunnel-pair.ps1
# Both ends are on this host here. Writes the test of a request that went through, and the tunnel's exit.
param(
    [string] $Target = 'example.com:80'
)
$ErrorActionPreference = 'Stop'
$folder = [IO.Directory]::CreateTempSubdirectory('multiexit-example-').FullName
$null = New-MxKey (Join-Path $folder 'tunnel.key')
Set-Content (Join-Path $folder 'hub.yaml') @'
name: example-hub
inbounds:
  - { name: tunnel, type: tunnel, listen: "127.0.0.1:0", tls: { self_signed: true }, key: { file: tunnel.key } }
'@
try {
    $hub = Start-MxServer (Join-Path $folder 'hub.yaml') -PassThru
    Set-Content (Join-Path $folder 'desk.yaml') @"
name: example-desk
inbounds:
  - { name: local, type: mixed, listen: "127.0.0.1:0" }
exits:
  - { name: hub, type: tunnel, server: "$($hub.Listeners[0].EndPoint)", sni: www.example.com, key: { file: tunnel.key } }
default: hub
"@
    $desk = Start-MxServer (Join-Path $folder 'desk.yaml') -PassThru
    Test-MxTunnel "socks5://$($desk.Listeners[0].EndPoint)" $Target -Timeout 30s
    Get-MxExit hub -Server example-desk
} finally {
    foreach ($name in 'example-desk', 'example-hub') { if (Get-MxServer "$name*") { Stop-MxServer $name } }
    Remove-Item $folder -Recurse
}
