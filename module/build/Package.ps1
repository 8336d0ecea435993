# The task package of build.ps1. Dot-sourced by Tasks.ps1; uses its functions and $Root.
foreach ($part in 'ThirdPartyNotices', 'Reproducible', 'TarFile', 'Publish', 'Debian', 'Image', 'Sbom') { . (Join-Path $PSScriptRoot "$part.ps1") }

# Everything that is handed to users, in artifacts: see docs/developer-guide.md, The package.
function Invoke-Package {
    $date = Get-SourceDate
    Remove-Item module/bin -Recurse -Force -ErrorAction Ignore
    Invoke-Build
    $version = (Import-PowerShellDataFile MultiExit.psd1).ModuleVersion
    $artifacts = Join-Path $Root 'artifacts'
    Remove-Package $artifacts
    $modules = @{
        Version = $version
        Folder  = New-PackageFolder (Join-Path $artifacts "MultiExit/$version")
        Pester  = New-PesterFolder (Join-Path $artifacts "MultiExit.Pester/$version")
    }
    $platforms = @(if ($IsLinux) { foreach ($platform in $Platforms) { New-PlatformFolder $platform $artifacts } })
    Write-Package $modules $platforms $artifacts $date
    if (Invoke-Script (Join-Path $PSScriptRoot 'Test-Package.ps1') @('-Folder', $modules.Folder, '-Version', $version)) { throw 'the package is not in order' }
    Assert-SameAgain $modules $platforms $artifacts $date
    Get-ChildItem $artifacts -File | ForEach-Object { "package: $_" } | Out-Host
}

# All of it: an earlier version would come with it.
function Remove-Package([string] $Artifacts) {
    'MultiExit', 'MultiExit.Pester', 'MultiExit[-.]*', 'multiexit[-_]*', 'host-*', 'base-*', 'SHA256SUMS' |
        ForEach-Object { Join-Path $Artifacts $_ } | Remove-Item -Recurse -Force -ErrorAction Ignore
}

# What is to be packed for one kind of machine: the console host, and the system beneath it in the image.
function New-PlatformFolder($Platform, [string] $Artifacts) {
    $folder = Join-Path $Artifacts "host-$($Platform.Runtime)"
    $assets = Publish-ConsoleHost $Platform.Runtime $folder
    $base = @()
    if (Get-Command apt-get -ErrorAction Ignore) {
        $base = Get-BasePackage (Join-Path $Artifacts "base-$($Platform.Architecture)")
    } else {
        Write-Warning 'no image: its system is made of packages of Debian 12, and there is no apt-get here'
    }
    return @{
        Architecture = $Platform.Architecture; Folder = $folder; Assets = $assets; Base = $base
        Notices = (Get-ThirdPartyNotice $folder $assets) -join "`n"
    }
}

# Writes each package into a folder, with its list of parts, and SHA256SUMS.
function Write-Package([hashtable] $Modules, [hashtable[]] $Platforms, [string] $Folder, [DateTimeOffset] $Date) {
    $version = $Modules.Version
    $names = @("MultiExit-$version.zip", "MultiExit.$version.nupkg", "MultiExit.Pester.$version.nupkg")
    New-ZipFile $Modules.Folder (Join-Path $Folder $names[0]) $Date
    Compress-PSResource -Path $Modules.Folder -DestinationPath $Folder
    # Its manifest is checked by a test: here the modules that it requires are not installed.
    Compress-PSResource -Path $Modules.Pester -DestinationPath $Folder -SkipModuleManifestValidate
    foreach ($name in $names[1..2]) { Set-PackageBytes (Join-Path $Folder $name) $Date }
    $parts = Get-NuGetComponent (Join-Path $Modules.Folder 'module/bin/lib') (Get-HostAssetsFile)
    $names += Write-Sbom $Folder "MultiExit-$version" $parts $Date

    foreach ($platform in $Platforms) {
        $items = Get-HostItem $platform.Folder
        $parts = Get-NuGetComponent $platform.Folder $platform.Assets
        $deb = "multiexit_${version}_$($platform.Architecture)"
        New-DebianPackage $items $platform.Architecture (Join-Path $Folder "$deb.deb") $Date $platform.Notices $version
        $names += "$deb.deb", (Write-Sbom $Folder $deb $parts $Date)
        if (-not $platform.Base) { continue }
        $image = "multiexit-$version-$($platform.Architecture).oci"
        Write-Image $items $platform (Join-Path $Folder "$image.tar") $Date
        $parts.Components += Get-DebianComponent $platform.Base
        $names += "$image.tar", (Write-Sbom $Folder $image $parts $Date)
    }
    $sums = Get-OrdinalOrder $names | ForEach-Object { "$((Get-FileHash (Join-Path $Folder $_) -Algorithm SHA256).Hash.ToLowerInvariant())  $_`n" }
    Set-Content (Join-Path $Folder 'SHA256SUMS') (-join $sums) -NoNewline
}

