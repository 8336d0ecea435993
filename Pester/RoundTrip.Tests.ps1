# Every property of what cmdlets write, all the way down, is behind Start-Job what it was there.
BeforeDiscovery {
    . (Join-Path $PSScriptRoot 'postgres.ps1')
    $isThere = [bool] (Find-Postgres)
}

BeforeAll {
    . (Join-Path $PSScriptRoot 'common.ps1')

    # An object as sorted lines 'path=value', whether it is live or has come from another process.
    $flatten = {
        function Get-Flat($Value, [string] $Path) {
            # The value of an enum comes as its text or its number, by how deep it stands.
            if ($Value -is [enum]) { return }
            if ($null -eq $Value) { return "$Path=" }
            $type = @($Value.PSObject.TypeNames)[0] -replace '^Deserialized\.'
            if ($type -like 'MultiExit.*' -and $Value.PSObject.TypeNames -notcontains 'Deserialized.System.Enum' -and -not $type.EndsWith('[]')) {
                foreach ($property in $Value.PSObject.Properties) {
                    if ($property.MemberType -ne 'AliasProperty' -and $property.Name -notin 'PSComputerName', 'RunspaceId', 'PSShowComputerName') { Get-Flat $property.Value "$Path.$($property.Name)" }
                }
            } elseif ($Value -is [Collections.IDictionary]) {
                foreach ($key in $Value.Keys) { Get-Flat $Value[$key] "$Path[$key]" }
            } elseif ($Value -is [Collections.IEnumerable] -and $Value -isnot [string] -and $type -notlike 'System.Net.*') {
                $index = 0
                foreach ($item in $Value) { Get-Flat $item "$Path[$(($index++))]" }
                if (-not $index) { "$Path=[]" }
            } else {
                "$Path=$("$Value" -replace '\s*\n', ' ')"
            }
        }
    }
    . $flatten

    $silent = New-BusyPort
    $to = "127.0.0.1:$($silent.LocalEndpoint.Port)"
    Set-Content (Join-Path $TestDrive 'sites.txt') 'example.com'
    $config = Join-Path $TestDrive 'trip.yaml'
    Set-Content $config @"
name: trip
users:
  alice: { password: a1, groups: [ops], limits: { quota: 1GB } }
inbounds:
  - { name: staff, type: socks5, listen: "127.0.0.1:0", users: all }
  - { name: guests, type: mixed, listen: "127.0.0.1:0" }
  - { name: edge, type: tunnel, listen: "127.0.0.1:0", tls: { self_signed: true }, key: ["a key that both sides know", "another key that both know"] }
exits:
  - { name: one, type: direct, health: { target: "tcp://$to" } }
  - { name: two, type: direct, country: de, weight: 3 }
groups:
  - { name: pool, strategy: round_robin, exits: [one, two], publish: true }
sets:
  sites: { file: sites.txt }
routes:
  - { users: [alice], exit: two }
  - { sets: [sites], action: report }
default: pool
limits: { usage_file: usage.json }
history: { directory: history }
records: { path: run/records.db }
"@
    $bad = Join-Path $TestDrive 'bad.yaml'
    Set-Content $bad "inbounds:`n  - { name: a, type: mixd, listen: '127.0.0.1:0' }"
    $other = Join-Path $TestDrive 'other.yaml'
    Set-Content $other ((Get-Content $config -Raw) -replace 'default: pool', 'default: two')

    $received = Start-Job {
        $ErrorActionPreference = 'Stop'
        Import-Module $using:root/MultiExit.psd1
        . ([scriptblock]::Create($using:flatten))
        function Write-Both { process { $_; (Get-Flat $_ '') -join "`n" } }
        try {
            $server = Start-MxServer $using:config -PassThru -WarningAction SilentlyContinue
            $client = [Net.Sockets.TcpClient]::new('127.0.0.1', $server.Listeners[1].EndPoint.Port)
            $client.ReceiveTimeout = 20000
            $stream = $client.GetStream()
            $stream.Write([Text.Encoding]::ASCII.GetBytes("CONNECT $using:to HTTP/1.1`r`nHost: $using:to`r`n`r`n"))
            $null = $stream.ReadByte()
            Get-MxServer | Write-Both
            $server.Listeners[2] | Write-Both
            Get-MxExit one, pool | Write-Both
            Get-MxSession | Write-Both
            Get-MxUser | Write-Both
            Get-MxGroup | Write-Both
            Test-MxServer trip | Select-Object -First 1 | Write-Both
            Get-MxRuleSet | Write-Both
            Get-MxMetric multiexit.exit.* | Select-Object -First 3 | Write-Both
            Get-MxMetric | Where-Object Buckets | Select-Object -First 1 | Write-Both
            Get-MxLog -Last 2 | Write-Both
            Get-MxConfig | Write-Both
            Get-MxConfigVersion | Write-Both
            Test-MxRoute example.com:443 -Inbound guests | Write-Both
            Test-MxExit one | Write-Both
            Test-MxTunnel direct $using:to -Timeout 200ms | Write-Both
            Measure-MxTunnel direct -Duration 500ms | Write-Both
            Test-MxConfig $using:bad | Write-Both
            Test-MxConfig $using:other -Against live -WarningAction SilentlyContinue | Write-Both
            Watch-MxServer -AsObject -Count 1 -Interval 100ms | Write-Both
            Stop-MxSession -Id (Get-MxSession).Id -Confirm:$false
            $limit = (Get-Date).AddSeconds(60)
            while (-not ($ended = Find-MxSession) -and (Get-Date) -lt $limit) { Start-Sleep -Milliseconds 50 }
            $ended | Write-Both
            Get-MxTraffic -Since 10m | Select-Object -First 1 | Write-Both
        } finally {
            Stop-MxServer *
        }
    } | Receive-Job -Wait -AutoRemoveJob
    $silent.Stop()

    # Each object is followed by what it was.
    function Get-Pair($Received) {
        for ($i = 0; $i -lt $Received.Count; $i += 2) {
            @{ Type = $Received[$i].PSTypeNames[0] -replace '^Deserialized\.'; Object = $Received[$i]; Was = $Received[$i + 1] -split "`n" }
        }
    }

    # What has got lost on the way.
    function Get-Loss($Pairs) {
        foreach ($pair in $Pairs) {
            $lost = [Collections.Generic.HashSet[string]]::new([string[]] $pair.Was)
            $lost.ExceptWith([string[]] @(Get-Flat $pair.Object ''))
            $lost | ForEach-Object { "$($pair.Type)$_" }
        }
    }

    $pairs = Get-Pair $received
}

