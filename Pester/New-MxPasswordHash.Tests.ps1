BeforeAll {
    . (Join-Path $PSScriptRoot 'common.ps1')
    $password = ConvertTo-SecureString 'wonderland' -AsPlainText
}

Describe 'New-MxPasswordHash' {
    It 'makes a <Algorithm> hash with a salt of its own' -ForEach @(
        @{ Algorithm = 'argon2id'; Begin = '$argon2id$v=19$m=64,t=1,p=1$'; More = @{ Memory = 64; Passes = 1 } }
        @{ Algorithm = 'scrypt'; Begin = '$scrypt$ln=4,r=8,p=1$'; More = @{ Cost = 4 } }
        @{ Algorithm = 'bcrypt'; Begin = '$2b$04$'; More = @{ Cost = 4 } }
    ) {
        $hash = New-MxPasswordHash $password -Algorithm $Algorithm @More
        $hash | Should -BeLike "$Begin*"
        $password | New-MxPasswordHash -Algorithm $Algorithm @More | Should -Not -Be $hash
    }

    It 'makes one that lets its user in, and nobody with another password' {
        $hash = New-MxPasswordHash $password
        $file = Join-Path $TestDrive 'edge.yaml'
        Set-Content $file "inbounds: [{ name: proxy, type: mixed, listen: `"127.0.0.1:0`", users: { alice: { password_hash: '$hash' } } }]"
        (Test-MxConfig $file).Warnings | Should -BeNullOrEmpty
        $web = Start-HttpTarget
        try {
            $server = Start-MxServer $file -Name hashed -PassThru
            $proxy = "socks5://$($server.Listeners[0].EndPoint)"
            $right = [pscredential]::new('alice', $password)
            (Test-MxTunnel $proxy "127.0.0.1:$($web.Port)" -Credential $right).Success | Should -BeTrue
            $wrong = [pscredential]::new('alice', (ConvertTo-SecureString 'wrong' -AsPlainText))
            (Test-MxTunnel $proxy "127.0.0.1:$($web.Port)" -Credential $wrong).Success | Should -BeFalse
            "$((Get-MxConfig hashed).Settings)" | Should -Match 'alice.password_hash: \*\*\*'
        } finally {
            Stop-MxServer *
            Stop-HttpTarget $web
        }
    }

    It 'fails with <Fault>' -ForEach @(
        @{ Fault = 'a parameter of another algorithm'; More = @{ Algorithm = 'bcrypt'; Memory = 64 } }
        @{ Fault = 'more than a login may cost'; More = @{ Memory = 262144; Passes = 5 } }
        @{ Fault = 'a cost that bcrypt does not have'; More = @{ Algorithm = 'bcrypt'; Cost = 16 } }
    ) {
        (Get-Failure { New-MxPasswordHash $password @More }).FullyQualifiedErrorId | Should -BeLike 'HashNotMade,*'
    }

    It 'takes a password that is typed, and has it never among its arguments' {
        'wonderland' | & (Join-Path $PSScriptRoot '../module/bin/multiexit') hash --algorithm bcrypt --cost 4 | Should -BeLike '$2b$04$*'
    }
}
