# The task package of build.ps1. Dot-sourced by Tasks.ps1; uses its functions and $Root.
. (Join-Path $PSScriptRoot 'ThirdPartyNotices.ps1')

# artifacts/MultiExit/<version>, as a zip and as a package for Install-PSResource, with their checksums.
function Invoke-Package {
    Remove-Item module/bin -Recurse -Force -ErrorAction Ignore
    Invoke-Build
    $version = (Import-PowerShellDataFile MultiExit.psd1).ModuleVersion
    $artifacts = Join-Path $Root 'artifacts'
    # All of it: the zip has what is in MultiExit, and an earlier version would come with it.
    Remove-Item (Join-Path $artifacts 'MultiExit'), (Join-Path $artifacts 'MultiExit[-.]*'), (Join-Path $artifacts 'SHA256SUMS') -Recurse -Force -ErrorAction Ignore
    $folder = New-PackageFolder (Join-Path $artifacts "MultiExit/$version")
    $zip = Join-Path $artifacts "MultiExit-$version.zip"
    [IO.Compression.ZipFile]::CreateFromDirectory((Split-Path $folder), $zip, 'Optimal', $true)
    Compress-PSResource -Path $folder -DestinationPath $artifacts
    $package = Join-Path $artifacts "MultiExit.$version.nupkg"

    if (Invoke-Script (Join-Path $PSScriptRoot 'Test-Package.ps1') @('-Folder', $folder, '-Zip', $zip, '-Package', $package)) {
        throw 'the package is not in order'
    }
    Get-FileHash $zip, $package -Algorithm SHA256 | ForEach-Object { "$($_.Hash.ToLowerInvariant())  $(Split-Path $_.Path -Leaf)" } |
        Set-Content (Join-Path $artifacts 'SHA256SUMS')
    "package: $folder, $zip and $package" | Out-Host
}

# What a user gets: the module, its help and documents, no debugging symbols and nothing of the build.
function New-PackageFolder([string] $Folder) {
    $module = Join-Path $Folder 'module'
    $null = New-Item $module -ItemType Directory -Force
    Copy-Item MultiExit.psd1, LICENSE, README.md, CONTRIBUTING.md, docs, en-US -Destination $Folder -Recurse
    Get-ChildItem module -Exclude build | Copy-Item -Destination $module -Recurse
    Get-ChildItem $module -Recurse -Filter '*.pdb' | Remove-Item
    Set-Content (Join-Path $Folder 'THIRD-PARTY-NOTICES.txt') (Get-ThirdPartyNotice (Join-Path $module 'bin/lib'))
    return $Folder
}
