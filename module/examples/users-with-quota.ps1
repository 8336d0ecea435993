# Users with a quota: each has so many bytes a calendar month, and is refused when they are used up.
#   Import-Module MultiExit; ./users-with-quota.ps1
# Writes the user before and after a first request, which uses more than it has, and the test of a second one, which is refused.
param(
    [string] $Target = 'example.com:80',
    [string] $Quota = '20B'
)
$ErrorActionPreference = 'Stop'
$folder = [IO.Directory]::CreateTempSubdirectory('multiexit-example-').FullName
# In a file of your own it is a hash, which New-MxPasswordHash makes, or a file.
$env:EXAMPLE_PASSWORD = [guid]::NewGuid().ToString('n')
$password = [securestring]::new()
foreach ($letter in $env:EXAMPLE_PASSWORD.ToCharArray()) { $password.AppendChar($letter) }
$login = [pscredential]::new('alice', $password)
Set-Content (Join-Path $folder 'users.yaml') @"
name: example-users
users:
  alice: { password: { env: EXAMPLE_PASSWORD }, limits: { quota: $Quota, bandwidth: 10MB/s } }
inbounds:
  - { name: proxy, type: mixed, listen: "127.0.0.1:0", users: all }
limits: { usage_file: usage.json }
"@
try {
    $server = Start-MxServer (Join-Path $folder 'users.yaml') -PassThru
    $proxy = "socks5://$($server.Listeners[0].EndPoint)"
    Get-MxUser alice -Server example-users
    $null = Test-MxTunnel $proxy $Target -Credential $login -Timeout 30s
    # The bytes count when they are through.
    $limit = (Get-Date).AddSeconds(20)
    while (-not ($used = Get-MxUser alice -Server example-users).UsedThisMonth -and (Get-Date) -lt $limit) { Start-Sleep -Milliseconds 50 }
    $used
    Test-MxTunnel $proxy $Target -Credential $login -Timeout 30s
} finally {
    if (Get-MxServer example-users*) { Stop-MxServer example-users }
    Remove-Item $folder -Recurse
    Remove-Item Env:EXAMPLE_PASSWORD
}
