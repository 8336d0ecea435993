# The licences of what the package ships beside our own. Made from the files that are shipped, so that it cannot go stale:
# a library without a known package, or a package under a licence whose text is not in licenses/, ends the build.

# What the console host is built from, where nothing else is said.
function Get-HostAssetsFile { return Join-Path $Root 'src/MultiExit.Host/obj/project.assets.json' }

# The notices for a folder with the console host and its libraries, as text.
function Get-ThirdPartyNotice([string] $LibraryFolder, [string] $AssetsFile = (Get-HostAssetsFile)) {
    $packages = @(Get-ShippedPackage $LibraryFolder $AssetsFile) + [pscustomobject]@{
        Name      = '.NET application host (multiexit)'
        Version   = ''
        License   = 'MIT'
        Copyright = 'Copyright (c) .NET Foundation and Contributors'
        Project   = 'https://github.com/dotnet/runtime'
    }
    'MultiExit is under the MIT license, see LICENSE. It ships these works of others, unchanged:'
    foreach ($package in $packages) {
        ''
        "$($package.Name) $($package.Version)".Trim()
        "    $($package.Copyright)"
        "    $($package.Project)"
        "    License: $($package.License)"
    }
    foreach ($license in $packages | Group-Object License | Sort-Object Name) {
        $text = Get-Content (Join-Path $PSScriptRoot "licenses/$($license.Name).txt") -Raw
        ''
        '-' * 100
        "$($license.Name): $($license.Group.Name -join ', ')"
        ''
        $text.Replace('{copyright}', ($license.Group.Copyright | Sort-Object -Unique) -join "`n").Trim("`r", "`n")
    }
    # The runtime of .NET has notices of its own.
    foreach ($package in $packages | Where-Object { $_.Notices }) {
        ''
        '-' * 100
        "$($package.Name):"
        ''
        (Get-Content $package.Notices -Raw).Trim() -replace "`r`n", "`n"
    }
}

# The NuGet packages whose libraries are in the folder, with what their .nuspec says.
function Get-ShippedPackage([string] $LibraryFolder, [string] $AssetsFile) {
    $lists = Get-Content (Join-Path $LibraryFolder 'MultiExit.Host.deps.json') -Raw | ConvertFrom-Json -AsHashtable
    $target = $lists.targets[$lists.runtimeTarget.name]
    $files = [Collections.Generic.List[string]]::new()
    foreach ($key in $target.Keys | Sort-Object) {
        $ours = $target[$key].Keys | Where-Object { $_ -in 'runtime', 'native', 'runtimeTargets' } | ForEach-Object { $target[$key][$_].Keys } | Split-Path -Leaf
        if ($ours) { $files.AddRange([string[]] $ours) }
        if ($lists.libraries[$key].type -eq 'package' -and $ours) { Get-PackageNotice $lists.libraries[$key].path $AssetsFile }
        if ($lists.libraries[$key].type -eq 'runtimepack') { Get-PackageNotice $key.Substring('runtimepack.'.Length).ToLowerInvariant() $AssetsFile }
    }
    $unknown = (Get-ChildItem $LibraryFolder -Recurse -Include '*.dll', '*.so', '*.dylib').Name | Where-Object { $_ -notin $files }
    if ($unknown) { throw "module/bin/lib has files of no known package: $unknown" }
}

# $Path is that of the package in the folder of packages, "serilog/4.4.0".
function Get-PackageFolder([string] $Path, [string] $AssetsFile) {
    $assets = Get-Content $AssetsFile -Raw | ConvertFrom-Json -AsHashtable
    return $assets.packageFolders.Keys | ForEach-Object { Join-Path $_ $Path } | Where-Object { Test-Path $_ } | Select-Object -First 1
}

function Get-PackageNotice([string] $Path, [string] $AssetsFile) {
    $folder = Get-PackageFolder $Path $AssetsFile
    $metadata = ([xml](Get-Content (Join-Path $folder '*.nuspec') -Raw)).package.metadata
    $license = $metadata.license
    if ($license.type -ne 'expression' -or -not (Test-Path (Join-Path $PSScriptRoot "licenses/$($license.InnerText).txt"))) {
        throw "$($metadata.id): module/build/licenses has no text for its license '$($license.InnerText)'"
    }
    # The MIT license wants the notice itself; where another one does not, the authors are named.
    if (-not $metadata.copyright -and $license.InnerText -eq 'MIT') { throw "$($metadata.id): its .nuspec has no copyright, which its license wants" }
    return [pscustomobject]@{
        Name      = $metadata.id
        Version   = $metadata.version
        License   = $license.InnerText
        Copyright = $metadata.copyright ? $metadata.copyright : "Authors: $($metadata.authors)"
        Project   = $metadata.projectUrl
        Notices   = Get-ChildItem $folder -File | Where-Object Name -EQ 'THIRD-PARTY-NOTICES.TXT' | Select-Object -ExpandProperty FullName
    }
}
