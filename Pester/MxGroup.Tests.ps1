BeforeAll {
    . (Join-Path $PSScriptRoot 'common.ps1')
    $target = Start-HttpTarget
    $up = Start-MxServer -Listen 'mixed://127.0.0.1:0' -Name up -PassThru
    $url = "socks5://127.0.0.1:$($up.Listeners[0].EndPoint.Port)"
    $list = Join-Path $TestDrive 'exits.txt'
    Set-Content $list "socks5://192.0.2.1:1080#a`nhttp://user:s3cret@192.0.2.2:3128#b"
    $config = Join-Path $TestDrive 'edge.yaml'
    $socket = Join-Path $TestDrive 's'
    Set-Content $config @"
name: edge
inbounds: [{ name: in, type: mixed, listen: "127.0.0.1:0", private_destinations: allow }]
exits: [{ name: one, type: direct }]
groups:
  - { name: pool, strategy: failover, publish: { max: 3, expires: 1h } }
  - { name: bought, members: { file: exits.txt, state: kept } }
  - { name: plain, exits: [one] }
default: pool
control: { socket: "$socket" }
"@
    $edge = Start-MxServer $config -PassThru
    $port = $edge.Listeners[0].EndPoint.Port
}

AfterAll {
    Stop-MxServer *
    Stop-HttpTarget $target
}

Describe 'Publish-MxExit' {
    AfterEach { Get-MxExit -Server edge | Where-Object Expires | Unpublish-MxExit }

    It 'makes an exit a member, by which connections leave until it is taken out' {
        Invoke-Curl -x "socks5://127.0.0.1:$port" "http://127.0.0.1:$($target.Port)/" | Should -Match 'curl: '
        $exit = Publish-MxExit pool $url -Name up -Expires 10m -On edge
        $exit | Should -BeOfType MultiExit.MxExit
        $exit.Name, $exit.Type, $exit.Origin | Should -Be 'up', 'socks5', 'Published'
        $exit.Groups | Should -Be 'pool'
        ($exit.Expires - [DateTimeOffset]::UtcNow).TotalMinutes | Should -BeGreaterThan 9
        Invoke-Curl -x "socks5://127.0.0.1:$port" "http://127.0.0.1:$($target.Port)/" | Should -Be 'hello from the target'
        (Get-MxServer up).TotalSessions | Should -BeGreaterThan 0
        (Unpublish-MxExit pool up -PassThru).Name | Should -Be 'up'
        Get-MxExit -Server edge | Where-Object Origin -EQ Published | Should -BeNullOrEmpty
        (Get-Failure { Unpublish-MxExit pool up -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'MemberNotFound,*'
    }

    It 'takes a login, the keys of an exit and a weight, and shows no password' {
        $credential = [pscredential]::new('user', (ConvertTo-Secret 's3cret'))
        $named = Publish-MxExit pool http://192.0.2.5:3128 -Credential $credential -Weight 7 -On edge
        $named.Name | Should -BeLike '192.0.2.5:3128-*'
        $named.Weight | Should -Be 7
        $set = Publish-MxExit pool -Settings @{ type = 'http'; server = '192.0.2.6:3128'; username = 'u'; password = 's3cret' } -Name six -On edge
        $set.Type | Should -Be 'http'
        Get-MxExit -Server edge | Format-List * | Out-String | Should -Not -Match 's3cret'
    }

    It 'works over the control socket' {
        $exit = Publish-MxExit pool $url -Socket $socket
        $exit.Socket | Should -Be $socket
        Get-MxExit -Socket $socket | Where-Object Origin | ForEach-Object Name | Should -Contain $exit.Name
        Get-MxExit $exit.Name -Socket $socket | Disable-MxExit -PassThru | ForEach-Object State | Should -Be 'Disabled'
        Get-MxExit $exit.Name -Socket $socket | Unpublish-MxExit
        (Get-MxGroup pool -Socket $socket).Published | Should -Be 0
    }

    It 'refuses with an id of its own, and repeats no secret' -ForEach @(
        @{ Command = { Publish-MxExit plain socks5://h:1 -On edge }; Id = 'MemberRefused' }
        @{ Command = { Publish-MxExit pool socks5://h:1 -Name one -On edge }; Id = 'MemberRefused' }
        @{ Command = { Publish-MxExit pool socks5://h:1 -Expires 2h -On edge }; Id = 'MemberRefused' }
        @{ Command = { Publish-MxExit none socks5://h:1 -On edge }; Id = 'GroupNotFound' }
        @{ Command = { Publish-MxExit pool gopher://u:s3cret@h:1 -On edge }; Id = 'InvalidConfiguration' }
        @{ Command = { Publish-MxExit pool -Settings @{ type = 'http'; server = 'h:1'; colour = 's3cret' } -On edge }; Id = 'InvalidConfiguration' }
    ) {
        $failure = Get-Failure { $ErrorActionPreference = 'Stop'; & $Command }
        $failure.FullyQualifiedErrorId | Should -BeLike "$Id,*"
        # Its place in the script is the caller's own.
        "$($failure.Exception.Message) $($failure.TargetObject)" | Should -Not -Match 's3cret'
    }

    It 'changes nothing with -WhatIf' {
        Publish-MxExit pool $url -On edge -WhatIf
        (Get-MxGroup pool -Server edge).Published | Should -Be 0
    }
}

Describe 'Get-MxGroup and Update-MxGroup' {
    It 'count the members and read a list again' {
        $group = Get-MxGroup bought -Server edge
        $group | Should -BeOfType MultiExit.MxGroup
        $group.Listed, $group.Available, $group.State | Should -Be 2, 2, 'Current'
        $group.Source | Should -Be $list
        (Get-MxGroup -Server edge).Name | Should -Be 'pool', 'bought', 'plain'
        Get-MxExit a, b -Server edge | ForEach-Object { "$($_.Name) $($_.Type) $($_.Groups) $($_.Origin)" } |
            Should -Be 'a socks5 bought List', 'b http bought List'
        Set-Content $list 'socks5://192.0.2.1:1080#a'
        (Update-MxGroup bought -Server edge).Listed | Should -Be 1
        Set-Content $list "socks5://192.0.2.1:1080#a`nnonsense"
        $failure = Get-Failure { Update-MxGroup bought -Server edge -ErrorAction Stop }
        $failure.FullyQualifiedErrorId | Should -BeLike 'GroupNotUpdated,*'
        $failure.Exception.Message | Should -Match 'line 2: expected a URL'
        $stale = Get-MxGroup bought -Server edge
        $stale.State, $stale.Listed | Should -Be 'Stale', 1
        $stale.FailingSince | Should -BeOfType DateTimeOffset
        Set-Content $list 'socks5://192.0.2.9:1080#z'
        $stale | Update-MxGroup | ForEach-Object State | Should -Be 'Current'
    }

    It 'say that a group has no list' {
        (Get-Failure { Update-MxGroup plain -Server edge -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'GroupHasNoList,*'
        Update-MxGroup -Server edge | ForEach-Object Name | Should -Be 'bought'
    }

    It 'are shown in 80 columns' {
        $shown = Get-MxGroup -Server edge | Out-String -Width 80
        $shown | Should -Match 'Server: edge\s+Name[\s\S]+bought\s+round_robin\s+0\s+0\s+1\s+1'
        $shown -split '\r?\n' | ForEach-Object { $_.Length | Should -BeLessOrEqual 80 }
    }
}
