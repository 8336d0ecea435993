BeforeAll {
    . (Join-Path $PSScriptRoot 'common.ps1')
    $silent = New-BusyPort
    $config = Join-Path $TestDrive 'table.yaml'
    $text = @'
name: table
users:
  alice: { password: a1, groups: [ops], networks: [192.0.2.0/24] }
  carol: { password: c1, tokens: { ci: abc }, limits: { connections: 5 } }
inbounds:
  - { name: all, type: socks5, listen: "127.0.0.1:0", users: all }
  - { name: some, type: http, listen: "127.0.0.1:0", users: [alice] }
history: { directory: history }
'@
    function Open-Login([string] $Login) { return Open-Socks5 $port $silent.LocalEndpoint.Port $Login }
    function Wait-Until([scriptblock] $Condition) {
        $end = [datetime]::UtcNow.AddSeconds(60)
        while (-not (& $Condition)) {
            if ([datetime]::UtcNow -gt $end) { throw "not so: $Condition" }
            Start-Sleep -Milliseconds 20
        }
    }
}

AfterAll { $silent.Stop() }

Describe 'Users of the table' {
    BeforeEach {
        Remove-Item (Join-Path $TestDrive 'history') -Recurse -ErrorAction Ignore
        Set-Content $config $text
        $port = (Start-MxServer $config -PassThru -WarningAction SilentlyContinue).Listeners[0].EndPoint.Port
    }

    AfterEach { Stop-MxServer * }

    It 'are shown with what they can prove themselves by, and never with a secret' {
        $alice, $carol = Get-MxUser
        $alice.Credentials | Should -Be 'password', 'network:192.0.2.0/24'
        $alice.Groups | Should -Be 'ops'
        $alice.Inbounds | Should -Be 'all', 'some'
        $alice.IsShared, $alice.Disabled, $alice.LastLogin | Should -Be $true, $false, $null
        $carol.Credentials | Should -Be 'password', 'token:ci'
        (Open-Login alice:a1).Dispose()
        (Get-MxUser alice).LastLogin | Should -BeGreaterThan ([DateTimeOffset]::Now.AddMinutes(-1))
        Get-MxUser | ConvertTo-Json -Depth 5 | Should -Not -Match 'a1|c1|abc'
    }

    It 'come, are changed and go' {
        $bob = New-MxUser bob -Password (ConvertTo-Secret b1) -Token @{ ci = ConvertTo-Secret t1 } -Group dev -Inbound some -Expires 2099-12-31 -PassThru
        $bob.Inbounds | Should -Be 'all', 'some'
        $bob.Expires.UtcDateTime | Should -Be ([datetime]'2100-01-01')
        (Open-Login bob:b1).Dispose()
        New-MxUser bob -Network 198.51.100.1 -ErrorAction SilentlyContinue -ErrorVariable exists
        $exists.FullyQualifiedErrorId | Should -Be 'UserExists,MultiExit.Commands.NewMxUserCommand'

        Set-MxUser bob -Password (ConvertTo-Secret b2) -Expires none -Group @() -Connections 3
        { Open-Login bob:b1 } | Should -Throw
        (Open-Login bob:b2).Dispose()
        $bob = Get-MxUser bob
        $bob.Expires, $bob.Groups.Count | Should -Be $null, 0
        (Get-MxConfig table).Settings -match 'users.bob.limits' | Should -Be 'users.bob.limits.connections: 3'

        (Get-MxConfig table).Settings -match 'users.bob.(password_hash|tokens)' |
            Should -Be 'users.bob.password_hash: ***', 'users.bob.tokens.ci: ***'
        Compare-MxConfigVersion 1 | Out-String | Should -Not -Match 't1|b2'
        (Remove-MxUser bob -PassThru).Name | Should -Be 'bob'
        { Open-Login bob:b2 } | Should -Throw
        Compare-MxConfigVersion 1 | Should -BeNullOrEmpty
        Remove-MxUser bob -ErrorAction SilentlyContinue -ErrorVariable gone
        $gone.FullyQualifiedErrorId | Should -Be 'UserNotFound,MultiExit.Commands.RemoveMxUserCommand'
    }

    It 'have keys for tunnels, from files or as they are' {
        $file = Join-Path $TestDrive 'laptop.key'
        New-MxKey -Path $file -Force
        $null = New-MxUser bob -Key @{ laptop = $file; phone = ConvertTo-Secret 'a-long-key-of-the-phone' }
        (Get-MxUser bob).Credentials | Sort-Object | Should -Be 'key:laptop', 'key:phone'
        (Get-MxConfig table).Settings -match 'users.bob.keys' | Sort-Object |
            Should -Be "users.bob.keys.laptop.file: $file", 'users.bob.keys.phone: ***'
    }

    It 'come into a tunnel with the key that New-MxUser gave them, until it is taken away' {
        $web = Start-HttpTarget
        try {
            $tunnel = Join-Path $TestDrive 'tunnel.yaml'
            Set-Content $tunnel @'
name: tunnel
users: { erin: { keys: { k: a-long-key-of-erin-alone } } }
inbounds: [{ name: edge, type: tunnel, listen: "127.0.0.1:0", tls: { self_signed: true }, users: all, private_destinations: allow }]
'@
            $edge = (Start-MxServer $tunnel -PassThru -WarningAction SilentlyContinue).Listeners[0].EndPoint
            $through = "tunnel://${edge}?psk=a-long-key-of-the-phone"
            (Test-MxTunnel $through "127.0.0.1:$($web.Port)").Success | Should -BeFalse
            New-MxUser bob -Server tunnel -Key @{ phone = ConvertTo-Secret 'a-long-key-of-the-phone' } -WarningAction SilentlyContinue
            (Test-MxTunnel $through "127.0.0.1:$($web.Port)").Response | Should -BeLike 'HTTP/1.1 200 OK*'
            (Get-MxUser bob -Server tunnel).TotalSessions | Should -Be 1
            Remove-MxUser bob -Server tunnel -WarningAction SilentlyContinue
            (Test-MxTunnel $through "127.0.0.1:$($web.Port)").Success | Should -BeFalse
        } finally {
            Stop-HttpTarget $web
        }
    }

    It 'are known by certificates, which are shown by their kind' {
        $null = New-MxUser bob -Certificate @{ san = 'bob.example', 'bob.other.example' }
        (Get-MxUser bob).Credentials | Should -Be 'certificate:san'
        (Get-MxConfig table).Settings -match 'users.bob.certificate' | Should -Be 'users.bob.certificate.san: [bob.example, bob.other.example]'
        $made = New-MxCertificate bob -CertificatePath (Join-Path $TestDrive 'bob.pem') -KeyPath (Join-Path $TestDrive 'bob.key') -Force
        $certificate = [Security.Cryptography.X509Certificates.X509Certificate2]::CreateFromPem((Get-Content $made.CertificatePath -Raw))
        Set-MxUser bob -Certificate @{ sha256 = $certificate }
        (Get-MxUser bob).Credentials | Should -Be 'certificate:sha256'
        (Get-MxConfig table).Settings -match 'users.bob.certificate' |
            Should -BeLike "users.bob.certificate.sha256: $($certificate.GetCertHashString('SHA256').Substring(0, 50))*" # long values are cut
        Set-MxUser bob -Certificate @{} -Password (ConvertTo-Secret b1)
        (Get-MxUser bob).Credentials | Should -Be 'password'
        Set-MxUser bob -Certificate @{ san = '*.example' } -ErrorAction SilentlyContinue -ErrorVariable wrong
        $wrong | Should -Match 'a DNS name without \*'
    }

    It 'are disabled, with their live sessions or without' {
        $live = Open-Login alice:a1
        try {
            Set-MxUser alice -Disable
            { Open-Login alice:a1 } | Should -Throw
            $live.Client.Poll(0, 'SelectRead') | Should -BeFalse
            (Get-MxUser alice).Disabled | Should -BeTrue
            Set-MxUser alice -Cut
            Wait-Until { $live.Client.Poll(0, 'SelectRead') }
        } finally {
            $live.Dispose()
        }
        Set-MxUser alice -Enable
        (Open-Login alice:a1).Dispose()
        (Get-MxLog -Id MX1067).Message | Should -Match 'alice \(password\), who is disabled'
    }

    It 'change nothing with -WhatIf' {
        New-MxUser bob -Network 198.51.100.1 -WhatIf
        Remove-MxUser carol -Cut -WhatIf
        Set-MxUser alice -Disable -Cut -WhatIf
        (Get-MxConfig table).Version | Should -Be 1
    }

    It 'are not changed on one inbound alone' {
        Set-MxUser alice -Inbound some -Connections 1 -ErrorAction SilentlyContinue -ErrorVariable shared
        $shared.FullyQualifiedErrorId | Should -Be 'UserIsShared,MultiExit.Commands.SetMxUserCommand'
    }

    It 'are explained by Test-MxRoute: how they are known, and why they are refused' {
        $route = Test-MxRoute example.com:443 -Inbound all -User alice
        $route.UserKnownBy | Should -Be 'password', 'network:192.0.2.0/24'
        $route.UserGroups | Should -Be 'ops'
        $route.Explanation | Should -Contain '  alice is known by password or network:192.0.2.0/24, in the groups ops'
        Set-MxUser alice -Disable
        (Test-MxRoute example.com:443 -Inbound all -User alice).Reason | Should -Be 'the user alice is disabled: such a login fails'
        (Test-MxRoute example.com:443 -Inbound all -Client 192.0.2.7).User | Should -Be 'alice'
    }
}

