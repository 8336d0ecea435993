# Two uplinks with fail-over: everything leaves by the first, and by the second while the first is out of use.
#   Import-Module MultiExit; ./two-uplinks.ps1 -First 198.51.100.10 -Second 203.0.113.20 -Service http://address.example/
# The service answers with the address that it was asked from. Writes the address that it saw before, during and after the outage.
param(
    [Parameter(Mandatory)] [ipaddress] $First,
    [Parameter(Mandatory)] [ipaddress] $Second,
    [Parameter(Mandatory)] [uri] $Service
)
$ErrorActionPreference = 'Stop'
$folder = [IO.Directory]::CreateTempSubdirectory('multiexit-example-').FullName
Set-Content (Join-Path $folder 'uplinks.yaml') @"
name: example-uplinks
inbounds:
  - { name: proxy, type: mixed, listen: "127.0.0.1:0" }
exits:
  - { name: first, type: direct, address: "$First" }
  - { name: second, type: direct, address: "$Second" }
groups:
  - { name: out, strategy: failover, exits: [first, second], retries: 1 }
default: out
"@
try {
    Start-MxServer (Join-Path $folder 'uplinks.yaml')
    Test-MxExit out -ExternalAddress $Service | ForEach-Object ExternalAddress
    # An operator takes the first one out; with `health` the server finds out by itself.
    Disable-MxExit first
    Test-MxExit out -ExternalAddress $Service | ForEach-Object ExternalAddress
    Enable-MxExit first
    Test-MxExit out -ExternalAddress $Service | ForEach-Object ExternalAddress
} finally {
    if (Get-MxServer example-uplinks*) { Stop-MxServer example-uplinks }
    Remove-Item $folder -Recurse
}
