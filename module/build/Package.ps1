# The task package of build.ps1. Dot-sourced by Tasks.ps1; uses its functions and $Root.
. (Join-Path $PSScriptRoot 'ThirdPartyNotices.ps1')

# artifacts/MultiExit/<version>, as a zip and as a package for Install-PSResource, the same of MultiExit.Pester without a zip, and checksums.
function Invoke-Package {
    Remove-Item module/bin -Recurse -Force -ErrorAction Ignore
    Invoke-Build
    $version = (Import-PowerShellDataFile MultiExit.psd1).ModuleVersion
    $artifacts = Join-Path $Root 'artifacts'
    # All of it: the zip has what is in MultiExit, and an earlier version would come with it.
    Remove-Item (Join-Path $artifacts 'MultiExit'), (Join-Path $artifacts 'MultiExit.Pester'), (Join-Path $artifacts 'MultiExit[-.]*'), (Join-Path $artifacts 'SHA256SUMS') -Recurse -Force -ErrorAction Ignore
    $folder = New-PackageFolder (Join-Path $artifacts "MultiExit/$version")
    $zip = Join-Path $artifacts "MultiExit-$version.zip"
    [IO.Compression.ZipFile]::CreateFromDirectory((Split-Path $folder), $zip, 'Optimal', $true)
    Compress-PSResource -Path $folder -DestinationPath $artifacts
    $package = Join-Path $artifacts "MultiExit.$version.nupkg"
    $pester = New-PesterFolder (Join-Path $artifacts "MultiExit.Pester/$version")
    # Its manifest is checked by a test: here the modules that it requires are not installed.
    Compress-PSResource -Path $pester -DestinationPath $artifacts -SkipModuleManifestValidate
    $pesterPackage = Join-Path $artifacts "MultiExit.Pester.$version.nupkg"

    if (Invoke-Script (Join-Path $PSScriptRoot 'Test-Package.ps1') @('-Folder', $folder, '-Zip', $zip, '-Package', $package, '-PesterPackage', $pesterPackage)) {
        throw 'the package is not in order'
    }
    Get-FileHash $zip, $package, $pesterPackage -Algorithm SHA256 | ForEach-Object { "$($_.Hash.ToLowerInvariant())  $(Split-Path $_.Path -Leaf)" } |
        Set-Content (Join-Path $artifacts 'SHA256SUMS')
    "package: $folder, $zip, $package and $pesterPackage" | Out-Host
}

# What a user gets: the module, its help and documents, no debugging symbols and nothing of the build.
function New-PackageFolder([string] $Folder) {
    $module = Join-Path $Folder 'module'
    $null = New-Item $module -ItemType Directory -Force
    Copy-Item MultiExit.psd1, LICENSE, README.md, CONTRIBUTING.md, docs, en-US -Destination $Folder -Recurse
    Get-ChildItem module -Exclude build, MultiExit.Pester | Copy-Item -Destination $module -Recurse
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
