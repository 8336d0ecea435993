BeforeDiscovery {
    $folder = Join-Path (Split-Path $PSScriptRoot) 'module/examples'
    $scripts = Get-ChildItem $folder -Filter *.ps1 -Recurse | ForEach-Object { @{ Script = $_.Name; Path = [IO.Path]::GetRelativePath($folder, $_) } }
}

BeforeAll {
    . (Join-Path $PSScriptRoot 'common.ps1')
    . (Join-Path $PSScriptRoot 'Documents.ps1')
    $target = Start-HttpTarget '{client}'
    $to = "127.0.0.1:$($target.Port)"
    $service = "http://$to/"
    $silent = @{ WarningAction = 'SilentlyContinue' }
    # The examples' folders, which the system's temporary folder has only while they run.
    function Get-Left { Get-ChildItem ([IO.Path]::GetTempPath()) -Directory -Filter 'multiexit-example-*' }
    $leftBefore = @(Get-Left).FullName
    function Invoke-Example([string] $Name, [Collections.IDictionary] $Arguments) {
        & (Join-Path $root "module/examples/$Name.ps1") @Arguments 3>$null
    }
}

AfterAll {
    Stop-HttpTarget $target
}

Describe 'Examples' {
    AfterEach {
        Get-MxServer | Should -BeNullOrEmpty -Because 'an example stops what it starts'
        Get-Left | Where-Object FullName -NotIn $leftBefore | Should -BeNullOrEmpty -Because 'an example removes its files'
    }

    It 'egress-allow-list lets one site pass and no other' {
        $allowed, $other = Invoke-Example egress-allow-list @{ Allowed = "localhost:$($target.Port)"; Other = $to }
        $allowed.Success | Should -BeTrue -Because $allowed.Error
        $other.Success | Should -BeFalse
        ($other.Steps | Where-Object Name -EQ Handshake).Success | Should -BeFalse
    }

    It 'two-uplinks leaves by the second while the first is out of use' {
        Invoke-Example two-uplinks @{ First = '127.0.0.2'; Second = '127.0.0.3'; Service = $service } | ForEach-Object ToString | Should -Be '127.0.0.2', '127.0.0.3', '127.0.0.2'
    }

    It 'tunnel-pair carries a request through the tunnel' {
        $test, $exit = Invoke-Example tunnel-pair @{ Target = $to }
        $test.Success | Should -BeTrue -Because $test.Error
        $exit.Type | Should -Be 'tunnel'
        # Its bytes count when they are through, which the client does not wait for.
        $exit.Dials | Should -BeGreaterThan 0
    }

    It 'ech-tunnel-pair carries a request through the tunnel' {
        $test, $exit = Invoke-Example ech-tunnel-pair @{ Target = $to }
        $test.Success | Should -BeTrue -Because $test.Error
        $exit.Type | Should -Be 'ech-tunnel'
        $exit.Dials | Should -BeGreaterThan 0
    }

    It 'fixed-address leaves from the address, and the record has the user' {
        $address, $record = Invoke-Example fixed-address @{ Address = '127.0.0.7'; Service = $service }
        "$address" | Should -Be '127.0.0.7'
        $record.User | Should -Be 'build'
        $record.Exit | Should -Be 'known'
    }

    It 'publish-exits sends a request through a proxy that was published' {
        $proxy = Start-MxServer -Listen socks5://127.0.0.1:0 -Name other -PassThru
        try {
            $exit, $test, $group = Invoke-Example publish-exits @{ Proxy = "socks5://$($proxy.Listeners[0].EndPoint)"; Target = $to }
            (Get-MxServer other).TotalSessions | Should -Be 1
        } finally {
            Stop-MxServer other
        }
        $exit.Name, $exit.Origin | Should -Be 'first', 'Published'
        $test.Success | Should -BeTrue -Because $test.Error
        $group.Published | Should -Be 0
    }

    It 'users-with-quota refuses the request behind the one that used it up' {
        $before, $after, $refused = Invoke-Example users-with-quota @{ Target = $to }
        $before.UsedThisMonth | Should -Be 0
        $after.UsedThisMonth | Should -BeGreaterThan 20
        $refused.Success | Should -BeFalse
    }

    It 'records-search finds the session by its user and by its source' {
        $byUser, $bySource = Invoke-Example records-search @{ Target = $to }
        $byUser.User | Should -Be 'alice'
        $bySource.Id | Should -Be $byUser.Id
        "$($bySource.Source)" | Should -Match '^127\.0\.0\.1:\d+$'
    }

    It 'fleet serves a request while its store is away' {
        if (-not (Test-Path /usr/lib/postgresql/*/bin/initdb)) { Set-ItResult -Skipped -Because 'PostgreSQL (package postgresql) is not installed'; return }
        $results = Invoke-Example fleet/fleet @{ Target = $to }
        ($results | Where-Object State -EQ Alive).Name | Should -Be 'node-1', 'node-2', 'node-3'
        ($results | Where-Object FleetState).ForEach({ "$($_.Node) $($_.FleetState)" }) | Should -Be (1..3).ForEach({ "node-$_ up on 3 of 3 nodes" })
        ($results | Where-Object Steps).Success | Should -BeTrue
        ($results | Where-Object Store).Reachable | Should -Be $false, $true
    }
}

Describe 'module/examples/<Path>' -ForEach $scripts {
    It 'has a test' {
        Get-Content (Join-Path $PSScriptRoot 'Examples.Tests.ps1') -Raw | Should -Match "Invoke-Example $([regex]::Escape($Path -replace '\.ps1$')) "
    }

    It 'says how it is called, and names cmdlets and parameters that there are' {
        $text = Get-Content (Join-Path $root "module/examples/$Path") -Raw
        $text | Should -Match "(?m)^#   Import-Module MultiExit; \./$([regex]::Escape($Script))"
        Get-CmdletFault $text | Should -BeNullOrEmpty
    }
}
