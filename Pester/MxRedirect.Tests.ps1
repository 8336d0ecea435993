# Get-MxRedirect, Install-MxRedirect, Test-MxRedirect and Uninstall-MxRedirect, in a network namespace of their own: the host's stays as it is.
BeforeAll {
    . (Join-Path $PSScriptRoot 'common.ps1')
    $reason = if (-not $IsLinux) { 'network namespaces need Linux' }
    elseif ((id -u) -ne 0) { 'network namespaces need root' }
    elseif (-not ((Get-Command ip -ErrorAction Ignore) -and (Get-Command nft -ErrorAction Ignore))) { 'ip or nft is not installed' }
    else {
        $probe = "multiexit-probe-r$PID"
        ip netns add $probe 2>&1 | Out-Null
        if ($LASTEXITCODE -ne 0) { 'no network namespace can be made' }
        else {
            ip netns exec $probe nft 'table inet probe { chain c { type filter hook prerouting priority -150; meta l4proto tcp tproxy to :1; }; }' 2>&1 | Out-Null
            if ($LASTEXITCODE -ne 0) { 'the kernel has no tproxy' }
            ip netns del $probe
        }
    }
    $config = Join-Path $TestDrive 'gateway.yaml'
    Set-Content $config @'
name: gate
inbounds:
  - { name: lan, type: transparent, listen: "[::]:12345", mode: tproxy, udp: true, redirect: { from: [10.1.0.0/16, d0], ports: [80, 443] } }
  - { name: web, type: transparent, listen: "[::]:12346", redirect: { from: [10.2.0.0/16] } }
'@

    # Runs a script text in a PowerShell of its own inside the namespace; it ends with an object, which comes back.
    function Invoke-Inside([string] $Script) {
        $shell = Get-FreshShell
        $leading = $shell.Leading
        $text = "`$ErrorActionPreference = 'Stop'; Import-Module '$(Join-Path $root 'MultiExit.psd1')'; `$config = '$config'; & { $Script } | ConvertTo-Json -Depth 4"
        $answer = & ip netns exec $space $shell.FilePath @leading -NoProfile -NonInteractive -Command $text
        try { $answer | Out-String | ConvertFrom-Json } catch { throw "not an object: $answer" }
    }

    function Get-Trace {
        foreach ($words in 'nft list ruleset', 'ip rule', 'ip -6 rule', 'ip route show table all', 'ip -6 route show table all') {
            ip netns exec $space $words.Split(' ')
        }
    }
}

Describe 'MxRedirect without privileges' {
    It 'reports a file that is not valid' {
        $bad = Join-Path $TestDrive 'bad.yaml'
        Set-Content $bad 'inbounds: [{ name: a, type: transparent, listen: ":1", mode: pf }]'
        foreach ($name in 'Get-MxRedirect', 'Install-MxRedirect', 'Test-MxRedirect', 'Uninstall-MxRedirect') {
            (Get-Failure { & $name $bad -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'InvalidConfiguration,*'
        }
    }

    It 'reports a configuration that catches nothing' {
        $none = Join-Path $TestDrive 'none.yaml'
        Set-Content $none 'inbounds: [{ name: in, type: mixed, listen: "127.0.0.1:0" }]'
        (Get-Failure { Get-MxRedirect $none -ErrorAction Stop }).Exception.Message | Should -BeLike '*no inbound of the type transparent has a section `redirect`*'
    }
}

Describe 'MxRedirect in a namespace' {
    BeforeEach {
        if ($reason) { return }
        $space = "multiexit-pester-r$PID"
        ip netns add $space
        ip -n $space link set lo up
        $before = Get-Trace
    }

    AfterEach { if (-not $reason) { ip netns del $space } }

    It 'plans, shows, sets up, tests and removes' {
        if ($reason) {
            Set-ItResult -Skipped -Because $reason
            return
        }
        $seen = Invoke-Inside @'
            [ordered]@{
                planned   = @(Get-MxRedirect $config | Select-Object Inbound, Mode, @{ n = 'Listen'; e = { "$($_.Listen)" } }, From, Ports, Udp, Mark, Table, IsApplied, Reason)
                missing   = Test-MxRedirect -Config $config
                installed = @(Install-MxRedirect $config -Confirm:$false -PassThru | ForEach-Object IsApplied)
                inPlace   = (Test-MxRedirect $config).IsInPlace
                again     = @(Install-MxRedirect $config -Confirm:$false -Verbose 4>&1 | ForEach-Object Message)
                table     = Get-MxRedirect $config | Format-Table | Out-String
            }
'@
        $seen.planned.Inbound | Should -Be 'lan', 'web'
        $seen.planned.Mode | Should -Be 'Tproxy', 'Redirect'
        $seen.planned[0].From | Should -Be 'd0', '10.1.0.0/16'
        $seen.planned[0].Ports | Should -Be '80', '443'
        $seen.planned.Mark | Should -Be 19800, $null
        $seen.planned.IsApplied | Should -Be $false, $false
        $seen.planned.Reason[1] | Should -BeLike 'missing: the nftables table inet multiexit_redirect*'
        $seen.missing.IsInPlace | Should -BeFalse
        $seen.missing.Differences.Kind | Should -Contain 'Firewall'
        $seen.missing.Differences.Inbound | Should -Contain 'web'
        $seen.installed | Should -Be $true, $true
        $seen.inPlace | Should -BeTrue
        $seen.again | Should -Contain 'gate: nothing to do'
        $seen.table | Should -Match 'lan\s+Tproxy\s+\[::\]:12345\s+d0\s+True\s+True'
        (ip netns exec $space nft list table inet multiexit_redirect) -join "`n" | Should -BeLike '*redirect to :12346*'

        $gone = Invoke-Inside '@{ applied = @(Uninstall-MxRedirect $config -Confirm:$false -PassThru | ForEach-Object IsApplied) }'
        $gone.applied | Should -Be $false, $false
        Get-Trace | Should -Be $before
    }

    It 'shows the commands with -WhatIf and changes nothing' {
        if ($reason) {
            Set-ItResult -Skipped -Because $reason
            return
        }
        $shell = Get-FreshShell
        $leading = $shell.Leading
        $text = & ip netns exec $space $shell.FilePath @leading -NoProfile -NonInteractive -Command "Import-Module '$(Join-Path $root 'MultiExit.psd1')'; Install-MxRedirect '$config' -WhatIf" | Out-String
        $text | Should -BeLike '*ip -4 rule add fwmark 19800 lookup 19800 priority 9000 protocol 78*'
        $text | Should -BeLike '*nft -f -*redirect to :12346*'
        Get-Trace | Should -Be $before
    }

    It 'asks, and changes nothing where nobody can answer' {
        if ($reason) {
            Set-ItResult -Skipped -Because $reason
            return
        }
        $seen = Invoke-Inside 'try { Install-MxRedirect $config; @{ error = $null } } catch { @{ error = "$_" } }'
        $seen.error | Should -Not -BeNullOrEmpty
        Get-Trace | Should -Be $before
    }
}
