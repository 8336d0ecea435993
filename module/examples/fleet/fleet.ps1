# A fleet on one machine: three nodes, and a PostgreSQL with a data folder of its own on a Unix socket, which ends for a moment.
#   Import-Module MultiExit; ./fleet.ps1
# Needs PostgreSQL 15 or later (Debian: apt install postgresql); its service is not used. Writes the nodes, what each of them sees of the exit, the
# test of a request while the store is away, and what a node says of the store then and afterwards. With -Wait it goes on until Enter is pressed, and
# says with which -Socket another PowerShell of the same user sees the nodes: Get-MxNode, Get-MxSession -Fleet example and others can be tried there.
# The nodes use the role that owns the tables; docs/fleet.md has what a role of its own needs.
param(
    [string] $Target = 'example.com:80',
    [string] $Programs = (Get-ChildItem /usr/lib/postgresql/*/bin/initdb -ErrorAction Ignore | Select-Object -Last 1).DirectoryName,
    [switch] $Wait
)
$ErrorActionPreference = 'Stop'
if (-not $Programs) { throw 'PostgreSQL is not installed; -Programs names the folder of initdb and postgres' }
$folder = [IO.Directory]::CreateTempSubdirectory('multiexit-example-').FullName
$data = Join-Path $folder data
# PostgreSQL does not run as root.
$as = if ((id -u) -eq 0) { 'setpriv', '--reuid=postgres', '--regid=postgres', '--init-groups' } else { 'env' }

function Invoke-Postgres([string] $Program, [string[]] $Arguments) {
    $said = & $as[0] @($as | Select-Object -Skip 1) (Join-Path $Programs $Program) @Arguments 2>&1
    if ($LASTEXITCODE -ne 0) { throw "${Program}: $said" }
}

# Objects for who goes on with them, and a table of each kind for who watches: one output of several kinds would be lists of all properties.
function Write-Result { if ($Wait) { $input | Out-Host } else { $input } }

# Waits until a node sees its store so.
function Wait-Store([string] $Node, [bool] $Reachable) {
    $clock = [Diagnostics.Stopwatch]::StartNew()
    while (($fleet = (Get-MxServer $Node).Fleet).Reachable -ne $Reachable -or ($Reachable -and @(Get-MxNode -Server $Node).Count -lt 3)) {
        if ($clock.Elapsed.TotalSeconds -gt 30) { throw "the store of $Node is not as expected: $($fleet.Problem)" }
        Start-Sleep -Milliseconds 100
    }
    return $fleet
}

$start = '-w', '-D', $data, '-l', "$folder/log", '-o', "-k '$folder' -c listen_addresses=''", 'start'
try {
    if ($as.Count -gt 1) { chown postgres:postgres $folder }
    Invoke-Postgres initdb '-D', $data, '-U', 'fleet', '-A', 'trust', '-E', 'UTF8', '--no-locale'
    Invoke-Postgres pg_ctl $start
    Invoke-Postgres createdb '-h', $folder, '-U', 'fleet', 'fleet'
    foreach ($number in 1..3) {
        Set-Content (Join-Path $folder "node-$number.yaml") @"
name: example-node-$number
inbounds:
  - { name: proxy, type: mixed, listen: "127.0.0.1:0" }
exits:
  - { name: out, type: direct }
default: out
control: { socket: $folder/node-$number.sock }
history: { directory: $folder/history-$number }
fleet: { store: "postgres://fleet@/fleet?host=$folder", name: example, node: node-$number, labels: [desk] }
"@
    }
    $null = Initialize-MxStore (Join-Path $folder 'node-1.yaml')
    $nodes = foreach ($number in 1..3) { Start-MxServer (Join-Path $folder "node-$number.yaml") -PassThru }
    # A node reads what the others have written every 5 s.
    $null = foreach ($node in $nodes) { Wait-Store $node.Name $true }
    Get-MxNode -Server example-node-1 | Write-Result
    # What each node sees of the exit, asked over any of them.
    Get-MxExit out -Fleet example | Write-Result
    Invoke-Postgres pg_ctl '-w', '-D', $data, '-m', 'immediate', 'stop'
    $away = Wait-Store example-node-2 $false
    Test-MxTunnel "socks5://$($nodes[1].Listeners[0].EndPoint)" $Target -Timeout 30s | Write-Result
    $away | Write-Result
    Invoke-Postgres pg_ctl $start
    Wait-Store example-node-2 $true | Write-Result
    if ($Wait) {
        $proxies = $nodes.ForEach({ $_.Listeners[0].EndPoint }) -join ', '
        Write-Host "The nodes listen on $proxies. In another PowerShell: Get-MxNode -Socket $folder/node-1.sock"
        $null = Read-Host 'Enter ends them'
    }
} finally {
    Get-MxServer example-node-* -ErrorAction Ignore | Stop-MxServer
    if (Test-Path "$data/postmaster.pid") { Invoke-Postgres pg_ctl '-w', '-D', $data, '-m', 'fast', 'stop' }
    Remove-Item $folder -Recurse
}
