# Egress for an allow-list: clients reach the sites of a list, and nothing else.
#   Import-Module MultiExit; ./egress-allow-list.ps1
# Writes what became of a request to a site of the list and of one to another site.
param(
    [string] $Allowed = 'example.com:80',
    [string] $Other = 'example.org:80'
)
$ErrorActionPreference = 'Stop'
$folder = [IO.Directory]::CreateTempSubdirectory('multiexit-example-').FullName
Set-Content (Join-Path $folder 'sites.txt') ($Allowed -replace ':\d+$')
Set-Content (Join-Path $folder 'egress.yaml') @'
name: example-egress
inbounds:
  - { name: proxy, type: mixed, listen: "127.0.0.1:0" }
sets:
  sites: { file: sites.txt }
routes:
  - { sets: [sites], exit: direct }
default: block
'@
try {
    $server = Start-MxServer (Join-Path $folder 'egress.yaml') -PassThru
    $proxy = "socks5://$($server.Listeners[0].EndPoint)"
    Test-MxTunnel $proxy $Allowed -Timeout 30s
    Test-MxTunnel $proxy $Other -Timeout 30s
} finally {
    if (Get-MxServer example-egress*) { Stop-MxServer example-egress }
    Remove-Item $folder -Recurse
}
