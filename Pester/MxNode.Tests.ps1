BeforeDiscovery {
    $programs = if ($IsLinux) { Get-Item /usr/lib/postgresql/*/bin/initdb -ErrorAction Ignore | ForEach-Object DirectoryName | Select-Object -Last 1 }
    $isThere = $null -ne $programs -and (id -u) -eq 0 -and (id -u postgres 2>$null)
}

Describe 'Get-MxNode without a fleet' {
    BeforeAll { . (Join-Path $PSScriptRoot 'common.ps1') }

    AfterAll { Stop-MxServer * }

    It 'has nothing to show, and says when a node is not there' {
        Start-MxServer -Listen mixed://127.0.0.1:0 -Name alone
        Get-MxNode | Should -BeNullOrEmpty
        (Get-MxServer alone).Fleet | Should -BeNullOrEmpty
        (Get-Failure { Get-MxNode other -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'NodeNotFound,*'
    }
}

Describe 'Initialize-MxStore without a store' {
    BeforeAll { . (Join-Path $PSScriptRoot 'common.ps1') }

    It 'reports a configuration without a fleet, and a store that does not answer' {
        $file = Join-Path $TestDrive 'none.yaml'
        Set-Content $file 'inbounds: [{ name: in, type: mixed, listen: "127.0.0.1:0" }]'
        (Get-Failure { Initialize-MxStore $file -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'NoFleet,*'
        Add-Content $file "`nfleet: { store: `"postgres://node@/fleet?host=/nowhere`", name: prod, node: a }"
        $failure = Get-Failure { Initialize-MxStore $file -WhatIf -ErrorAction Stop }
        $failure.FullyQualifiedErrorId | Should -BeLike 'StoreUnreachable,*'
        $failure.ErrorDetails.RecommendedAction | Should -Match 'store'
    }
}

# Without PostgreSQL, or without root to become the user postgres, there is no store to be tried with.
Describe 'A fleet of two' -Skip:(-not $isThere) -ForEach @{ Programs = "$programs" } {
    BeforeAll {
        . (Join-Path $PSScriptRoot 'common.ps1')
        $folder = (New-Item -ItemType Directory (Join-Path ([IO.Path]::GetTempPath()) "mxpg-$([guid]::NewGuid().ToString('N').Substring(0, 8))")).FullName
        $sockets = (New-Item -ItemType Directory (Join-Path ([IO.Path]::GetTempPath()) "mxs-$([guid]::NewGuid().ToString('N').Substring(0, 8))")).FullName
        chown postgres:postgres $folder
        $as = 'setpriv', '--reuid=postgres', '--regid=postgres', '--init-groups'
        $null = & $as[0] $as[1..3] $Programs/initdb -D $folder/data -U postgres -A trust --no-sync --no-locale
        $null = & $as[0] $as[1..3] $Programs/pg_ctl -D $folder/data -w -t 30 -l $folder/log -o "-k $folder -h '' -c fsync=off" start
        function New-Node([string] $Name) {
            $file = Join-Path $TestDrive "$Name.yaml"
            Set-Content $file @"
name: $Name
inbounds: [{ name: in, type: mixed, listen: "127.0.0.1:0" }]
exits: [{ name: a, type: direct, weight: 1 }]
history: { directory: $Name-history }
control: { socket: $sockets/$Name.sock }
fleet: { store: "postgres://postgres@/postgres?host=$folder", name: prod, node: $Name, labels: [eu], records: true }
records: { path: $TestDrive/$Name.db }
"@
            $file
        }
        $one = New-Node 'one'
        $two = New-Node 'two'
    }

    AfterAll {
        Stop-MxServer *
        $null = & $as[0] $as[1..3] $Programs/pg_ctl -D $folder/data -w -t 30 -m immediate stop
        Remove-Item -Recurse -Force $folder, $sockets
    }

    It 'gets its tables once' {
        (Initialize-MxStore $one -WhatIf) | Should -BeNullOrEmpty
        $store = Initialize-MxStore $one
        $store | Should -BeOfType MultiExit.MxStore
        $store.Fleet, $store.VersionBefore | Should -Be 'prod', 0
        $again = Initialize-MxStore $one
        $again.VersionBefore | Should -Be $store.Version
    }

    It 'has two nodes that each server knows' {
        Start-MxServer $one
        Start-MxServer $two
        Wait-Until { @(Get-MxNode two -Server one -ErrorAction Ignore).Count -eq 1 }
        $nodes = Get-MxNode -Server one
        $nodes.ForEach({ "$_ $($_.State) $($_.Epoch)" }) | Should -Be 'one Alive 1', 'two Alive 1'
        $nodes.IsSelf | Should -Be $true, $false
        $nodes[0].Labels | Should -Be 'eu'
        $fleet = (Get-MxServer one).Fleet
        $fleet.Reachable, $fleet.Node, $fleet.Epoch | Should -Be $true, 'one', 1
        Get-MxNode | Out-String -Width 80 | Should -Match 'Server: one\s+Name\s+State[\s\S]+two\s+Alive\s+1'
    }

    It 'has the same configuration on all nodes once it is published and confirmed' {
        Get-MxRollout prod | Should -BeNullOrEmpty
        $new = Join-Path $TestDrive 'new.yaml'
        Set-Content $new 'exits: [{ name: a, type: direct, weight: 7 }]'
        Set-MxConfig -Fleet prod $new -WhatIf
        Get-MxRollout prod | Should -BeNullOrEmpty
        $published = Set-MxConfig -Fleet prod $new -ConfirmWithin 5m -Message 'seven' -PassThru -WarningVariable warned -WarningAction SilentlyContinue
        $published | Should -BeOfType MultiExit.MxRollout
        $published.Version, $published.State, $published.Message, $published.NeedsConfirmation | Should -Be 1, 'Everywhere', 'seven', $true
        "$warned" | Should -Match 'Confirm-MxConfig -Fleet prod'
        Wait-Until { @(Get-MxExit a | Where-Object Weight -EQ 7).Count -eq 2 }
        (Get-Failure { Set-MxConfig -Fleet prod $one -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'InvalidConfiguration,*'
        Confirm-MxConfig -Fleet prod
        Wait-Until { @((Get-MxRollout).Nodes | Where-Object { $_.Version -eq 1 -and $_.State -eq 'Current' }).Count -eq 2 }
        Get-MxRollout | Out-String -Width 80 | Should -Match 'prod\s+1\s+0\s+Confirmed'
        (Get-MxRollout).Nodes | Out-String -Width 80 | Should -Match 'one\s+1\s+Current'
        Wait-Until { (Get-MxNode two -Server one).ConfigVersion -eq 1 }
        Get-MxNode | Out-String -Width 80 | Should -Match 'one\s+Alive\s+1\s'
    }

    It 'is one node''s own only when that is said, which is shown' {
        $failure = Get-Failure { Set-MxConfig two -Set @{ 'exits[a].weight' = 5 } -ErrorAction Stop }
        $failure.FullyQualifiedErrorId | Should -BeLike 'FleetOwned,*'
        $failure.ErrorDetails.RecommendedAction | Should -Match '-Local'
        Set-MxConfig -Socket $sockets/two.sock -Set @{ 'exits[a].weight' = 5 } -Local
        Wait-Until { (Get-MxNode two -Server one).ConfigState -eq 'Diverged' }
        (Get-MxServer two).Warnings.Id | Should -Contain 'MX1151'
        Set-MxConfig two
        Wait-Until { (Get-MxNode two -Server one).ConfigState -eq 'Current' }
        (Get-MxExit a -Server two).Weight | Should -Be 7
    }

    It 'goes back on all nodes, over the control socket as well' {
        Set-Content (Join-Path $TestDrive 'new.yaml') 'exits: [{ name: a, type: direct, weight: 8 }]'
        Set-MxConfig -Fleet prod (Join-Path $TestDrive 'new.yaml') -Socket $sockets/one.sock -ConfirmWithin 5m -WarningAction SilentlyContinue
        Wait-Until { @(Get-MxExit a | Where-Object Weight -EQ 8).Count -eq 2 }
        $undone = Get-MxRollout -Socket $sockets/one.sock | Undo-MxRollout -PassThru
        $undone.State, $undone.Base | Should -Be 'RolledBack', 1
        Wait-Until { @(Get-MxExit a | Where-Object Weight -EQ 7).Count -eq 2 }
        (Get-Failure { Undo-MxRollout none -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'FleetNotFound,*'
    }

    It 'finds the sessions of all nodes, each with its node' {
        $target = Start-HttpTarget
        try {
            foreach ($name in 'one', 'two') {
                (Open-Socks5 (Get-MxServer $name).Listeners[0].EndPoint.Port $target.Port).Dispose()
            }
            Wait-Until { @(Find-MxSession -Fleet prod -ErrorAction Ignore).Count -eq 2 }
        } finally {
            Stop-HttpTarget $target
        }
        $found = Find-MxSession -Fleet prod -Destination "127.0.0.1:$($target.Port)" -Server two
        $found | Should -BeOfType MultiExit.MxSession
        $found.Node | Sort-Object | Should -Be 'one', 'two'
        $found[0].Ended | Should -BeGreaterOrEqual $found[1].Ended
        Find-MxSession -Fleet prod -First 1 | Should -HaveCount 1
        Find-MxSession -Fleet prod -Outcome NotAllowed | Should -BeNullOrEmpty
        $found | Out-String -Width 80 | Should -Match 'Ended\s+Node\s+User'
        (Get-Failure { Find-MxSession -Fleet other -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'FleetNotFound,*'
    }

    It 'has a store that is in order' {
        $check = Test-MxServer one | Where-Object Name -eq store
        $check.Status | Should -Not -Be Error
        $check.Detail | Should -Match 'answers in \d+ ms'
    }

    It 'shows a node that has stopped as one that has left' {
        Stop-MxServer two
        Wait-Until { (Get-MxNode two -Server one).State -eq 'Left' }
    }
}
