BeforeAll {
    . (Join-Path $PSScriptRoot 'common.ps1')
    $config = Join-Path $TestDrive 'edge.yaml'
    Set-Content $config @'
name: edge
inbounds:
  - { name: staff, type: socks5, listen: "127.0.0.1:0", users: { alice: { password: a1 } } }
  - { name: guests, type: mixed, listen: "127.0.0.1:0" }
exits:
  - { name: one, type: direct }
  - { name: two, type: direct }
groups:
  - { name: pool, strategy: round_robin, exits: [one, two] }
routes:
  - { users: [alice], exit: two }
default: pool
history: { directory: history }
'@
    $bad = Join-Path $TestDrive 'bad.yaml'
    Set-Content $bad "inbounds:`n  - { name: a, type: mixd, listen: '127.0.0.1:0' }"
    $closed = New-ClosedPort
    $gone = "$($closed.LocalEndPoint)"

    # One of each kind, from another process.
    $received = Start-Job {
        $ErrorActionPreference = 'Stop'
        Import-Module $using:root/MultiExit.psd1
        try {
            Start-MxServer $using:config -PassThru
            (Get-MxServer).Listeners[0]
            Get-MxExit pool
            Get-MxUser alice
            Get-MxMetric multiexit.exit.up
            Get-MxConfig
            Get-MxConfigVersion
            $route = Test-MxRoute 192.0.2.1:443 -Inbound guests
            $route
            $route.Members[0]
            $ruled = Test-MxRoute 192.0.2.1:443 -Inbound staff -User alice
            $ruled
            $ruled.Rules[0]
            Test-MxExit one "tcp://$using:gone" -Timeout 20s
            $tunnel = Test-MxTunnel direct $using:gone
            $tunnel
            $tunnel.Steps[0]
            Test-MxConfig $using:bad
            (Test-MxConfig $using:bad).Errors[0]
            New-MxCertificate a.example $using:TestDrive
            $key = New-MxEchKey hub.example (Join-Path $using:TestDrive ech.pem)
            $key
            $key | Get-MxEchConfig
        } finally {
            Stop-MxServer *
        }
    } | Receive-Job -Wait -AutoRemoveJob
    $closed.Dispose()
    # The module's objects in the order above, by kind.
    $kinds = $received | Group-Object { $_.PSTypeNames[0] -replace '^Deserialized\.MultiExit\.' } -AsHashTable -AsString
}

Describe 'Objects of a job' {
    It 'come from there' {
        $received | ForEach-Object { $_.PSTypeNames[0] | Should -BeLike 'Deserialized.MultiExit.Mx*' }
        $kinds.Count | Should -Be 18
    }

    It 'show <Kind> as in the session' -ForEach @(
        @{ Kind = 'MxServer'; Text = 'edge\s+Running\s+0\s+0 B\s+0 B\s+socks5 127\.0\.0\.1:\d+\s+mixed 127\.0\.0\.1:\d+' }
        @{ Kind = 'MxListener'; Text = 'staff\s+socks5\s+127\.0\.0\.1:\d+\s+False' }
        @{ Kind = 'MxExit'; Text = 'Server: edge\s+Name[\s\S]+pool\s+group\s+Enabled\s+0\s+0\s+0\s+one, two' }
        @{ Kind = 'MxUser'; Text = 'Server: edge\s+Name[\s\S]+alice\s+0\s+0\s+0\s+0 B\s+0 B' }
        @{ Kind = 'MxMetric'; Text = 'Server: edge\s+Name[\s\S]+multiexit\.exit\.up\s+exit=direct\s+1' }
        @{ Kind = 'MxConfig'; Text = 'edge\s+1 \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\s+\S+\s+Start Applied' }
        @{ Kind = 'MxConfigVersion'; Text = 'Server: edge\s+Version[\s\S]+1 \*\s+\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\s+\S+\s+Start\s+Applied' }
        @{ Kind = 'MxRoute'; Text = 'guests\s+192\.0\.2\.1:443\s+Served\s+default pool > one[\s\S]+staff\s+192\.0\.2\.1:443\s+Served\s+1 two' }
        @{ Kind = 'MxRouteMember'; Text = 'pool\s+one\s+Taken' }
        @{ Kind = 'MxRouteRule'; Text = '1 Matches\s+users: alice -> two' }
        @{ Kind = 'MxExitTest'; Text = 'one\s+tcp://127\.0\.0\.1:\d+\s+False\s+[\d.,]+ one: Connection' }
        @{ Kind = 'MxTunnelTest'; Text = 'direct\s+False\s+[\d.,]+ Connect [\d.]+ ms failed\s+Connection' }
        @{ Kind = 'MxTunnelStep'; Text = 'Connect\s+[\d.,]+ False' }
        @{ Kind = 'MxConfigTest'; Text = 'False native\s+1 [\s\S]+2:22 inbounds\[0\]\.type: unknown' }
        @{ Kind = 'MxConfigError'; Text = 'bad\.yaml\s+2\s+22 Text\s+inbounds\[0\]\.type' }
        @{ Kind = 'MxCertificate'; Text = 'Fingerprint\s+: sha256:' }
        @{ Kind = 'MxEchKey'; Text = 'PublicName : hub\.example' }
    ) {
        $shown = $kinds[$Kind] | Out-String -Width 80
        $shown | Should -Match $Text
        $shown -split '\r?\n' | ForEach-Object { $_.Length | Should -BeLessOrEqual 80 }
    }

    It 'name the server that a cmdlet of this session asks' {
        $null = Start-MxServer $config
        try {
            $kinds.MxServer | Get-MxUser | ForEach-Object Name | Should -Be 'alice'
            $kinds.MxUser | Get-MxServer | ForEach-Object Name | Should -Be 'edge'
        } finally {
            Stop-MxServer *
        }
    }
}