function Write-Image([object[]] $HostItem, [hashtable] $Platform, [string] $Path, [DateTimeOffset] $Date) {
    $scratch = [IO.Directory]::CreateTempSubdirectory('multiexit-image-').FullName
    try {
        $layout = Join-Path $scratch 'layout'
        $layers = @(, @(Get-BaseItem $Platform.Base $scratch)) + @(, @(Get-ImageItem $HostItem $Platform.Notices))
        $null = New-ImageLayout $layers $Platform.Architecture $layout $Date
        New-ImageArchive $layout $Path $Date
    } finally {
        Remove-Item $scratch -Recurse -Force
    }
}

function Write-Sbom([string] $Folder, [string] $Name, [hashtable] $Parts, [DateTimeOffset] $Date) {
    Set-Content (Join-Path $Folder "$Name.cdx.json") (New-Sbom $Parts.Components $Parts.Dependencies $Name $Date)
    return "$Name.cdx.json"
}

# The same files packed once more have to be the same bytes.
function Assert-SameAgain([hashtable] $Modules, [hashtable[]] $Platforms, [string] $Artifacts, [DateTimeOffset] $Date) {
    $again = [IO.Directory]::CreateTempSubdirectory('multiexit-again-').FullName
    try {
        Write-Package $Modules $Platforms $again $Date
        $difference = Compare-Object (Get-Content (Join-Path $Artifacts 'SHA256SUMS')) (Get-Content (Join-Path $again 'SHA256SUMS'))
        if ($difference) { throw "packed twice, these differ: $($difference.InputObject -join ', ')" }
    } finally {
        Remove-Item $again -Recurse -Force
    }
}

# What a user gets: the module, its help and documents, no debugging symbols and nothing of the build.
function New-PackageFolder([string] $Folder) {
    $module = Join-Path $Folder 'module'
    $null = New-Item $module -ItemType Directory -Force
    Copy-Item MultiExit.psd1, LICENSE, README.md, CONTRIBUTING.md, docs, en-US -Destination $Folder -Recurse
    Get-ChildItem module -Exclude build, MultiExit.Pester | Copy-Item -Destination $module -Recurse
    # What an example has made when it was run here.
    Remove-Item (Join-Path $module 'examples/run') -Recurse -Force -ErrorAction Ignore
    Get-ChildItem $module -Recurse -Filter '*.pdb' | Remove-Item
    Set-Content (Join-Path $Folder 'THIRD-PARTY-NOTICES.txt') (Get-ThirdPartyNotice (Join-Path $module 'bin/lib'))
    return $Folder
}

# The module for users' tests, which is one of its own: who tests a configuration has Pester, who runs one need not.
function New-PesterFolder([string] $Folder) {
    $null = New-Item $Folder -ItemType Directory -Force
    Get-ChildItem module/MultiExit.Pester | Copy-Item -Destination $Folder -Recurse
    Copy-Item LICENSE $Folder
    return $Folder
}
