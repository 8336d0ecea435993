BeforeAll {
    . (Join-Path $PSScriptRoot 'common.ps1')
    $config = Join-Path $TestDrive 'edge.yaml'
    $next = Join-Path $TestDrive 'next.yaml'
    function New-Text([int] $Weight, [string] $More = '') {
        return @"
name: edge
inbounds: [{ name: proxy, type: mixed, listen: "127.0.0.1:0", users: { alice: { password: hunter2 } } }]
exits: [{ name: a, type: direct, weight: $Weight }]
history: { directory: history }
$More
"@
    }
    function Get-Weight { return (Get-MxConfig edge).Settings -match 'weight' }
}

Describe 'Set-MxConfig' {
    BeforeEach {
        Remove-Item (Join-Path $TestDrive 'history') -Recurse -ErrorAction Ignore
        Set-Content $config (New-Text 1)
        Set-Content $next (New-Text 2)
        Start-MxServer $config
    }

    AfterEach { Stop-MxServer * }

    It 'puts a file in force as a version' {
        Set-MxConfig edge $next | Should -BeNullOrEmpty
        $now = Get-MxConfig edge
        $now.Version, $now.Why, $now.Outcome | Should -Be 2, 'Set', 'Applied'
        $now.Config | Should -Be $config
        $now.Sha256 | Should -Be (Get-FileHash $next).Hash.ToLowerInvariant()
        Get-Weight | Should -Be 'exits[a].weight: 2'
    }

    It 'reads the server''s own file again without -Path' {
        Set-Content $config (New-Text 3)
        (Set-MxConfig -PassThru).Version | Should -Be 2
        Get-Weight | Should -Be 'exits[a].weight: 3'
    }

    It 'shows the difference with -WhatIf, without secrets, and changes nothing' {
        Set-Content $next (New-Text 2).Replace('hunter2', 'hunter3')
        $seen = Invoke-Child @"
            Import-Module '$(Join-Path $root 'MultiExit.psd1')'
            Set-Content '$config' (Get-Content -Raw '$config').Replace('history: { directory: history }', '')
            Start-MxServer '$config'
            Set-Content '$next' (Get-Content -Raw '$next').Replace('history: { directory: history }', '')
            Set-MxConfig edge '$next' -WhatIf
            (Get-MxConfig edge).Settings -match 'weight'
"@
        $seen -join "`n" | Should -BeLike '*~ exits`[a`].weight: 1 -> 2*'
        $seen -join "`n" | Should -BeLike '*password: `*`*`* -> `*`*`**'
        $seen -join "`n" | Should -Not -Match 'hunter'
        $seen[-1] | Should -Be 'exits[a].weight: 1'
    }

    It 'never shows a secret' {
        "$((Get-MxConfig edge).Settings)" | Should -Not -Match 'hunter2'
        "$((Get-MxConfig edge).Settings)" | Should -Match 'alice.password: \*\*\*'
    }

    It 'goes back by itself unless it is confirmed' {
        Set-MxConfig edge $next -ConfirmWithin 1s -WarningVariable warning -WarningAction SilentlyContinue
        "$warning" | Should -BeLike '*Confirm-MxConfig edge*'
        Wait-Until { (Get-MxConfig edge).Why -eq 'AutoRevert' }
        Get-Weight | Should -Be 'exits[a].weight: 1'
        (Get-MxConfigVersion edge -Version 2).Outcome | Should -Be 'Reverted'
        (Get-MxServer edge).LastReloadError | Should -BeLike '*not confirmed in time*'
    }

    It 'stays once Confirm-MxConfig has come, and refuses others meanwhile' {
        Set-MxConfig edge $next -ConfirmWithin 10m -WarningAction SilentlyContinue
        (Get-MxConfig edge).PreviousVersion | Should -Be 1
        (Get-MxServer edge).ConfirmUntil | Should -BeGreaterThan ([DateTimeOffset]::Now)
        (Get-Failure { Set-MxConfig edge -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'ServerState,*'
        Confirm-MxConfig edge -WhatIf
        (Get-MxConfig edge).Outcome | Should -Be 'Unconfirmed'
        (Get-MxServer edge | Confirm-MxConfig -PassThru).Outcome | Should -Be 'Confirmed'
        (Get-MxServer edge).ConfirmUntil | Should -BeNullOrEmpty
        (Get-Failure { Confirm-MxConfig edge -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'ServerState,*'
    }

    It 'goes back at once when the probe fails' {
        $target = Start-HttpTarget
        try {
            Set-Content $next (New-Text 2 'default: block')
            (Get-Failure { Set-MxConfig edge $next -Probe "127.0.0.1:$($target.Port)" -ErrorAction Stop }).FullyQualifiedErrorId |
                Should -BeLike 'ProbeFailed,*'
            Get-Weight | Should -Be 'exits[a].weight: 1'
            Set-Content $next (New-Text 2 'default: a')
            (Set-MxConfig edge $next -Probe "127.0.0.1:$($target.Port)" -PassThru).Outcome | Should -Be 'Applied'
            Get-Weight | Should -Be 'exits[a].weight: 2'
        } finally {
            Stop-HttpTarget $target
        }
    }

    It 'changes parts as a version, and keeps the remarks of the text' {
        Set-Content $config "$(New-Text 1)# remarks stay"
        Set-MxConfig edge
        $set = @{ 'exits[a].weight' = 3; 'limits.bandwidth_per_user' = '50MB/s'; 'exits[b]' = @{ type = 'direct'; health = [pscustomobject]@{ target = 'tcp://127.0.0.1:9'; interval = [timespan]'0:0:45' } } }
        $now = Set-MxConfig edge -Set $set -PassThru -WarningVariable warning
        $now.Version, $now.Why, $now.Outcome | Should -Be 3, 'Edit', 'Applied'
        $warning | Should -BeNullOrEmpty
        $now.Settings | Should -Contain 'exits[a].weight: 3'
        $now.Settings | Should -Contain 'exits[b].health.interval: 45000ms'
        Set-MxConfig edge -Remove limits, 'exits[b]'
        Compare-MxConfigVersion 2 | ForEach-Object ToString | Should -Be '~ exits[a].weight: 1 -> 3'
        Get-Content -Raw (Join-Path $TestDrive history/4.yaml) | Should -Match '# remarks stay'
        Get-Content -Raw $config | Should -Match 'weight: 1'
        Restore-MxConfigVersion 3
        (Get-MxExit b).Name | Should -Be 'b'
        (Set-MxExit a -Weight 5 -PassThru).Weight | Should -Be 5
        (Get-MxConfig edge).Version | Should -Be 6
        Stop-MxServer edge
        Start-MxServer $config
        Get-Weight | Should -Be 'exits[a].weight: 5'
    }

    It 'shows what parts would change with -WhatIf, without secrets' {
        $seen = Invoke-Child @"
            Import-Module '$(Join-Path $root 'MultiExit.psd1')'
            Set-Content '$config' (Get-Content -Raw '$config').Replace('history: { directory: history }', '')
            Start-MxServer '$config'
            Set-MxConfig edge -Set @{ 'inbounds[proxy].users.alice.password' = 'hunter4' } -WhatIf
            (Get-MxConfig edge).Sha256 -eq (Get-FileHash '$config').Hash
"@
        $seen -join "`n" | Should -BeLike '*~ inbounds`[proxy`].users.alice.password: `*`*`* -> `*`*`**True'
        $seen -join "`n" | Should -Not -Match 'hunter'
    }

    It 'takes parts back that are not confirmed' {
        Set-MxConfig edge -Set @{ 'exits[a].weight' = 3 } -ConfirmWithin 1s -WarningVariable warning -WarningAction SilentlyContinue
        "$warning" | Should -BeLike '*Confirm-MxConfig edge*'
        Wait-Until { (Get-MxConfig edge).Why -eq 'AutoRevert' }
        Get-Weight | Should -Be 'exits[a].weight: 1'
    }

    It 'says what is wrong with parts, and changes nothing' {
        $failure = Get-Failure { Set-MxConfig edge -Set @{ 'exits[a].weight' = 5000 } -Remove nothing -ErrorAction Stop }
        $failure.FullyQualifiedErrorId | Should -BeLike 'InvalidConfiguration,*'
        "$($failure.Exception.ConfigErrors)" | Should -Be 'nothing: there is nothing to remove'
        $failure = Get-Failure { Set-MxConfig edge -Set @{ 'exits[a].weight' = 5000; 'limits.conections' = 5 } -ErrorAction Stop }
        $failure.Exception.ConfigErrors.Path | Sort-Object | Should -Be 'exits[0].weight', 'limits.conections'
        (Get-Failure { Set-MxConfig edge -Set @{ 'exits[a].weight' = $null } -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'ValueNotValid,*'
        { Set-MxConfig edge -Path $next -Set @{ 'exits[a].weight' = 2 } } | Should -Throw -ErrorId 'AmbiguousParameterSet,*'
        (Get-MxConfig edge).Version | Should -Be 1
        Start-MxServer -Listen mixed://127.0.0.1:0 -Name plain
        (Get-Failure { Set-MxConfig plain -Set @{ 'limits.connections' = 2 } -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'ServerState,*'
        (Set-MxExit direct -Server plain -Weight 5 -PassThru -WarningVariable warning -WarningAction SilentlyContinue).Weight | Should -Be 5
        "$warning" | Should -BeLike '*gone when the server ends*'
    }

    It 'fails with stable ids' {
        (Get-Failure { Set-MxConfig none $next -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'ServerNotFound,*'
        (Get-Failure { Set-MxConfig edge (Join-Path $TestDrive none.yaml) -ErrorAction Stop }).FullyQualifiedErrorId |
            Should -BeLike 'PathNotFound,*'
        (Get-Failure { Set-MxConfig edge $next -Probe nowhere -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'ProbeNotValid,*'
        Start-MxServer -Listen mixed://127.0.0.1:0 -Name plain
        (Get-Failure { Set-MxConfig plain -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'NoConfigFile,*'
        Set-Content $next 'inbounds: [{ name: a, type: mixed, listen: "127.0.0.1:0" }]'
        (Get-Failure { Set-MxConfig plain $next -ConfirmWithin 60 -ErrorAction Stop }).Exception.Message | Should -BeLike '*history*'
        Set-MxConfig plain $next
        (Get-MxConfig plain).Settings | Should -Contain 'inbounds[a].type: mixed'
    }
}
