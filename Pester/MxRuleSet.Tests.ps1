BeforeAll {
    . (Join-Path $PSScriptRoot 'common.ps1')
    $target = Start-HttpTarget
    $list = Join-Path $TestDrive 'partners.txt'
    Set-Content $list "a.example`n10.0.0.0/8`nkeyword:video"
    $config = Join-Path $TestDrive 'edge.yaml'
    Set-Content $config @'
name: edge
inbounds: [{ name: in, type: mixed, listen: "127.0.0.1:0", private_destinations: allow }]
exits: [{ name: one, type: direct }, { name: two, type: direct }]
sets:
  partners: { file: partners.txt, state: kept }
  away: { url: "http://127.0.0.1:1/list?token=s3cret", state: kept2 }
routes:
  - { sets: [partners], exit: block }
  - { ports: [25], exit: two }
default: one
records: { path: records.db }
'@
    $edge = Start-MxServer $config -PassThru
    $port = $edge.Listeners[0].EndPoint.Port
}

AfterAll {
    Stop-MxServer *
    Stop-HttpTarget $target
}

Describe 'Get-MxRuleSet' {
    It 'gets what is in the sets and where they come from' {
        $set = Get-MxRuleSet partners
        $set | Should -BeOfType MultiExit.MxRuleSet
        $set.State, $set.Domains, $set.Networks, $set.Keywords, $set.Format | Should -Be 'Current', 1, 1, 1, 'lines'
        $set.Source | Should -Be $list
        $set.Sha256 | Should -Be (Get-FileHash $list).Hash.ToLowerInvariant()
        $set.Loaded | Should -BeOfType DateTimeOffset
        $set.Problem | Should -BeNullOrEmpty
        (Get-MxRuleSet).Name | Should -Be 'partners', 'away'
    }

    It 'says why a set is missing, and shows no token' {
        $set = Get-MxRuleSet away
        $set.State | Should -Be 'Missing'
        $set.Problem | Should -Not -BeNullOrEmpty
        $set.FailingSince | Should -BeOfType DateTimeOffset
        $set | ConvertTo-Json | Should -Not -Match 's3cret'
    }

    It 'reports a set that is not there' {
        (Get-Failure { Get-MxRuleSet other -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'RuleSetNotFound,*'
    }
}

Describe 'Update-MxRuleSet' {
    It 'puts a new content in force, and keeps the one before where it is not valid' {
        Set-Content $list "a.example`nb.example"
        $set = Update-MxRuleSet partners
        $set.Domains, $set.Networks | Should -Be 2, 0
        (Test-MxRoute b.example:443).Outcome | Should -Be 'Refused'
        Set-Content $list "a.example`nno domain"
        $failure = Get-Failure { Update-MxRuleSet partners -ErrorAction Stop }
        $failure.FullyQualifiedErrorId | Should -BeLike 'RuleSetNotUpdated,*'
        $failure.Exception.Message | Should -Match 'line 2: "no domain" is no domain'
        (Get-MxRuleSet partners).State | Should -Be 'Stale'
        (Test-MxRoute b.example:443).Outcome | Should -Be 'Refused'
        Set-Content $list 'a.example'
        Get-MxRuleSet partners | Update-MxRuleSet | ForEach-Object State | Should -Be 'Current'
        (Test-MxRoute b.example:443).Outcome | Should -Be 'Served'
    }

    It 'reads nothing with -WhatIf' {
        Set-Content $list "a.example`nc.example"
        Update-MxRuleSet partners -WhatIf
        (Get-MxRuleSet partners).Domains | Should -Be 1
        Set-Content $list 'a.example'
    }
}

Describe 'Test-MxConfig -Against' {
    BeforeAll {
        $candidate = Join-Path $TestDrive 'candidate.yaml'
        Set-Content $candidate ((Get-Content $config -Raw) -replace 'ports: \[25\], exit: two', "ports: [$($target.Port)], exit: block" -replace
            'path: records.db', 'path: records.db')
    }

    It 'says what the rules of a file would have done with recorded sessions' {
        1..3 | ForEach-Object { Invoke-Curl -x "socks5://127.0.0.1:$port" "http://127.0.0.1:$($target.Port)/" } | Should -Be (@('hello from the target') * 3)
        Wait-Until { (Find-MxSession).Count -ge 3 }
        $replay = (Test-MxConfig $candidate -Against records -Since 1h -WarningAction SilentlyContinue).Replay
        $replay.Server, $replay.Against, $replay.Sessions, $replay.Refused, $replay.Same | Should -Be 'edge', 'Records', 3, 3, 0
        $change = $replay.Changes[0]
        $change.From, $change.Count | Should -Be 'one', 3
        $change.Rule | Should -Match 'block'
        $change.Examples[0] | Should -Match "127\.0\.0\.1:$($target.Port)"
        $same = (Test-MxConfig $config -Against records -Since 1h -WarningAction SilentlyContinue).Replay
        $same.Same, $same.Different, $same.Refused | Should -Be 3, 0, 0
    }

    It 'says what they would do with those that are live' {
        $silent = New-BusyPort
        try {
            $client = Open-Socks5 $port $silent.LocalEndpoint.Port
            $live = (Test-MxConfig $candidate -Against live -WarningAction SilentlyContinue).Replay
            $live.Against, $live.Sessions, $live.Same | Should -Be 'Live', 1, 1
            $client.Dispose()
        } finally {
            $silent.Stop()
        }
    }
}