Describe 'An object of a job' {
    It 'comes of each kind' {
        $pairs.Type | Sort-Object -Unique | Should -Be @(
            'MxConfig', 'MxConfigTest', 'MxConfigVersion', 'MxExit', 'MxExitTest', 'MxGroup', 'MxListener', 'MxLogEntry', 'MxMetric', 'MxPreflight', 'MxRoute', 'MxRuleSet', 'MxServer',
            'MxServerSample', 'MxSession', 'MxSession#Ended', 'MxTraffic', 'MxTunnelMeasurement', 'MxTunnelTest', 'MxUser' | ForEach-Object { "MultiExit.$_" })
    }

    It 'has every property that it had there, all the way down' {
        Get-Loss $pairs | Should -BeNullOrEmpty
    }

    It 'has what stands deepest' {
        $of = { param($type) @($pairs | Where-Object Type -EQ "MultiExit.$type")[0].Object }
        @((& $of MxServer).Listeners[2].Secrets).Count | Should -Be 2
        (& $of MxServer).Listeners[2].Secrets[0].TotalCarriers | Should -Be 0
        (& $of MxRoute).Rules[0].Reason | Should -Not -BeNullOrEmpty
        @($pairs | Where-Object { $_.Type -eq 'MultiExit.MxConfigTest' -and $_.Object.Replay })[0].Object.Replay.Changes[0].Examples | Should -Not -BeNullOrEmpty
        (& $of MxServerSample).Exits[0].Name | Should -Not -BeNullOrEmpty
    }
}

