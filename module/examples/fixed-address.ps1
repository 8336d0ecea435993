# A CI job behind a fixed address: the job goes out by a server that partners know, with a token of its own, to the partner alone.
#   Import-Module MultiExit; ./fixed-address.ps1 -Address 198.51.100.10 -Service http://address.example/
# The service answers with the address that it was asked from. Writes that address, and the record of the job's session.
param(
    [Parameter(Mandatory)] [ipaddress] $Address,
    [Parameter(Mandatory)] [uri] $Service
)
$ErrorActionPreference = 'Stop'
$folder = [IO.Directory]::CreateTempSubdirectory('multiexit-example-').FullName
$token = [guid]::NewGuid().ToString('n')
Set-Content (Join-Path $folder 'fixed.yaml') @"
name: example-fixed
users:
  build: { tokens: { main: $token }, groups: [jobs] }
inbounds:
  - { name: jobs, type: ech-tunnel, listen: "127.0.0.1:0", path: /tunnel, users: [build] }
exits:
  - { name: known, type: direct, address: "$Address" }
routes:
  - { groups: [jobs], exit: known }
default: block
records: { path: records.db }
"@
try {
    $server = Start-MxServer (Join-Path $folder 'fixed.yaml') -PassThru
    # The job's own end; on the machine of the job it is all that runs.
    $job = Start-MxClient -Listen mixed://127.0.0.1:0 -Forward "ws://$($server.Listeners[0].EndPoint)/tunnel" -Token $token -Name example-job -PassThru
    $request = "GET $($Service.PathAndQuery) HTTP/1.1`r`nHost: $($Service.Authority)`r`nConnection: close`r`n`r`n"
    $test = $request | Test-MxTunnel "http://$($job.Listeners[0].EndPoint)" "$($Service.Host):$($Service.Port)" -Timeout 30s
    ($test.Response -split '\r?\n\r?\n', 2)[-1]
    $limit = (Get-Date).AddSeconds(20)
    while (-not ($record = Find-MxSession example-fixed -User build) -and (Get-Date) -lt $limit) { Start-Sleep -Milliseconds 50 }
    $record
} finally {
    foreach ($name in 'example-job', 'example-fixed') { if (Get-MxServer "$name*") { Stop-MxServer $name } }
    Remove-Item $folder -Recurse
}
