# Dot-sourced by Test-Package.ps1: the package starts in each way that it is installed.
$config = Join-Path $scratch 'server.yaml'
Set-Content $config 'inbounds: [{ name: proxy, type: mixed, listen: "127.0.0.1:0" }]'

# The zip as a program leaves it that knows no modes; NuGet packages have none either.
$bare = Join-Path $scratch 'bare'
$archive = [IO.Compression.ZipFile]::OpenRead($zip)
foreach ($entry in $archive.Entries) {
    $path = Join-Path $bare $entry.FullName
    $null = New-Item (Split-Path $path) -ItemType Directory -Force
    $target = [IO.File]::Create($path)
    $source = $entry.Open()
    $source.CopyTo($target)
    $source.Dispose()
    $target.Dispose()
}
$archive.Dispose()
$bareRoot = Join-Path $bare "MultiExit/$($manifest.ModuleVersion)"

Assert-True 'dotnet starts the console host when the modes of files are lost' {
    $version = & dotnet (Join-Path $bareRoot 'module/bin/lib/MultiExit.Host.dll') version
    if ($version -ne "multiexit $($manifest.ModuleVersion)") { "version: $version" }
}

if (-not $IsWindows) {
    Assert-True 'the commands of the systemd unit start it when the modes of files are lost' {
        if ((Get-Item (Join-Path $bareRoot 'module/bin/multiexit')).UnixFileMode.HasFlag([IO.UnixFileMode]::UserExecute)) { 'the modes are there' }
        foreach ($line in Get-Content (Join-Path $bareRoot 'module/multiexit.service') | Where-Object { $_ -match '^ExecStart' }) {
            $key, $command = $line -split '=', 2
            $file, $arguments = $command.Replace('/opt/multiexit', $bareRoot).Replace('/etc/multiexit/server.yaml', $config) -split ' '
            if ($key -eq 'ExecStart') {
                Test-Service $file $arguments
            } else {
                $output = & $file @arguments 2>&1
                if ($LASTEXITCODE) { "$key ended with $LASTEXITCODE`: $output" }
            }
        }
    }

    Assert-True 'the zip keeps the execute bit' {
        $whole = Join-Path $scratch 'whole'
        [IO.Compression.ZipFile]::ExtractToDirectory($zip, $whole)
        $version = & (Join-Path $whole "MultiExit/$($manifest.ModuleVersion)/module/bin/multiexit") version
        if ($version -ne "multiexit $($manifest.ModuleVersion)") { "version: $version" }
    }

    Assert-True 'without .NET the message says what is missing' {
        $empty = (New-Item (Join-Path $scratch 'no-dotnet') -ItemType Directory).FullName
        $output = & /usr/bin/env "DOTNET_ROOT=$empty" "DOTNET_ROOT_X64=$empty" "DOTNET_ROOT_ARM64=$empty" (Join-Path $Folder 'module/bin/multiexit') version 2>&1 | Out-String
        if (-not $LASTEXITCODE) { 'it started' }
        if ($output -notmatch 'install \.NET' -or $output -notmatch '\b10\.0') { "it says '$output'" }
    }

    Assert-True 'Install-PSResource installs it from a folder, and it serves' {
        # PowerShell finds the folders of the user through HOME, so nothing of this user's is touched.
        $data = New-Item (Join-Path $scratch 'home/.local/share') -ItemType Directory
        $env:HOME = Join-Path $scratch 'home'
        $env:PSModulePath = "$data/powershell/Modules$([IO.Path]::PathSeparator)$PSHOME/Modules"
        $script:shop = (New-Item (Join-Path $scratch 'shop') -ItemType Directory).FullName
        Copy-Item $package $shop
        Register-PSResourceRepository -Name shop -Uri $shop -Trusted
        Install-PSResource MultiExit -Repository shop
        Remove-Module MultiExit
        $module = Import-Module MultiExit -PassThru
        if (-not $module.ModuleBase.StartsWith($data.FullName)) { "imported from $($module.ModuleBase)" }
        $server = Start-MxServer -Listen mixed://127.0.0.1:0 -PassThru
        [Net.Sockets.TcpClient]::new('127.0.0.1', $server.Listeners[0].EndPoint.Port).Dispose()
        $state = (Stop-MxServer $server.Name -PassThru).State
        if ($state -ne 'Stopped') { "the server is $state" }
    }

    Assert-True 'Install-PSResource installs MultiExit.Pester beside it, which says what it requires' {
        Copy-Item $pesterPackage $shop
        # Pester is in no folder of this test.
        Install-PSResource MultiExit.Pester -Repository shop -SkipDependencyCheck
        $found = Find-PSResource MultiExit.Pester -Repository shop
        if (@($found.Dependencies.Name | Sort-Object) -join ' ' -ne 'MultiExit Pester') { "it requires $($found.Dependencies.Name)" }
        $installed = Get-PSResource MultiExit.Pester
        if (-not (Test-Path (Join-Path $installed.InstalledLocation "MultiExit.Pester/$($installed.Version)/Should-MxReach.ps1"))) { 'its files are not there' }
    }
}
