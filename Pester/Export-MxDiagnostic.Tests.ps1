BeforeAll {
    . (Join-Path $PSScriptRoot 'common.ps1')
    $socket = Join-Path $TestDrive 'mx.sock'
    $config = Join-Path $TestDrive 'edge.yaml'
    Set-Content $config @"
name: edge
inbounds: [{ name: a, type: http, listen: "127.0.0.1:0", users: { alice: { password: Zq7secret } } }]
control: { socket: "$socket" }
"@
    $server = Start-MxServer $config -PassThru -WarningAction SilentlyContinue

    function Read-Zip($File) {
        $zip = [IO.Compression.ZipFile]::OpenRead($File)
        try {
            $parts = @{}
            foreach ($entry in $zip.Entries) {
                $reader = [IO.StreamReader]::new($entry.Open())
                $parts[$entry.FullName] = $reader.ReadToEnd()
                $reader.Dispose()
            }
            return $parts
        } finally {
            $zip.Dispose()
        }
    }
}

AfterAll { Stop-MxServer * }

Describe 'Export-MxDiagnostic' {
    It 'writes one zip, for its owner alone, without secrets' {
        $file = $server | Export-MxDiagnostic -Path (Join-Path $TestDrive 'edge.zip')
        $file | Should -BeOfType IO.FileInfo
        if (-not $IsWindows) { $file.UnixFileMode | Should -Be ([IO.UnixFileMode]'UserRead, UserWrite') }
        $parts = Read-Zip $file.FullName
        $parts['config.json'] | Should -Match '"name": "alice"|"alice"'
        $parts['log.jsonl'] | Should -Match 'MX1000'
        $parts['README.txt'] | Should -Match 'records.jsonl: '
        $parts.Values -match 'Zq7secret' | Should -BeNullOrEmpty
    }

    It 'writes into a folder over the control socket' {
        $folder = New-Item -ItemType Directory (Join-Path $TestDrive 'out')
        $file = Export-MxDiagnostic -Socket $socket -Path $folder -Since 5m
        $file.Name | Should -Match '^edge-\d{8}T\d{6}Z\.zip$'
        (Read-Zip $file.FullName).Keys | Should -Contain 'preflight.jsonl'
    }

    It 'keeps a file that is there unless it is told otherwise' {
        $path = Join-Path $TestDrive 'kept.zip'
        Set-Content $path 'mine'
        { Export-MxDiagnostic edge $path -ErrorAction Stop } | Should -Throw -ErrorId 'FileExists,*'
        Get-Content $path | Should -Be 'mine'
        (Export-MxDiagnostic edge $path -Force).Length | Should -BeGreaterThan 1000
        Export-MxDiagnostic edge (Join-Path $TestDrive 'none.zip') -WhatIf
        Join-Path $TestDrive 'none.zip' | Should -Not -Exist
        { Export-MxDiagnostic edge (Join-Path $TestDrive 'no/folder/a.zip') -ErrorAction Stop } | Should -Throw -ErrorId 'FileNotWritten,*'
    }

    It 'names a server that is not there' {
        { Export-MxDiagnostic gone (Join-Path $TestDrive 'gone.zip') -ErrorAction Stop } | Should -Throw -ErrorId 'ServerNotFound,*'
    }
}
