# What is in a package, as CycloneDX 1.6 in JSON: from the graph that the build restored, not from a list kept by hand.

# $Components: those of Get-NuGetComponent and Get-DebianComponent. The serial number comes from the content, as two builds have the same.
function New-Sbom([object[]] $Components, [hashtable] $Dependencies, [string] $Name, [DateTimeOffset] $Date) {
    $manifest = Import-PowerShellDataFile (Join-Path $Root 'MultiExit.psd1')
    $reference = "pkg:generic/$Name@$($manifest.ModuleVersion)"
    $graph = @{ $reference = @($Components.'bom-ref') } + $Dependencies
    $sbom = [ordered]@{
        bomFormat    = 'CycloneDX'
        specVersion  = '1.6'
        serialNumber = ''
        version      = 1
        metadata     = [ordered]@{
            timestamp = $Date.UtcDateTime.ToString('yyyy-MM-ddTHH:mm:ssZ', [cultureinfo]::InvariantCulture)
            component = [ordered]@{
                type = 'application'; 'bom-ref' = $reference; name = $Name; version = $manifest.ModuleVersion; purl = $reference
                licenses = @(@{ license = @{ id = 'MIT' } })
                externalReferences = @([ordered]@{ type = 'website'; url = $manifest.PrivateData.PSData.ProjectUri })
            }
        }
        components   = @(Get-OrdinalOrder $Components.'bom-ref' | ForEach-Object { $name = $_; $Components | Where-Object 'bom-ref' -EQ $name })
        dependencies = @(Get-OrdinalOrder $graph.Keys | ForEach-Object { [ordered]@{ ref = $_; dependsOn = @($graph[$_] ? (Get-OrdinalOrder $graph[$_]) : @()) } })
    }
    $hash = [Security.Cryptography.SHA256]::HashData([Text.Encoding]::UTF8.GetBytes((ConvertTo-Json $sbom -Depth 9 -Compress)))
    # A UUID of version 8: its bits are the maker's.
    $hash[6] = $hash[6] -band 0x0f -bor 0x80
    $hash[8] = $hash[8] -band 0x3f -bor 0x80
    $sbom.serialNumber = "urn:uuid:$([Guid]::new([byte[]] $hash[0..15], $true))"
    return (ConvertTo-Json $sbom -Depth 9) -replace "`r`n", "`n"
}

# The packages whose libraries are in a folder with MultiExit.Host.deps.json, and what each depends on.
function Get-NuGetComponent([string] $LibraryFolder, [string] $AssetsFile) {
    $lists = Get-Content (Join-Path $LibraryFolder 'MultiExit.Host.deps.json') -Raw | ConvertFrom-Json -AsHashtable
    $target = $lists.targets[$lists.runtimeTarget.name]
    $shipped = @($lists.libraries.Keys | Where-Object { $lists.libraries[$_].type -eq 'package' })
    $dependencies = @{}
    $components = foreach ($key in $shipped) {
        $id, $version = $key -split '/'
        $notice = Get-PackageNotice $lists.libraries[$key].path $AssetsFile
        $reference = "pkg:nuget/$id@$version"
        $dependencies[$reference] = @($target[$key].dependencies.Keys | Where-Object { $_ } |
                ForEach-Object { "$_/$($target[$key].dependencies[$_])" } | Where-Object { $_ -in $shipped } | ForEach-Object { "pkg:nuget/$($_.Replace('/', '@'))" })
        New-Component $id $version $reference 'SHA-512' ([Convert]::ToHexStringLower([Convert]::FromBase64String($lists.libraries[$key].sha512.Substring(7)))) $notice.License
    }
    return @{ Components = @($components) + @(Get-RuntimeComponent $lists $AssetsFile); Dependencies = $dependencies }
}

# The runtime of .NET, where it comes along: a package too, which the list of libraries names without its hash.
function Get-RuntimeComponent($Lists, [string] $AssetsFile) {
    foreach ($key in $Lists.libraries.Keys | Where-Object { $Lists.libraries[$_].type -eq 'runtimepack' }) {
        $id, $version = $key.Substring('runtimepack.'.Length) -split '/'
        $path = "$($id.ToLowerInvariant())/$version"
        $notice = Get-PackageNotice $path $AssetsFile
        $folder = Get-PackageFolder $path $AssetsFile
        $hash = [Convert]::FromBase64String((Get-Content (Join-Path $folder '*.nupkg.sha512') -Raw).Trim())
        New-Component $id $version "pkg:nuget/$id@$version" 'SHA-512' ([Convert]::ToHexStringLower($hash)) $notice.License
    }
}

# Those of Debian say their licences in /usr/share/doc, in no notation that could be named here.
function Get-DebianComponent([string[]] $Package) {
    foreach ($file in $Package) {
        $name, $version, $architecture = dpkg-deb --show --showformat '${Package}\n${Version}\n${Architecture}' $file
        $reference = "pkg:deb/debian/$name@$([uri]::EscapeDataString($version))?arch=$architecture"
        New-Component $name $version $reference 'SHA-256' (Get-FileHash $file -Algorithm SHA256).Hash.ToLowerInvariant()
    }
}

function New-Component([string] $Name, [string] $Version, [string] $Reference, [string] $Algorithm, [string] $Hash, [string] $License) {
    $component = [ordered]@{
        type = 'library'; 'bom-ref' = $Reference; name = $Name; version = $Version; hashes = @([ordered]@{ alg = $Algorithm; content = $Hash })
    }
    if ($License) { $component.licenses = @(@{ license = @{ id = $License } }) }
    $component.purl = $Reference
    return $component
}