Describe 'An object of a job on a node of a fleet' -Skip:(-not $isThere) {
    BeforeAll {
        . (Join-Path $PSScriptRoot 'postgres.ps1')
        $postgres = Start-Postgres
        $target = Start-HttpTarget
        $node = Join-Path $TestDrive 'node.yaml'
        Set-Content $node @"
name: node
users: { alice: { password_hash: "$(New-MxPasswordHash (ConvertTo-Secret 'a1'))" } }
inbounds: [{ name: in, type: mixed, listen: "127.0.0.1:0" }]
exits: [{ name: a, type: direct, weight: 1 }]
default: a
history: { directory: node-history }
records: { path: node/records.db }
fleet: { store: "$($postgres.Store)", name: prod, node: a, labels: [eu] }
"@
        $shared = Join-Path $TestDrive 'shared.yaml'
        Set-Content $shared 'exits: [{ name: a, type: direct, weight: 2 }]'
        $null = Initialize-MxStore $node
        $port = $target.Port
        $received = Start-Job {
            $ErrorActionPreference = 'Stop'
            Import-Module $using:root/MultiExit.psd1
            . ([scriptblock]::Create($using:flatten))
            function Write-Both { process { $_; (Get-Flat $_ '') -join "`n" } }
            function Wait-For([scriptblock] $What) {
                $limit = (Get-Date).AddSeconds(60)
                while (-not (& $What) -and (Get-Date) -lt $limit) { Start-Sleep -Milliseconds 50 }
            }
            try {
                $server = Start-MxServer $using:node -PassThru -WarningAction SilentlyContinue
                Wait-For { Get-MxNode }
                $client = [Net.Sockets.TcpClient]::new('127.0.0.1', $server.Listeners[0].EndPoint.Port)
                $client.ReceiveTimeout = 20000
                $stream = $client.GetStream()
                $stream.Write([Text.Encoding]::ASCII.GetBytes("CONNECT 127.0.0.1:$using:port HTTP/1.1`r`nHost: 127.0.0.1`r`n`r`n"))
                $null = $stream.ReadByte()
                Set-MxConfig -Fleet prod $using:shared -ConfirmWithin 5m -Message 'two' -PassThru -WarningAction SilentlyContinue | Write-Both
                Wait-For { (Get-MxRollout).Nodes }
                Get-MxRollout | Write-Both
                (Get-MxRollout).Nodes | Write-Both
                Get-MxNode | Write-Both
                Get-MxServer | Write-Both
                Get-MxSession -Fleet prod | Write-Both
                Get-MxUser -Fleet prod | Write-Both
                Get-MxExit a -Fleet prod | Write-Both
                Wait-For { Get-MxTraffic -Since 10m }
                Get-MxTraffic -Fleet prod -By node, exit -Since 10m | Select-Object -First 1 | Write-Both
            } finally {
                Stop-MxServer *
            }
        } | Receive-Job -Wait -AutoRemoveJob
        $pairs = Get-Pair $received
    }

    AfterAll {
        Stop-HttpTarget $target
        Stop-Postgres $postgres
    }

    It 'comes of each kind' {
        $pairs.Type | Sort-Object -Unique | Should -Be @(
            'MxExit#Node', 'MxNode', 'MxRollout', 'MxRolloutNode', 'MxServer', 'MxSession#Node', 'MxTraffic#Fleet', 'MxUser#Node' | ForEach-Object { "MultiExit.$_" })
    }

    It 'has every property that it had there, all the way down' {
        Get-Loss $pairs | Should -BeNullOrEmpty
        @($pairs | Where-Object Type -EQ 'MultiExit.MxRollout')[-1].Object.Nodes[0].Name | Should -Be 'a'
        @($pairs | Where-Object Type -EQ 'MultiExit.MxServer')[0].Object.Fleet.Node | Should -Be 'a'
    }
}
