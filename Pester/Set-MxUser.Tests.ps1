BeforeAll {
    . (Join-Path $PSScriptRoot 'common.ps1')
    $silent = New-BusyPort
    $config = Join-Path $TestDrive 'users.yaml'
    $text = @'
name: users
inbounds:
  - { name: staff, type: socks5, listen: "127.0.0.1:0", users: { alice: { password: a1 } } }
  - name: web
    type: http
    listen: "127.0.0.1:0"
    users:
      alice: { password: a1 }   # she is everywhere
      carol:
        password: c1
limits: { users: { carol: { connections: 5 } } }
history: { directory: history }
'@
    function Open-Login([string] $Login) { return Open-Socks5 $port $silent.LocalEndpoint.Port $Login }
    function Get-Difference([int] $Version) { return Compare-MxConfigVersion $Version | ForEach-Object ToString }
}

AfterAll { $silent.Stop() }

Describe 'Set-MxUser' {
    BeforeEach {
        Remove-Item (Join-Path $TestDrive 'history') -Recurse -ErrorAction Ignore
        Set-Content $config $text
        $port = (Start-MxServer $config -PassThru).Listeners[0].EndPoint.Port
    }

    AfterEach { Stop-MxServer * }

    It 'changes a password wherever the user is; live sessions go on, the old one is refused' {
        $live = Open-Login alice:a1
        try {
            Get-MxUser alice | Set-MxUser -Password (ConvertTo-Secret "n: #w'`"{") | Should -BeNullOrEmpty
            { Open-Login alice:a1 } | Should -Throw
            (Open-Login "alice:n: #w'`"{").Dispose()
            $live.Client.Poll(0, 'SelectRead') | Should -BeFalse
            (Get-MxUser alice).Sessions | Should -BeGreaterOrEqual 1
        } finally {
            $live.Dispose()
        }
        Get-Difference 1 | Should -Be '~ inbounds[staff].users.alice.password: *** -> ***', '~ inbounds[web].users.alice.password: *** -> ***'
        $version = Get-MxConfigVersion -Version 2
        $version.Why, $version.Who | Should -Be 'Edit', ([Environment]::UserName)
        Get-Content -Raw (Join-Path $TestDrive history/2.yaml) | Should -Match '# she is everywhere'
        Restore-MxConfigVersion 1
        (Open-Login alice:a1).Dispose()
    }

    It 'adds a user with limits, and yields it' {
        $user = Set-MxUser bob -Inbound s*, web -Password (ConvertTo-Secret b1) -Connections 2 -NewConnections 10 -UdpAssociations 3 -Bandwidth 5MB/s -PassThru
        $user | Should -BeOfType MultiExit.MxUser
        $user.Name, $user.Server | Should -Be 'bob', 'users'
        $user.Inbounds | Should -Be 'staff', 'web'
        (Open-Login bob:b1).Dispose()
        (Get-MxConfig users).Settings -match 'limits.users.bob' |
            Should -Be 'limits.users.bob.connections: 2', 'limits.users.bob.new: 10/s', 'limits.users.bob.udp: 3', 'limits.users.bob.bandwidth: 5MB/s'
        (Get-MxUser).Name | Should -Be 'alice', 'bob', 'carol'
        Set-MxUser bob -Connections 0 -UdpAssociations 0 -Bandwidth none
        (Get-MxConfig users).Settings -match 'limits.users.bob' | Should -Be 'limits.users.bob.new: 10/s'
        $version = (Get-MxConfig users).Version
        (Set-MxUser bob -Connections 0 -PassThru).Name | Should -Be 'bob'
        (Get-MxConfig users).Version | Should -Be $version
    }

    It 'takes a credential, and names of every kind' {
        $name = 'b.o[b] "x" {0} {{' -f [char]0xe9
        Set-MxUser -Credential ([pscredential]::new($name, (ConvertTo-Secret 'b 1'))) -Inbound staff -Quota none
        (Get-MxUser | Where-Object Name -EQ $name).Inbounds | Should -Be 'staff'
        Set-MxUser $name -Connections 1
        (Open-Login "${name}:b 1").Dispose()
        Set-MxUser $name -Remove
        Get-Difference 1 | Should -BeNullOrEmpty
    }

    It 'takes a user out of one inbound or of all, its limits with it' {
        Set-MxUser alice -Inbound web -Remove
        (Get-MxUser alice).Inbounds | Should -Be 'staff'
        Set-MxUser alice -Inbound web -Password (ConvertTo-Secret a2)
        Get-MxUser carol | Set-MxUser -Remove
        Get-MxUser carol | Should -BeNullOrEmpty
        Get-Difference 1 | Should -Contain '- limits.users.carol.connections: 5'
        $failure = Get-Failure { Set-MxUser alice -Remove -ErrorAction Stop }
        $failure.FullyQualifiedErrorId | Should -BeLike 'InvalidConfiguration,*'
        $failure.Exception.Message | Should -BeLike '*leave the key out to serve anybody*'
    }

    It 'only shows what would change with -WhatIf, no secret' {
        $seen = Invoke-Child @"
            Import-Module '$(Join-Path $root 'MultiExit.psd1')'
            Set-Content '$config' (Get-Content -Raw '$config').Replace('history: { directory: history }', '')
            Start-MxServer '$config'
            `$word = [securestring]::new()
            'hunter5'.ToCharArray() | ForEach-Object { `$word.AppendChar(`$_) }
            Set-MxUser carol -Password `$word -Quota none -Bandwidth 1MB/s -WhatIf
            Set-MxUser dave -Password `$word -Inbound staff -WhatIf -Verbose 4>&1
            (Get-MxUser).Name -join ','
            Set-MxUser carol -Password `$word 3>&1
"@
        $seen = $seen -join "`n"
        $seen | Should -BeLike '*~ inbounds`[web`].users.carol.password: `*`*`* -> `*`*`**+ limits.users.carol.bandwidth: 1MB/s*'
        $seen | Should -BeLike '*+ inbounds`[staff`].users.dave.password: `*`*`**alice,carol*has no*history*'
        $seen | Should -Not -Match 'hunter'
    }

    It 'fails with stable ids' {
        (Get-Failure { Set-MxUser dave -Connections 1 -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'UserNotFound,*'
        (Get-Failure { Set-MxUser dave -Remove -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'UserNotFound,*'
        (Get-Failure { Set-MxUser dave -Inbound staff -Connections 1 -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'PasswordMissing,*'
        (Get-Failure { Set-MxUser carol -Inbound none -Connections 1 -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'InboundNotFound,*'
        (Get-Failure { Set-MxUser carol -Inbound staff -Remove -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'InboundNotFound,*'
        (Get-Failure { Set-MxUser carol -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'NothingToSet,*'
        (Get-Failure { Set-MxUser carol -Bandwidth fast -ErrorAction Stop }).Exception.ConfigErrors.Path | Should -Be 'limits.users.carol.bandwidth'
        (Get-Failure { Set-MxUser carol -Server none -Connections 1 -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'ServerNotFound,*'
        (Get-MxConfig users).Version | Should -Be 1
    }

    It 'completes names' {
        $line = 'Set-MxUser -Name ca'
        (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Should -Be 'carol'
        $line = 'Get-MxUser al'
        (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Should -Be 'alice'
    }
}
