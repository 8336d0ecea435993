# Who left from this address and port: a server keeps a record of each session, and a search finds it.
#   Import-Module MultiExit; ./records-search.ps1
# Makes a request, then finds its record by the user, and by the source address and port that the target saw.
param(
    [string] $Target = 'example.com:80'
)
$ErrorActionPreference = 'Stop'
$folder = [IO.Directory]::CreateTempSubdirectory('multiexit-example-').FullName
# In a file of your own it is a hash, which New-MxPasswordHash makes, or a file.
$env:EXAMPLE_PASSWORD = [guid]::NewGuid().ToString('n')
$password = [securestring]::new()
foreach ($letter in $env:EXAMPLE_PASSWORD.ToCharArray()) { $password.AppendChar($letter) }
Set-Content (Join-Path $folder 'records.yaml') @"
name: example-records
inbounds:
  - { name: proxy, type: mixed, listen: "127.0.0.1:0", users: { alice: { password: { env: EXAMPLE_PASSWORD } } } }
records: { path: records.db, keep: 90d, max_size: 2GiB }
"@
try {
    $server = Start-MxServer (Join-Path $folder 'records.yaml') -PassThru
    $null = Test-MxTunnel "socks5://$($server.Listeners[0].EndPoint)" $Target -Credential ([pscredential]::new('alice', $password)) -Timeout 30s
    # The record is there when the session has ended.
    $limit = (Get-Date).AddSeconds(20)
    while (-not ($record = Find-MxSession example-records -User alice) -and (Get-Date) -lt $limit) { Start-Sleep -Milliseconds 50 }
    $record
    Find-MxSession example-records -Source "$($record.Source)" -At $record.Started
} finally {
    if (Get-MxServer example-records*) { Stop-MxServer example-records }
    Remove-Item $folder -Recurse
    Remove-Item Env:EXAMPLE_PASSWORD
}
