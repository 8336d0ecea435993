BeforeDiscovery {
    . (Join-Path $PSScriptRoot 'postgres.ps1')
    $isThere = [bool] (Find-Postgres)
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

Describe 'A node whose store has not answered' {
    BeforeAll { . (Join-Path $PSScriptRoot 'common.ps1') }

    It 'knows no others, and Get-MxNode says why' {
        $file = Join-Path $TestDrive 'lone.yaml'
        Set-Content $file "inbounds: [{ name: in, type: mixed, listen: `"127.0.0.1:0`" }]`nname: lone"
        Add-Content $file 'fleet: { store: "postgres://node@/fleet?host=/nowhere", name: prod, node: a }'
        $null = Start-MxServer $file
        try {
            Wait-Until { (Get-MxServer lone).Fleet.Problem }
            Get-MxNode -Server lone -WarningVariable said -WarningAction SilentlyContinue | Should -BeNullOrEmpty
            $said | Should -Be 'lone: the store of its fleet prod does not answer; it has not answered since the server was started, so that no other node is known.'
        } finally {
            Stop-MxServer lone
        }
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

Describe 'A fleet of two' -Skip:(-not $isThere) {
    BeforeAll {
        . (Join-Path $PSScriptRoot 'common.ps1')
        . (Join-Path $PSScriptRoot 'postgres.ps1')
        $postgres = Start-Postgres
        $sockets = (New-Item -ItemType Directory (Join-Path ([IO.Path]::GetTempPath()) "mxs-$([guid]::NewGuid().ToString('N').Substring(0, 8))")).FullName
        Set-Content (Join-Path $TestDrive 'secret') 'a password'
        chmod 600 (Join-Path $TestDrive 'secret')
        function New-Node([string] $Name) {
            $file = Join-Path $TestDrive "$Name.yaml"
            Set-Content $file @"
name: $Name
inbounds: [{ name: in, type: mixed, listen: "127.0.0.1:0" }]
exits: [{ name: a, type: direct, weight: 1 }]
default: a
users: { alice: { password: { file: secret } }, bob: { password: { file: secret } } }
history: { directory: $Name-history }
control: { socket: $sockets/$Name.sock }
fleet: { store: "$($postgres.Store)", name: prod, node: $Name, labels: [eu], records: true }
records: { path: $TestDrive/$Name.db }
"@
            $file
        }
        $one = New-Node 'one'
        $two = New-Node 'two'
    }

    AfterAll {
        Stop-MxServer *
        Stop-Postgres $postgres
        Remove-Item -Recurse -Force $sockets
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
        Get-Failure { Undo-MxRollout prod -Confirm:$false -ErrorAction Stop } | Should -BeLike '*no version before it; a version that is {} gives*'
        $failure = Get-Failure { Set-MxConfig -Fleet prod $new -Canary 1 -ConfirmWithin 50s -Hold 25s -ErrorAction Stop }
        $failure | Should -BeLike '*rolled back after 50 s, and nodes run it for 50 s first (canaries, then all of them); give it more time*'
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

    It 'tells faults where they were written, <_>' -ForEach 'here', 'over the control socket' {
        $way = if ($_ -eq 'here') { @{ Name = 'one' } } else { @{ Socket = "$sockets/one.sock" } }
        $bad = Join-Path $TestDrive 'bad.yaml'
        Set-Content $bad "# a remark`nexits: [{ name: c, type: direct, wieght: 2 }]"
        $faults = (Get-Failure { Set-MxConfig -Fleet prod $bad @way -ErrorAction Stop }).Exception.ConfigErrors
        $faults[0] | Should -BeLike "${bad}:2:34: exits?0?.wieght: *"
        $faults[1] | Should -BeLike "${one}:4:10: default: with $bad over this file: there is no exit or group *"
        Set-Content $bad "`n`nusers: { eve: { password: clear } }"
        $failure = Get-Failure { Set-MxConfig -Fleet prod $bad @way -ErrorAction Stop }
        $failure.Exception.ConfigErrors[0] | Should -BeLike "${bad}:3:* users.eve.password: *"
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

    It 'shows the live sessions of all nodes, and ends one where it is' {
        $silent = New-BusyPort
        try {
            $clients = foreach ($name in 'one', 'two') { Open-Socks5 (Get-MxServer $name).Listeners[0].EndPoint.Port $silent.LocalEndpoint.Port }
            $to = "127.0.0.1:$($silent.LocalEndpoint.Port)"
            $found = Get-MxSession -Fleet prod -Destination $to
            $found | Should -BeOfType MultiExit.MxSession
            $found.ForEach({ "$($_.Node) $($_.Server)" }) | Should -Be 'one one', 'two two'
            Get-MxSession -Fleet prod -Destination '127.0.0.[1]:*' -Exit A | Should -HaveCount 2
            Get-MxSession -Fleet prod -User nobody | Should -BeNullOrEmpty
            $found | Out-String -Width 80 | Should -Match 'Node: one[\s\S]+Node: two\s+Id\s+Client'
            # Over the socket of one, the other is not reached: nothing is done on a session of the same number.
            $other = Get-MxSession -Fleet prod -Destination $to -Socket $sockets/one.sock | Where-Object Node -EQ two
            $other.Server | Should -Be 'two of prod'
            $failure = Get-Failure { $other | Stop-MxSession -ErrorAction Stop }
            $failure.FullyQualifiedErrorId | Should -BeLike 'ServerNotFound,*'
            "$failure" | Should -Match 'Connect-MxServer'
            $found[1] | Stop-MxSession
            (Get-MxSession -Fleet prod -Destination $to).Node | Should -Be 'one'
        } finally {
            $clients | ForEach-Object Dispose
            $silent.Stop()
        }
        (Get-Failure { Get-MxSession -Fleet other -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'FleetNotFound,*'
    }

    It 'shows the users of all nodes, those of one name beside each other' {
        $users = Get-MxUser -Fleet prod
        $users | Should -BeOfType MultiExit.MxUser
        $users.ForEach({ "$_ $($_.Node)" }) | Should -Be 'alice one', 'alice two', 'bob one', 'bob two'
        (Get-MxUser al* -Fleet prod).Node | Should -Be 'one', 'two'
        (Get-MxUser [abc]lice -Fleet prod).Node | Should -Be 'one', 'two'
        Get-MxUser 'al`*', [x]lice -Fleet prod | Should -BeNullOrEmpty
        $users | Out-String -Width 80 | Should -Match 'Name\s+Node\s+Sessions[\s\S]+alice\s+one\s'
    }

    It 'shows what each node sees of an exit, and on how many nodes it is out of use' {
        (Get-MxExit a -Fleet prod).ForEach({ "$($_.Node) $($_.State) $($_.FleetState)" }) | Should -Be 'one Enabled up on 2 of 2 nodes', 'two Enabled up on 2 of 2 nodes'
        Get-MxExit a -Fleet prod | Where-Object Node -EQ two | Disable-MxExit
        try {
            $seen = Get-MxExit -Fleet prod | Where-Object Name -EQ a
            $seen | Should -BeOfType MultiExit.MxExit
            $seen.ForEach({ "$($_.Node) $($_.State) $($_.FleetState)" }) | Should -Be 'one Enabled disabled on 1 of 2 nodes', 'two Disabled disabled on 1 of 2 nodes'
            $seen | Out-String -Width 80 | Should -Match 'Exit: a \(direct\), disabled on 1 of 2 nodes\s+Node\s+State'
        } finally {
            Enable-MxExit a -Server two
        }
        (Get-Failure { Get-MxExit none -Fleet prod -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'ExitNotFound,*'
    }

    It 'adds up the traffic of all nodes, or shows it by node' {
        Wait-Until { @(Get-MxTraffic -Fleet prod -By node -Since 1h).Count -eq 2 }
        $each = Get-MxTraffic -Fleet prod -By node, exit -Since 1h | Where-Object Exit -EQ a
        $each | Should -BeOfType MultiExit.MxTraffic
        $each.Node | Sort-Object | Should -Be 'one', 'two'
        $each.Label | Sort-Object | Should -Be 'one a', 'two a'
        $all = Get-MxTraffic -Fleet prod -By exit -Since 1h | Where-Object Exit -EQ a
        $all | Should -HaveCount 1
        $all.Sessions | Should -BeGreaterOrEqual ($each | Measure-Object Sessions -Sum).Sum
        ($all.Points | Measure-Object Sessions -Sum).Sum | Should -Be $all.Sessions
        $all | Out-String -Width 80 | Should -Match 'Of\s+Sessions'
        Get-MxTraffic -Fleet prod -Plot 6>&1 | Out-String | Should -Match 'prod: bytes by user'
        (Get-Failure { Get-MxTraffic one -By node -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'NotUnderstood,*'
    }

    It 'says which node has no answer, and shows what the others have' {
        $lame = New-Node 'lame'
        (Get-Content $lame -Raw) -replace '(?m)^records:.*$' -replace ', records: true' | Set-Content $lame
        Start-MxServer $lame
        Wait-Until { @(Get-MxNode lame -Server one -ErrorAction Ignore).Count -eq 1 }
        try {
            $rows = Get-MxTraffic one -Fleet prod -By node -Since 1h -WarningVariable warned -WarningAction SilentlyContinue
            $rows.Node | Sort-Object | Should -Be 'one', 'two'
            @($warned).Count | Should -Be 1
            "$warned" | Should -Match 'without what these nodes of prod have: lame \(.*records'
        } finally {
            Stop-MxServer lame
        }
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
