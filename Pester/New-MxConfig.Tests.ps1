BeforeAll { . (Join-Path $PSScriptRoot 'common.ps1') }

Describe 'New-MxConfig' {
    It 'writes <Template> as files that a server starts from' -ForEach @(
        @{ Template = 'egress-pool'; More = @{ Address = '192.0.2.1'; User = 'alice' }; Names = 'user-1.password', 'egress.yaml' }
        @{ Template = 'tunnel-pair'; More = @{ Server = 'hub.example' }; Names = 'tunnel.key', 'server.yaml', 'client.yaml' }
        @{ Template = 'ech'; More = @{ Server = 'hub.example'; PublicName = 'www.example.com' }; Names = 'tunnel.key', 'ech.pem', 'key.pem', 'cert.pem', 'server.yaml', 'client.yaml' }
        @{ Template = 'gateway'; More = @{ From = '10.1.0.0/16' }; Names = 'gateway.yaml' }
    ) {
        $files = New-MxConfig $Template (Join-Path $TestDrive "new/$Template") @More
        $files.Name | Should -Be $Names
        foreach ($document in $files | Where-Object Extension -EQ '.yaml') {
            (Test-MxConfig $document.FullName).Errors | Where-Object Kind -EQ text | Should -BeNullOrEmpty
        }
        if (-not $IsWindows) {
            foreach ($secret in $files | Where-Object Name -Match 'password|\.key$|ech\.pem|key\.pem') {
                $secret.UnixFileMode | Should -Be ([IO.UnixFileMode]'UserRead, UserWrite')
            }
        }
    }

    It 'writes the text alone, with its secrets in it' {
        $text = New-MxConfig tunnel-pair -Server hub.example
        $text | Should -HaveCount 2
        $text[0] | Should -Match 'key: "base64:.{44}"'
        $text[1] | Should -Match 'server: "hub.example:443"'
    }

    It 'takes the name of a file where there is one document' {
        $file = Join-Path $TestDrive 'mine.yaml'
        (New-MxConfig gateway $file -From eth1).FullName | Should -Be $file
        { New-MxConfig gateway $file -From eth1 } | Should -Throw -ErrorId 'FileExists,*'
        New-MxConfig gateway $file -From eth2 -Force
        Get-Content $file -Raw | Should -Match 'eth2'
        { New-MxConfig tunnel-pair (Join-Path $TestDrive 'pair.yaml') -Server hub.example } | Should -Throw -ErrorId 'PathNotFolder,*'
    }

    It 'asks for nothing unless it is told to, and writes nothing of a faulty one' {
        { New-MxConfig egress-pool } | Should -Throw -ErrorId 'InvalidConfiguration,*' -ExpectedMessage '*needs -Address*'
        { New-MxConfig ech -Server a.example -PublicName b.example } | Should -Throw -ExpectedMessage '*-Path*'
        { New-MxConfig egress-pool (Join-Path $TestDrive 'no') -Address 'no address' } | Should -Throw -ErrorId 'InvalidConfiguration,*'
        Join-Path $TestDrive 'no' | Should -Not -Exist
        New-MxConfig gateway (Join-Path $TestDrive 'what') -From eth1 -WhatIf
        Join-Path $TestDrive 'what' | Should -Not -Exist
    }

    It 'asks where it is told to' -Skip:$IsWindows {
        $shell = Get-FreshShell
        $all = $shell.Leading + '-NoProfile' + '-Command' + "Import-Module '$root/MultiExit.psd1'; New-MxConfig tunnel-pair -Interactive"
        $text = 'hub.example' | & $shell.FilePath @all
        $text -join "`n" | Should -Match 'as clients reach it[\s\S]*server: "hub.example:443"'
    }
}
