# How a script of this repository starts another PowerShell, for each way in which PowerShell is installed, and where ./build.sh takes it from.
BeforeDiscovery {
    $unix = -not $IsWindows
}

BeforeAll {
    . (Join-Path $PSScriptRoot 'common.ps1')
    Push-Location $root
    $packages = (dotnet msbuild tests/MultiExit.Cmdlets.Tests -getProperty:NuGetPackageRoot).Trim()
    $version = (Get-Content .config/dotnet-tools.json -Raw | ConvertFrom-Json).tools.powershell.version
    $null = dotnet tool restore
    $restored = $LASTEXITCODE -eq 0
    Pop-Location
    $package = Join-Path $packages "powershell/$version"
    $feed = (New-Item (Join-Path $TestDrive 'feed') -ItemType Directory).FullName
    if ($restored) { $null = New-Item (Join-Path $feed "powershell.$version.nupkg") -ItemType SymbolicLink -Target (Join-Path $package "powershell.$version.nupkg") }

    # Starts a shell with this command, which starts a fresh one; returns the fresh one's report about itself. An argument with blanks and
    # quotation marks and an exit code have to pass through.
    function Get-Answer([string] $Program, [string[]] $Leading = @()) {
        $script = Join-Path $TestDrive 'ask.ps1'
        Set-Content $script @"
. '$(Join-Path $root 'module/build/FreshShell.ps1')'
Push-Location '$TestDrive'
Invoke-FreshShell @('-Command', '"answer: `$(6 * 7) `$PSHOME"; exit 3')
"exit code: `$LASTEXITCODE"
"@
        $all = $Leading + @('-NoProfile', '-NonInteractive', '-File', $script)
        return (& $Program @all 2>&1 | ForEach-Object { "$_" }) -join '; '
    }

    function Assert-Restored {
        if (-not $restored) { Set-ItResult -Skipped -Because 'the PowerShell of .config/dotnet-tools.json cannot be restored here' }
    }
}

Describe 'A fresh shell' {
    It 'starts from the local dotnet tool' {
        Assert-Restored
        Push-Location $root
        $answer = Get-Answer dotnet @('tool', 'run', 'pwsh', '--')
        Pop-Location
        $answer | Should -BeLike 'answer: 42 *powershell*; exit code: 3'
    }

    It 'starts from a dotnet tool installed with --tool-path' {
        Assert-Restored
        $folder = Join-Path $TestDrive 'tools'
        $said = dotnet tool install PowerShell --version $version --tool-path $folder --source $feed | Out-String
        $LASTEXITCODE | Should -Be 0 -Because $said
        Get-Answer (Join-Path $folder 'pwsh') | Should -BeLike "answer: 42 $folder*; exit code: 3"
    }

    It 'starts from a global dotnet tool' {
        Assert-Restored
        $before = $env:DOTNET_CLI_HOME
        $env:DOTNET_CLI_HOME = (New-Item (Join-Path $TestDrive 'home') -ItemType Directory).FullName
        try {
            $said = dotnet tool install PowerShell --version $version --global --source $feed | Out-String
            $LASTEXITCODE | Should -Be 0 -Because $said
            Get-Answer (Join-Path $env:DOTNET_CLI_HOME '.dotnet/tools/pwsh') | Should -BeLike "answer: 42 $env:DOTNET_CLI_HOME*; exit code: 3"
        } finally {
            $env:DOTNET_CLI_HOME = $before
        }
    }

    It 'starts from an unpacked archive' -Skip:(-not $unix) {
        Assert-Restored
        $folder = Join-Path $package 'tools/net10.0/any/unix'
        Get-Answer (Join-Path $folder 'pwsh') | Should -Be "answer: 42 $folder; exit code: 3"
    }

    It 'starts from a package, whose pwsh on PATH is a link' -Skip:(-not $unix) {
        Assert-Restored
        $folder = Join-Path $package 'tools/net10.0/any/unix'
        $link = New-Item (Join-Path $TestDrive 'pwsh') -ItemType SymbolicLink -Target (Join-Path $folder 'pwsh')
        Get-Answer $link.FullName | Should -Be "answer: 42 $folder; exit code: 3"
    }

    It 'starts from dotnet with the dll of pwsh' {
        $dll = Join-Path $PSHOME 'pwsh.dll'
        Get-Answer dotnet @($dll) | Should -Be "answer: 42 $PSHOME; exit code: 3"
    }
}

Describe './build.sh without a PowerShell' -Skip:(-not $unix) {
    BeforeAll {
        # A checkout with a feed that has nothing, a package folder of its own, and a pwsh that does not start.
        $checkout = (New-Item (Join-Path $TestDrive 'checkout') -ItemType Directory).FullName
        Copy-Item (Join-Path $root 'build.sh') $checkout
        Copy-Item (Join-Path $root '.config') $checkout -Recurse
        $null = New-Item (Join-Path $checkout 'empty'), (Join-Path $checkout 'bin') -ItemType Directory
        Set-Content (Join-Path $checkout 'NuGet.config') '<configuration><packageSources><clear /><add key="none" value="empty" /></packageSources></configuration>'
        Set-Content (Join-Path $checkout 'bin/pwsh') "#!/bin/sh`nexit 1"
        chmod +x (Join-Path $checkout 'bin/pwsh')
    }

    It 'says in one sentence why it cannot be restored, and ends with 1' {
        $said = & env "PATH=$checkout/bin:$env:PATH" "NUGET_PACKAGES=$checkout/packages" "DOTNET_CLI_HOME=$checkout" sh "$checkout/build.sh" build 2>&1 |
            ForEach-Object { "$_" }
        $LASTEXITCODE | Should -Be 1
        @($said).Count | Should -Be 1
        $said | Should -BeLike "build.sh: PowerShell 7.6 could not be restored*: *$version*"
    }
}
