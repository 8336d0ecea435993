BeforeAll {
    . (Join-Path $PSScriptRoot 'common.ps1')
    Set-Content (Join-Path $TestDrive 'good.yaml') 'inbounds: [{ name: a, type: mixed, listen: "127.0.0.1:1080" }]'
    Set-Content (Join-Path $TestDrive 'bad.yaml') @'
inbounds:
  - { name: a, type: mixed, listen: "nonsense" }
  - { name: b, type: mixd, listen: "127.0.0.1:0" }
'@
    Set-Content -LiteralPath (Join-Path $TestDrive 'odd[1].yaml') 'inbounds: [{ name: a, type: http, listen: "127.0.0.1:8080" }]'
}

Describe 'Test-MxConfig' {
    It 'says that a file is good' {
        $test = Test-MxConfig (Join-Path $TestDrive 'good.yaml')
        $test | Should -BeOfType MultiExit.MxConfigTest
        $test.IsValid | Should -BeTrue
        $test.Dialect | Should -Be 'native'
        $test.Errors | Should -HaveCount 0
    }

    It 'names every fault with line and column' {
        $test = Test-MxConfig (Join-Path $TestDrive 'bad.yaml')
        $test.IsValid | Should -BeFalse
        $test.Errors.Line | Should -Be 2, 3
        $test.Errors.Column | ForEach-Object { $_ | Should -BeGreaterThan 0 }
        $test.Errors[0].Path | Should -Be 'inbounds[0].listen'
        "$($test.Errors[1])" | Should -BeLike '*bad.yaml:3:*: inbounds`[1`].type: *'
    }

    It 'resolves wildcards, relative paths and the pipeline' {
        Push-Location $TestDrive
        try {
            (Test-MxConfig *.yaml).Count | Should -Be 3
            (Get-ChildItem good.yaml, bad.yaml | Test-MxConfig).IsValid | Should -Be $true, $false
            ('good.yaml' | Test-MxConfig).IsValid | Should -BeTrue
        } finally {
            Pop-Location
        }
    }

    It 'takes -LiteralPath as it is written' {
        (Test-MxConfig -LiteralPath (Join-Path $TestDrive 'odd[1].yaml')).IsValid | Should -BeTrue
    }

    It 'reports a missing file and goes on' {
        $tests = Test-MxConfig (Join-Path $TestDrive 'none.yaml'), (Join-Path $TestDrive 'good.yaml') -ErrorAction SilentlyContinue -ErrorVariable failures
        $failures.FullyQualifiedErrorId | Should -BeLike 'PathNotFound,*'
        $tests.IsValid | Should -BeTrue
    }

    It 'reports a path outside the file system' {
        (Get-Failure { Test-MxConfig Env:/PATH -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'NotAFile,*'
    }

    It 'accepts the examples that come with the module' {
        # The passwords that the examples take from the environment.
        $names = 'ALICE_PW', 'BOB_PW', 'CORP_PW', 'ECH_TOKEN'
        $names | ForEach-Object { Set-Item "Env:$_" 'secret' }
        $tests = try { Test-MxConfig (Join-Path $root 'module/examples/*.yaml') -WarningAction SilentlyContinue } finally { $names | ForEach-Object { Remove-Item "Env:$_" } }
        $tests | Where-Object -Not IsValid | ForEach-Object { $_.Errors } | Should -BeNullOrEmpty
        $tests.Count | Should -BeGreaterOrEqual 3
    }

    It 'shows what a start would warn of' {
        $file = Join-Path $TestDrive 'elsewhere.yaml'
        Set-Content $file "inbounds: [{ name: a, type: mixed, listen: '127.0.0.1:1080' }]`nexits: [{ name: wan1, type: direct, address: 203.0.113.9 }]"
        $test = Test-MxConfig $file -WarningVariable warnings -WarningAction SilentlyContinue
        $test.IsValid | Should -BeTrue
        $test.Warnings.Id | Should -Be 'MX1012'
        "$warnings" | Should -BeLike "$file`: MX1012 exit wan1: *"
    }

    It 'tells faults of the text from those of this machine, and checks the text alone' {
        $file = Join-Path $TestDrive 'secret.yaml'
        Set-Content $file 'inbounds: [{ name: a, type: http, listen: "127.0.0.1:0", users: { alice: { password: { env: NOT_SET_ANYWHERE } } } }]'
        (Test-MxConfig $file).Errors.Kind | Should -Be 'Machine'
        (Test-MxConfig $file -TextOnly).IsValid | Should -BeTrue
        (Test-MxConfig (Join-Path $TestDrive 'bad.yaml') -TextOnly).Errors.Kind | Should -Be 'Text', 'Text'
    }

    It 'shows a table' {
        Test-MxConfig (Join-Path $TestDrive 'bad.yaml') | Out-String | Should -Match 'False\s+\S+\s+2'
    }
}
