# Get-MxSnat, Install-MxSnat, Test-MxSnat and Uninstall-MxSnat, in a network namespace of their own: the host's stays as it is.
BeforeAll {
    . (Join-Path $PSScriptRoot 'common.ps1')
    $reason = if (-not $IsLinux) { 'network namespaces need Linux' }
    elseif ((id -u) -ne 0) { 'network namespaces need root' }
    elseif (-not ((Get-Command ip -ErrorAction Ignore) -and (Get-Command nft -ErrorAction Ignore))) { 'ip or nft is not installed' }
    else {
        $probe = "multiexit-probe-$PID"
        ip netns add $probe 2>&1 | Out-Null
        if ($LASTEXITCODE -ne 0) { 'no network namespace can be made' } else { ip netns del $probe }
    }
    $config = Join-Path $TestDrive 'snat.yaml'
    Set-Content $config @'
name: edge
inbounds: [{ name: in, type: mixed, listen: "127.0.0.1:0" }]
exits:
  - { name: wan1, type: direct, address: 198.51.100.10 }
  - { name: wan2, type: direct, address: 10.9.0.2 }
snat: { enabled: true, gateway: 10.9.0.1, interface: d0 }
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
        foreach ($words in 'nft list ruleset', 'ip rule', 'ip -6 rule', 'ip route show table all', 'ip -6 route show table all', 'cat /proc/sys/net/ipv4/conf/d0/rp_filter') {
            ip netns exec $space $words.Split(' ')
        }
    }
}

Describe 'MxSnat without privileges' {
    It 'reports a file that is not valid' {
        $bad = Join-Path $TestDrive 'bad.yaml'
        Set-Content $bad 'snat: { backend: pf }'
        foreach ($name in 'Get-MxSnat', 'Install-MxSnat', 'Test-MxSnat', 'Uninstall-MxSnat') {
            (Get-Failure { & $name $bad -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'InvalidConfiguration,*'
        }
    }

    It 'reports a configuration without such exits' {
        $none = Join-Path $TestDrive 'none.yaml'
        Set-Content $none 'inbounds: [{ name: in, type: mixed, listen: "127.0.0.1:0" }]'
        (Get-Failure { Get-MxSnat $none -ErrorAction Stop }).Exception.Message | Should -BeLike '*no direct exit has an address or a gateway*'
    }
}

Describe 'MxSnat in a namespace' {
    BeforeEach {
        if ($reason) { return }
        $space = "multiexit-pester-$PID"
        ip netns add $space
        foreach ($words in 'link add d0 type veth peer name d1', 'link set d0 addrgenmode none', 'link set d1 addrgenmode none', 'link set d1 up', 'link set d0 up', 'address add 10.9.0.2/24 dev d0') { ip -n $space $words.Split(' ') }
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
                planned   = @(Get-MxSnat $config | Select-Object Exit, @{ n = 'Source'; e = { "$($_.Address)" } }, IsOnHost, Mark, Table, IsApplied, Reason)
                missing   = Test-MxSnat -Config $config
                installed = @(Install-MxSnat $config -Confirm:$false -PassThru | ForEach-Object IsApplied)
                inPlace   = (Test-MxSnat $config).IsInPlace
                again     = @(Install-MxSnat $config -Confirm:$false -Verbose 4>&1 | ForEach-Object Message)
                table     = Get-MxSnat $config | Format-Table | Out-String
            }
'@
        $seen.planned.Exit | Should -Be 'wan1', 'wan2'
        $seen.planned.Source | Should -Be '198.51.100.10', '10.9.0.2'
        $seen.planned.IsOnHost | Should -Be $false, $true
        $seen.planned.Mark | Should -Be 1, 2
        $seen.planned.IsApplied | Should -Be $false, $false
        $seen.planned.Reason[0] | Should -BeLike 'missing rule: ip -4 rule add fwmark 1*'
        $seen.missing.IsInPlace | Should -BeFalse
        $seen.missing.Differences.Kind | Should -Contain 'Firewall'
        $seen.missing.Differences.Exit | Should -Contain 'wan2'
        $seen.installed | Should -Be $true, $true
        $seen.inPlace | Should -BeTrue
        $seen.again | Should -Contain 'edge: nothing to do'
        $seen.table | Should -Match 'wan1\s+198\.51\.100\.10\s+10\.9\.0\.1\s+d0\s+1\s+100\s+True'
        (ip netns exec $space nft list table inet multiexit) -join "`n" | Should -BeLike '*snat ip to 198.51.100.10*'

        $gone = Invoke-Inside '@{ applied = @(Uninstall-MxSnat $config -Confirm:$false -PassThru | ForEach-Object IsApplied) }'
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
        $text = & ip netns exec $space $shell.FilePath @leading -NoProfile -NonInteractive -Command "Import-Module '$(Join-Path $root 'MultiExit.psd1')'; Install-MxSnat '$config' -WhatIf" | Out-String
        $text | Should -BeLike '*ip -4 rule add fwmark 1 lookup 100 priority 10000 protocol 77*'
        $text | Should -BeLike '*nft -f -*snat ip to 198.51.100.10*'
        Get-Trace | Should -Be $before
    }

    It 'asks, and changes nothing where nobody can answer' {
        if ($reason) {
            Set-ItResult -Skipped -Because $reason
            return
        }
        $seen = Invoke-Inside 'try { Install-MxSnat $config; @{ error = $null } } catch { @{ error = "$_" } }'
        $seen.error | Should -Not -BeNullOrEmpty
        Get-Trace | Should -Be $before
    }

    It 'says what is in the way and changes nothing' {
        if ($reason) {
            Set-ItResult -Skipped -Because $reason
            return
        }
        ip -n $space route add 192.0.2.0/24 dev d0 table 101
        $before = Get-Trace
        $seen = Invoke-Inside @'
            try { Install-MxSnat $config -Confirm:$false } catch { @{ id = $_.FullyQualifiedErrorId; message = "$_"; target = "$($_.TargetObject)"; test = (Test-MxSnat $config).Differences[0] } }
'@
        $seen.id | Should -BeLike 'Provisioning,*'
        $seen.message | Should -BeLike 'the routing table 101 of the exit wan2 has routes that MultiExit did not make; choose another snat.table_base*'
        $seen.target | Should -Be $config
        $seen.test.Kind | Should -Be 'Collision'
        Get-Trace | Should -Be $before
    }

    It 'says what is missing without CAP_NET_ADMIN' {
        if (-not (Get-Command setpriv -ErrorAction Ignore)) { $reason = 'setpriv is not installed' }
        if ($reason) {
            Set-ItResult -Skipped -Because $reason
            return
        }
        $shell = Get-FreshShell
        $leading = $shell.Leading
        $script = "Import-Module '$(Join-Path $root 'MultiExit.psd1')'; (Get-MxSnat '$config')[0] | ForEach-Object { `"applied <`$(`$_.IsApplied)> `$(`$_.Reason)`" };" +
            "try { Install-MxSnat '$config' -Confirm:`$false -ErrorAction Stop } catch { `$_.FullyQualifiedErrorId }; Install-MxSnat '$config' -WhatIf"
        $text = & ip netns exec $space setpriv --bounding-set=-net_admin --inh-caps=-all $shell.FilePath @leading -NoProfile -NonInteractive -Command $script | Out-String
        $text | Should -BeLike 'applied <> looking at the firewall needs CAP_NET_ADMIN*'
        $text | Should -BeLike '*PermissionDenied,*'
        $text | Should -BeLike '*What if: *ip -4 rule add fwmark 1*'
        Get-Trace | Should -Be $before
    }
}
