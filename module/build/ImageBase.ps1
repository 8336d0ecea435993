# The lowest layer of the image: what the runtime of .NET needs from a system, out of Debian's packages. No shell, no package manager.
# Base images come from registries that a build need not reach; Debian's packages are signed, and apt checks them.

$script:BasePackages = 'libc6', 'libgcc-s1', 'gcc-12-base', 'libstdc++6', 'libssl3', 'ca-certificates', 'tzdata'

# Downloads the packages as apt here knows them, and returns their files.
function Get-BasePackage([string] $Folder) {
    $null = New-Item $Folder -ItemType Directory -Force
    Push-Location $Folder
    try {
        $said = apt-get -o APT::Sandbox::User=root download @BasePackages 2>&1
        if ($LASTEXITCODE) { throw "apt-get download: $($said -join '; '); 'apt-get update' may be needed, and Debian 12" }
    } finally {
        Pop-Location
    }
    return Get-OrdinalOrder (Get-ChildItem $Folder -Filter *.deb).FullName
}

# The items of the layer. Debian has had /bin, /lib and /lib64 beneath /usr since its twelfth version; its packages say so later.
function Get-BaseItem([string[]] $Package, [string] $Scratch) {
    foreach ($file in $Package) {
        $tree = (New-Item (Join-Path $Scratch (Split-Path $file -LeafBase)) -ItemType Directory).FullName
        dpkg-deb --extract $file $tree
        if ($LASTEXITCODE) { throw "dpkg-deb: $file cannot be unpacked" }
        foreach ($entry in Get-ChildItem $tree -Recurse -Force | Where-Object { $_.LinkTarget -or -not $_.PSIsContainer }) {
            $name = [IO.Path]::GetRelativePath($tree, $entry.FullName) -replace '^(lib|lib64|bin|sbin)/', 'usr/$1/'
            if (-not (Test-BaseFile $name)) { continue }
            if ($entry.LinkTarget) {
                New-TarItem $name -Target $entry.LinkTarget
            } else {
                New-TarItem $name -Source $entry.FullName -Mode ([Convert]::ToString((Get-FixedMode $entry), 8))
            }
        }
    }
    New-TarItem 'lib' -Target 'usr/lib'
    New-TarItem 'lib64' -Target 'usr/lib64'
    New-TarItem 'etc/ssl/certs/ca-certificates.crt' -Text (Get-CertificateText $Scratch)
}

function Test-BaseFile([string] $Name) {
    if ($Name -like 'usr/share/doc/*') { return $Name -like '*/copyright' }
    return $Name -match '^usr/lib(64)?/[^/]*-linux-[^/]*/[^/]*$|^usr/lib64/|^usr/share/zoneinfo/(?!right/|posix/)'
}

# The roots of Mozilla, which the package of Debian puts in one file when it is configured.
function Get-CertificateText([string] $Scratch) {
    $files = Get-ChildItem (Join-Path $Scratch 'ca-certificates*/usr/share/ca-certificates/mozilla/*.crt')
    if ($files.Count -lt 100) { throw "the package ca-certificates has $($files.Count) certificates" }
    return -join (Get-OrdinalOrder $files.FullName | ForEach-Object { "$((Get-Content $_ -Raw).Trim())`n" })
}
