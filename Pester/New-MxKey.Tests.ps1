BeforeAll {
    . (Join-Path $PSScriptRoot 'common.ps1')
}

Describe 'New-MxKey' {
    It 'writes another key each time' {
        $one, $two = (New-MxKey), (New-MxKey)
        $one | Should -Match '^base64:'
        [Convert]::FromBase64String($one.Substring(7)) | Should -HaveCount 32
        $one | Should -Not -Be $two
    }

    It 'makes a password of Lightsocks: each number at another place' {
        $one, $two = (New-MxKey -Type Lightsocks), (New-MxKey -Type lightsocks)
        $table = [Convert]::FromBase64String($one)
        $table | Sort-Object -Unique | Should -HaveCount 256
        0..255 | Where-Object { $table[$_] -eq $_ } | Should -BeNullOrEmpty
        $one | Should -Not -Be $two
    }

    It 'writes a file for its owner alone, and nothing else' {
        $file = Join-Path $TestDrive 'psk.txt'
        New-MxKey $file | Should -BeNullOrEmpty
        Get-Content $file | Should -Match '^base64:.{44}$'
        if (-not $IsWindows) { (Get-Item $file).UnixMode | Should -Be '-rw-------' }
        Get-ChildItem $TestDrive | Where-Object Name -Like 'psk.txt?*' | Should -BeNullOrEmpty
    }

    It 'replaces a file with -Force only, whatever its mode was' {
        $file = Join-Path $TestDrive 'old.txt'
        Set-Content $file 'old'
        (Get-Failure { New-MxKey $file }).FullyQualifiedErrorId | Should -BeLike 'FileExists,*'
        Get-Content $file | Should -Be 'old'
        New-MxKey $file -Force
        Get-Content $file | Should -Match '^base64:'
        if (-not $IsWindows) { (Get-Item $file).UnixMode | Should -Be '-rw-------' }
    }

    It 'does nothing with -WhatIf' {
        New-MxKey (Join-Path $TestDrive 'none.txt') -WhatIf
        Join-Path $TestDrive 'none.txt' | Should -Not -Exist
    }

    It 'fails where there is no folder' {
        (Get-Failure { New-MxKey (Join-Path $TestDrive 'no/psk.txt') }).FullyQualifiedErrorId | Should -BeLike 'FileNotWritten,*'
    }
}
