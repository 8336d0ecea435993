# Exits that come and go: a pool that takes proxies while its server runs.
#   Import-Module MultiExit; ./publish-exits.ps1 socks5://192.0.2.1:1080
# Writes the exit as it is published, the test of a request that went through it, and the group when the exit has been taken out again.
param(
    [Parameter(Mandatory)] [string] $Proxy,
    [string] $Target = 'example.com:80'
)
$ErrorActionPreference = 'Stop'
$folder = [IO.Directory]::CreateTempSubdirectory('multiexit-example-').FullName
Set-Content (Join-Path $folder 'pool.yaml') @'
name: example-pool
inbounds:
  - { name: proxy, type: mixed, listen: "127.0.0.1:0" }
groups:
  - { name: pool, publish: { max: 100, expires: 10m } }
default: pool
'@
try {
    $server = Start-MxServer (Join-Path $folder 'pool.yaml') -PassThru
    # Whoever has the proxy publishes it again before its time is over.
    Publish-MxExit pool $Proxy -Name first -Expires 5m -On example-pool
    Test-MxTunnel "socks5://$($server.Listeners[0].EndPoint)" $Target -Timeout 30s
    Unpublish-MxExit pool first
    Get-MxGroup pool
} finally {
    if (Get-MxServer example-pool*) { Stop-MxServer example-pool }
    Remove-Item $folder -Recurse
}
