BeforeAll {
    . (Join-Path $PSScriptRoot 'common.ps1')
    $config = Join-Path $TestDrive 'edge.yaml'
    function Write-Config([int] $Weight, [string] $Word = 'hunter2') {
        Set-Content $config @"
name: edge
inbounds: [{ name: proxy, type: mixed, listen: "127.0.0.1:0", users: { alice: { password: $Word } } }]
exits: [{ name: a, type: direct, weight: $Weight }]
history: { directory: history, keep: 5 }
"@
    }
    # A restart makes a version of the text that the file has then.
    function Restart-Edge {
        Stop-MxServer edge
        Start-MxServer $config
    }
}

Describe 'Versions of a configuration' {
    BeforeEach {
        Remove-Item (Join-Path $TestDrive 'history') -Recurse -ErrorAction Ignore
        Write-Config 1
        Start-MxServer $config
        Write-Config 2 hunter3
        Restart-Edge
    }

    AfterEach { Stop-MxServer * }

    It 'Get-MxConfigVersion lists them, from the server and from the folder' {
        $versions = Get-MxConfigVersion edge
        $versions.Version | Should -Be 1, 2
        $versions.InForce | Should -Be $false, $true
        $versions.Why | Should -Be 'Start', 'Start'
        $versions[0].Who | Should -Be ([Environment]::UserName)
        $versions[1].Sha256 | Should -Be (Get-FileHash $config).Hash.ToLowerInvariant()
        $versions[0].Check | Should -Be 'valid (native)'
        (Get-MxServer edge | Get-MxConfigVersion -Version 2).Version | Should -Be 2
        (Get-MxServer edge).ConfigVersion | Should -Be 2
        Stop-MxServer edge
        (Get-MxConfigVersion -HistoryPath (Join-Path $TestDrive 'history')).Sha256 | Should -Be $versions.Sha256
    }

    It 'Compare-MxConfigVersion tells the keys that differ, and no secret' {
        $differences = Compare-MxConfigVersion 1 -Name edge
        "$($differences -join "`n")" | Should -Be "~ inbounds[proxy].users.alice.password: *** -> ***`n~ exits[a].weight: 1 -> 2"
        (Compare-MxConfigVersion 2 1 -Name edge)[1].After | Should -Be '1'
        (Get-MxConfigVersion edge -Version 1 | Compare-MxConfigVersion).Count | Should -Be 2
        Compare-MxConfigVersion 2 -HistoryPath (Join-Path $TestDrive 'history') | Should -BeNullOrEmpty
    }

    It 'The message of a change stands in the list and above what differs' {
        Write-Config 3
        Set-MxConfig edge -Message 'wan1 has the new line'
        Set-MxConfig edge -Set @{ 'exits[a].weight' = 4 } -Message 'and more of it'
        $versions = Get-MxConfigVersion edge
        $versions.Message | Should -Be $null, $null, 'wan1 has the new line', 'and more of it'
        $versions | Out-String -Width 80 | Should -BeLike '*wan1 has*'
        Compare-MxConfigVersion 2 -Name edge | Out-String | Should -BeLike '*2 -> 4 (wan1 has the new line; and more of it)*'
        (Compare-MxConfigVersion 3 4 -Name edge).Versions | Should -Be '3 -> 4 (and more of it)'
        { Set-MxConfig edge -Set @{ 'exits[a].weight' = 5 } -Message "two`nlines" -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidConfiguration*'
        { Set-MxConfig edge -Message ('x' * 501) } | Should -Throw -ErrorId 'ParameterArgumentValidationError*'
        Restart-Edge
        (Get-MxConfigVersion edge)[-1].Message | Should -Be 'and more of it'
    }

    It 'Save-MxConfig makes what is in force the file, and loses no text' {
        Add-Content $config '# a remark that stays'
        Set-MxConfig edge
        Set-MxConfig edge -Set @{ 'exits[a].weight' = 7 }
        Save-MxConfig edge -WhatIf
        Get-Content $config -Raw | Should -BeLike '*weight: 2*'
        if ($IsLinux) { chmod 640 $config }
        $saved = Save-MxConfig edge -PassThru
        $saved.FullName | Should -Be $config
        Get-Content $config -Raw | Should -BeLike '*weight: 7*# a remark that stays*'
        if ($IsLinux) { (Get-Item $config).UnixMode | Should -Be '-rw-r-----' }
        Set-MxConfig edge
        (Get-MxConfigVersion edge).Count | Should -Be 4

        Add-Content $config '# an edit that was not loaded'
        { Save-MxConfig edge -ErrorAction Stop } | Should -Throw -ErrorId 'FileExists*'
        Get-Content $config -Raw | Should -BeLike '*not loaded*'
        Save-MxConfig edge -Force
        Get-Content $config -Raw | Should -Not -BeLike '*not loaded*'
    }

    It 'Save-MxConfig writes a copy, and refuses one that would mean something else' {
        $copy = Join-Path $TestDrive 'copy.yaml'
        Save-MxConfig edge $copy
        (Get-FileHash $copy).Hash | Should -Be (Get-FileHash $config).Hash
        if ($IsLinux) { (Get-Item $copy).UnixMode | Should -Be '-rw-------' }
        $elsewhere = New-Item -ItemType Directory (Join-Path $TestDrive 'elsewhere')
        { Save-MxConfig edge (Join-Path $elsewhere 'copy.yaml') -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidConfiguration*'
        Get-ChildItem $elsewhere | Should -BeNullOrEmpty
    }

    It 'Save-MxConfig waits for a change to be confirmed' {
        Set-MxConfig edge -Set @{ 'exits[a].weight' = 7 } -ConfirmWithin 60s -WarningAction Ignore
        { Save-MxConfig edge -ErrorAction Stop } | Should -Throw -ErrorId 'ConfigUnconfirmed*'
        Confirm-MxConfig edge
        Save-MxConfig edge
        Get-Content $config -Raw | Should -BeLike '*weight: 7*'
    }

    It 'Restore-MxConfigVersion puts one in force again, which a restart keeps' {
        Restore-MxConfigVersion 1 -Name edge -WhatIf
        (Get-MxServer edge).ConfigVersion | Should -Be 2
        $restored = Get-MxConfigVersion edge -Version 1 | Restore-MxConfigVersion -PassThru
        $restored.Version, $restored.Why, $restored.InForce | Should -Be 3, 'Restore', $true
        Compare-MxConfigVersion 1 -Name edge | Should -BeNullOrEmpty
        Restart-Edge
        (Get-MxServer edge).ConfigVersion | Should -Be 3
    }

    It 'fails with stable ids' {
        Get-MxConfigVersion edge -Version 9 -ErrorAction SilentlyContinue -ErrorVariable failure
        $failure.FullyQualifiedErrorId | Should -BeLike 'VersionNotFound,*'
        (Get-Failure { Restore-MxConfigVersion 9 -Name edge -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'VersionNotFound,*'
        (Get-Failure { Compare-MxConfigVersion 1 -Name 'e*none' -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'ServerNotFound,*'
        Start-MxServer -Listen mixed://127.0.0.1:0 -Name plain
        Get-MxConfigVersion plain | Should -BeNullOrEmpty
        (Get-Failure { Restore-MxConfigVersion 1 -Name plain -ErrorAction Stop }).Exception.Message | Should -BeLike '*history*'
    }

    It 'Start-MxServer -Watch takes a changed file, keeps what runs when it is faulty, and says so' {
        Stop-MxServer edge
        (Start-MxServer $config -Watch -PassThru).Watched | Should -BeTrue
        Set-Content $config 'inbounds: [{ name: a, type: mixd }]'
        Wait-Until { (Get-MxServer edge).LastReloadError }
        (Get-MxServer edge).LastReloadError | Should -BeLike '*edge.yaml:1:*'
        (Get-MxServer edge).ConfigVersion | Should -Be 2
        Write-Config 7
        Wait-Until { (Get-MxServer edge).ConfigVersion -eq 3 }
        (Get-MxServer edge).LastReloadError | Should -BeNullOrEmpty
        (Get-MxConfigVersion edge -Version 3).Why | Should -Be 'File'
    }
}