Describe 'Users of a back-end' {
    BeforeEach {
        # The password of the hash is U*U.
        Set-Content (Join-Path $TestDrive 'users') 'dave:$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'
        Set-Content $config @'
name: table
users: { alice: { password_hash: "$2b$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK" } }
inbounds: [{ name: all, type: socks5, listen: "127.0.0.1:0", users: all }]
auth: { file: users }
routes: [{ users: [dave], ports: [25], exit: block }, { groups: [ops], exit: block }]
'@
        $port = (Start-MxServer $config -PassThru).Listeners[0].EndPoint.Port
    }

    AfterEach { Stop-MxServer * }

    It 'are shown once they have come in, and explained without being asked about' {
        Get-MxUser | ForEach-Object Name | Should -Be 'alice'
        $before = Test-MxRoute mail.example:443 -User dave
        $before.Outcome | Should -Be 'Undecided'
        $before.Notes | Should -Match 'dave is no user of the configuration; the back-end auth \(file\) is asked when it logs in, and not here: whether it is let in'
        { Open-Login dave:wrong } | Should -Throw
        (Open-Login dave:U*U).Dispose()
        $dave = Get-MxUser dave
        $dave.BackEnd, $dave.Credentials, $dave.Inbounds | Should -Be 'file', 'password:file', 'all'
        $dave.LastLogin | Should -BeGreaterThan ([DateTimeOffset]::Now.AddMinutes(-1))
        (Get-MxUser alice).BackEnd | Should -BeNullOrEmpty
        $after = Test-MxRoute mail.example:443 -User dave
        $after.Outcome | Should -Be 'Served'
        $after.UserKnownBy | Should -Be 'password:file'
        (Test-MxRoute mail.example:25 -User dave).Outcome | Should -Be 'Refused'
    }

    It 'need a back-end that this machine has' {
        Set-Content (Join-Path $TestDrive 'users') 'dave:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g='
        (Test-MxConfig $config).Errors.Message | Should -Match 'line 1 of the file .*users \(dave\): its hash is SHA-1 without a salt, which is not taken'
        Set-Content (Join-Path $TestDrive 'pam.yaml') @'
inbounds: [{ name: all, type: socks5, listen: "127.0.0.1:0", auth: { pam: { service: multiexit-test-none } } }]
'@
        (Test-MxConfig (Join-Path $TestDrive 'pam.yaml')).Errors.Path | Should -Be 'inbounds[0].auth'
    }
}
