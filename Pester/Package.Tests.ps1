# What ./build.sh package makes, of few files where many would prove no more: the task itself starts the whole of it (module/build/Test-Package.ps1).
BeforeDiscovery {
    $script:noDpkg = -not $IsLinux -or -not (Get-Command dpkg -ErrorAction Ignore) -or (id -u) -ne '0'
}

BeforeAll {
    $root = Split-Path $PSScriptRoot
    $ErrorActionPreference = 'Stop'
    . (Join-Path $root 'module/build/Tasks.ps1')
    $date = [DateTimeOffset]::FromUnixTimeSeconds(1700000000)

    # A console host of three files; it answers as the real one does where the scripts of the package ask it.
    function New-Payload([string] $Folder) {
        $null = New-Item $Folder -ItemType Directory
        Set-Content (Join-Path $Folder 'MultiExit.Host') "#!/bin/sh`necho multiexit"
        Set-Content (Join-Path $Folder 'b.so') 'library'
        Set-Content (Join-Path $Folder 'a.dll') 'library'
        if (-not $IsWindows) { chmod 755 (Join-Path $Folder 'MultiExit.Host') }
        return $Folder
    }

    function New-Deb([string] $Version, [string] $Payload = (Join-Path $TestDrive 'payload')) {
        $path = Join-Path $TestDrive "multiexit_$Version.deb"
        New-DebianPackage (Get-HostItem $Payload) 'amd64' $path $date 'notices' $Version
        return $path
    }

    function Invoke-Dpkg([string] $Tree) {
        $said = dpkg "--root=$Tree" --force-script-chrootless --force-depends --force-confold --log=/dev/null @args 2>&1
        if ($LASTEXITCODE) { throw "dpkg $args`: $said" }
    }

    # Files and folders of this checkout that have another time and another mode, as those of another machine have.
    function Set-Otherwise([string] $Folder) {
        Get-ChildItem $Folder -Recurse -File | ForEach-Object { $_.LastWriteTimeUtc = [datetime]::UtcNow.AddDays(-9) }
        if (-not $IsWindows) { chmod -R g-rwx $Folder }
    }

    $null = New-Payload (Join-Path $TestDrive 'payload')
    $null = New-Payload (Join-Path $TestDrive 'again')
    Set-Otherwise (Join-Path $TestDrive 'again')
}

Describe 'a package for the gallery' {
    BeforeAll {
        Push-Location $root
        try { $folder = New-PackageFolder (Join-Path $TestDrive "MultiExit/$((Import-PowerShellDataFile MultiExit.psd1).ModuleVersion)") } finally { Pop-Location }
        $out = (New-Item (Join-Path $TestDrive 'out') -ItemType Directory).FullName
        $null = Compress-PSResource -Path $folder -DestinationPath $out
        $package = Join-Path $out "MultiExit.$(Split-Path $folder -Leaf).nupkg"
        Set-PackageBytes $package $date
    }

    It 'has all that a gallery shows' {
        $zip = [IO.Compression.ZipFile]::OpenRead($package)
        $reader = [IO.StreamReader]::new($zip.GetEntry('MultiExit.nuspec').Open())
        $metadata = ([xml] $reader.ReadToEnd()).package.metadata
        $zip.Dispose()
        foreach ($key in 'id', 'version', 'authors', 'description', 'tags', 'licenseUrl', 'projectUrl', 'releaseNotes', 'copyright') {
            $metadata[$key].InnerText | Should-NotBeNull -Because $key
        }
        $metadata.tags | Should-MatchString 'PSModule'
    }

    It 'is the same bytes when it is made again' {
        $again = (New-Item (Join-Path $TestDrive 'out2') -ItemType Directory).FullName
        Set-Otherwise $folder
        $null = Compress-PSResource -Path $folder -DestinationPath $again
        $second = Join-Path $again (Split-Path $package -Leaf)
        Set-PackageBytes $second $date
        (Get-FileHash $second).Hash | Should-Be (Get-FileHash $package).Hash
    }

    It 'names the modules that it requires in one order' {
        # Of modules that are here.
        $module = (New-Item (Join-Path $TestDrive 'shop/Two/1.0') -ItemType Directory).FullName
        New-ModuleManifest (Join-Path $module 'Two.psd1') -ModuleVersion 1.0 -Description two -RequiredModules Zebra, Apple, Mango, Berry
        $null = Compress-PSResource -Path $module -DestinationPath $TestDrive -SkipModuleManifestValidate
        Set-PackageBytes (Join-Path $TestDrive 'Two.1.0.0.nupkg') $date
        $zip = [IO.Compression.ZipFile]::OpenRead((Join-Path $TestDrive 'Two.1.0.0.nupkg'))
        $text = [IO.StreamReader]::new($zip.GetEntry('Two.nuspec').Open()).ReadToEnd()
        $zip.Dispose()
        ([xml] $text).package.metadata.dependencies.dependency.id -join ' ' | Should-Be 'Apple Berry Mango Zebra'
    }

    It 'is installed by Install-PSResource where no module is' {
        # PowerShell finds the folders of the user through HOME.
        $data = New-Item (Join-Path $TestDrive 'home/.local/share') -ItemType Directory
        $said = Invoke-FreshShell @('-Command', @"
`$ErrorActionPreference = 'Stop'; `$ProgressPreference = 'SilentlyContinue'
`$env:HOME = '$TestDrive/home'
`$env:PSModulePath = '$data/powershell/Modules$([IO.Path]::PathSeparator)' + `$PSHOME + '/Modules'
Register-PSResourceRepository -Name shop -Uri '$out' -Trusted
Install-PSResource MultiExit -Repository shop
(Import-Module MultiExit -PassThru).ModuleBase
@(Get-Command -Module MultiExit).Count
"@)
        $said[-2] | Should-MatchString ([regex]::Escape($data.FullName))
        [int] $said[-1] | Should-Be (Import-PowerShellDataFile (Join-Path $root 'MultiExit.psd1')).CmdletsToExport.Count
    }
}

Describe 'archives' {
    It 'a zip, a .deb and an image are the same bytes whatever the times and modes of the files are' {
        foreach ($payload in 'payload', 'again') {
            $from = Join-Path $TestDrive $payload
            $null = New-Item (Join-Path $TestDrive "$payload-out") -ItemType Directory
            Push-Location (Join-Path $TestDrive "$payload-out")
            $copy = Join-Path $PWD 'MultiExit/1.0'
            $null = New-Item (Split-Path $copy) -ItemType Directory
            Copy-Item $from $copy -Recurse
            New-ZipFile $copy (Join-Path $PWD 'a.zip') $date
            Copy-Item (New-Deb '1.0' $from) a.deb
            $null = New-ImageLayout @(, @(Get-ImageItem (Get-HostItem $from) 'notices')) 'amd64' (Join-Path $PWD 'layout') $date
            New-ImageArchive (Join-Path $PWD 'layout') (Join-Path $PWD 'a.tar') $date
            Pop-Location
        }
        foreach ($name in 'a.zip', 'a.deb', 'a.tar') {
            (Get-FileHash (Join-Path $TestDrive "again-out/$name")).Hash | Should-Be (Get-FileHash (Join-Path $TestDrive "payload-out/$name")).Hash -Because $name
        }
    }

    It 'SOURCE_DATE_EPOCH says the time, else the commit' {
        $before = $env:SOURCE_DATE_EPOCH
        try {
            $env:SOURCE_DATE_EPOCH = '1700000000'
            Get-SourceDate | Should-Be $date
            $env:SOURCE_DATE_EPOCH = 'yesterday'
            { Get-SourceDate } | Should-Throw -ExceptionMessage '*SOURCE_DATE_EPOCH*'
        } finally {
            $env:SOURCE_DATE_EPOCH = $before
        }
    }
}

Describe 'the list of parts' {
    It 'names each library that is shipped, with where it comes from, its hash and its licence' {
        $libraries = Join-Path $root 'module/bin/lib'
        $parts = Get-NuGetComponent $libraries (Get-HostAssetsFile)
        $text = New-Sbom $parts.Components $parts.Dependencies 'MultiExit' $date
        New-Sbom $parts.Components $parts.Dependencies 'MultiExit' $date | Should-Be $text
        $sbom = $text | ConvertFrom-Json
        $sbom.bomFormat, $sbom.specVersion -join ' ' | Should-Be 'CycloneDX 1.6'
        $sbom.serialNumber | Should-MatchString '^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$'
        foreach ($file in Get-ChildItem $libraries -Filter *.dll | Where-Object Name -NotLike 'MultiExit*') {
            $name = @{ 'Microsoft.Data.Sqlite' = 'Microsoft.Data.Sqlite.Core'; 'SQLitePCLRaw.batteries_v2' = 'SQLitePCLRaw.bundle_e_sqlite3' }[$file.BaseName] ?? $file.BaseName
            $component = $sbom.components | Where-Object name -EQ $name
            $component.purl | Should-Be "pkg:nuget/$name@$($component.version)" -Because $file.Name
            $component.hashes[0].content | Should-MatchString '^[0-9a-f]{128}$' -Because $name
            $component.licenses[0].license.id | Should-MatchString '^(MIT|Apache-2\.0|BSD-2-Clause|PostgreSQL)$' -Because $name
        }
        ($sbom.dependencies | Where-Object ref -Like 'pkg:nuget/Serilog.Sinks.Console@*').dependsOn | Should-BeLikeString 'pkg:nuget/Serilog@*'
        # Each edge leads to a part.
        $sbom.dependencies.dependsOn | Where-Object { $_ -notin $sbom.components.'bom-ref' } | Should-BeNull
    }
}

Describe 'the .deb' -Skip:$noDpkg {
    BeforeAll {
        $tree = Join-Path $TestDrive 'tree'
        $null = New-Item "$tree/var/lib/dpkg/info", "$tree/var/lib/dpkg/updates", "$tree/etc" -ItemType Directory
        Set-Content "$tree/var/lib/dpkg/status" '' -NoNewline
        $first = New-Deb '1.0'
        Invoke-Dpkg $tree --install $first
    }

    It 'says who it is, and what it needs' {
        $fields = dpkg-deb --field $first
        $fields -join "`n" | Should-MatchString '(?m)^Package: multiexit\nVersion: 1\.0\nArchitecture: amd64\n'
        $fields -match '^Depends: .*libssl3' | Should-BeTruthy
    }

    It 'installs a command, a unit of its user, and a configuration that others do not read' {
        & "$tree/usr/bin/multiexit" | Should-Be 'multiexit'
        $unit = Get-Content "$tree/usr/lib/systemd/system/multiexit.service"
        $unit -match '^ExecStart=' | Should-Be 'ExecStart=/usr/bin/multiexit run --config /etc/multiexit/server.yaml'
        $unit -match '^(User|DynamicUser)=' | Should-Be 'User=multiexit'
        Get-Content "$tree/etc/passwd" -Raw | Should-MatchString '(?m)^multiexit:'
        $group = (Get-Content "$tree/etc/group" | Where-Object { $_ -like 'multiexit:*' }).Split(':')[2]
        stat -c '%a %u %g' "$tree/etc/multiexit/server.yaml" | Should-Be "640 0 $group"
        dpkg --root=$tree --verify multiexit | Should-BeNull
    }

    It 'installs a configuration that is valid, and the schema that it names' {
        (Get-Content "$tree/etc/multiexit/server.yaml") -match 'schema=/usr/share/multiexit/multiexit\.schema\.json' | Should-BeTruthy
        Test-Path "$tree/usr/share/multiexit/multiexit.schema.json" | Should-BeTrue
        @(Get-ChildItem "$tree/usr/share/multiexit/dsc").Count | Should-Be 4
        Get-Content "$tree/etc/multiexit/server.yaml" -Raw | Should-Be (Get-Content (Join-Path $root 'module/build/debian/server.yaml') -Raw)
        & (Join-Path $root 'module/bin/multiexit') check --config "$tree/etc/multiexit/server.yaml" | Select-Object -First 1 | Should-MatchString 'valid \(native\)'
    }

    It 'installs a unit that systemd takes' -Skip:(-not (Get-Command systemd-analyze -ErrorAction Ignore)) {
        # The command has to be there where systemd looks for it.
        $unit = Join-Path $TestDrive 'multiexit.service'
        (Get-Content "$tree/usr/lib/systemd/system/multiexit.service" -Raw).Replace('/usr/bin/multiexit', '/bin/true') | Set-Content $unit
        $said = systemd-analyze verify --man=no --recursive-errors=no $unit 2>&1
        $said | Where-Object { "$_" -match 'multiexit\.service' } | Should-BeNull
    }

    It 'keeps what the administrator changed when it is upgraded' {
        Add-Content "$tree/etc/multiexit/server.yaml" '# mine'
        chmod 600 "$tree/etc/multiexit/server.yaml"
        Set-Content (Join-Path $TestDrive 'payload/a.dll') 'newer'
        Invoke-Dpkg $tree --install (New-Deb '1.1')
        dpkg-query "--admindir=$tree/var/lib/dpkg" --show --showformat '${Version}' multiexit | Should-Be '1.1'
        Get-Content "$tree/usr/lib/multiexit/a.dll" | Should-Be 'newer'
        Get-Content "$tree/etc/multiexit/server.yaml" | Select-Object -Last 1 | Should-Be '# mine'
        stat -c '%a' "$tree/etc/multiexit/server.yaml" | Should-Be '600'
    }

    It 'leaves the configuration when it is removed, and nothing but the user when it is purged' {
        $null = New-Item "$tree/var/lib/multiexit" -ItemType Directory
        Invoke-Dpkg $tree --remove multiexit
        Test-Path "$tree/usr/bin/multiexit" | Should-BeFalse
        Test-Path "$tree/etc/multiexit/server.yaml" | Should-BeTrue
        Test-Path "$tree/var/lib/multiexit" | Should-BeTrue
        Invoke-Dpkg $tree --purge multiexit
        Get-ChildItem $tree -Recurse -Force | Where-Object { $_.Name -like '*multiexit*' } | Should-BeNull
        Get-Content "$tree/etc/passwd" -Raw | Should-MatchString '(?m)^multiexit:'
    }
}

Describe 'the image' {
    BeforeAll {
        $layout = Join-Path $TestDrive 'oci'
        $digest = New-ImageLayout @((, (New-TarItem 'usr/lib/a.so' -Text 'system')), @(Get-ImageItem (Get-HostItem (Join-Path $TestDrive 'again')) 'notices')) 'amd64' $layout $date
        function Get-Blob($Descriptor) {
            $path = Join-Path $layout "blobs/$($Descriptor.digest.Replace(':', '/'))"
            (Get-Item $path).Length | Should-Be $Descriptor.size
            (Get-FileHash $path).Hash.ToLowerInvariant() | Should-Be $Descriptor.digest.Substring(7)
            return $path
        }
        $manifest = Get-Content (Get-Blob (Get-Content "$layout/index.json" -Raw | ConvertFrom-Json).manifests[0]) -Raw | ConvertFrom-Json
        $config = Get-Content (Get-Blob $manifest.config) -Raw | ConvertFrom-Json
    }

    It 'leads from the index to the layers, each named by its digest' {
        $digest | Should-MatchString '^[0-9a-f]{64}$'
        (Get-Content "$layout/oci-layout" -Raw | ConvertFrom-Json).imageLayoutVersion | Should-Be '1.0.0'
        @($manifest.layers).Count | Should-Be 2
        for ($i = 0; $i -lt 2; $i++) {
            $stream = [IO.Compression.GZipStream]::new([IO.File]::OpenRead((Get-Blob $manifest.layers[$i])), [IO.Compression.CompressionMode]::Decompress)
            $hash = [Convert]::ToHexStringLower([Security.Cryptography.SHA256]::HashData($stream))
            $stream.Dispose()
            $config.rootfs.diff_ids[$i] | Should-Be "sha256:$hash"
        }
    }

    It 'runs as a user by number, asks the control socket whether it is well, and writes in two folders only' {
        $config.config.User | Should-MatchString '^[1-9]\d+:[1-9]\d+$'
        $config.config.Healthcheck.Test -join ' ' | Should-Be 'CMD /usr/bin/multiexit check --socket /run/multiexit/control.sock'
        Get-Content (Join-Path $root 'module/build/debian/server.yaml') -Raw | Should-MatchString 'socket: /run/multiexit/control\.sock'
        $config.config.Volumes.PSObject.Properties.Name -join ' ' | Should-Be '/run/multiexit /var/lib/multiexit'
        $owned = tar -tzvf (Get-Blob $manifest.layers[1]) --numeric-owner | Where-Object { $_ -notmatch ' 0/0 ' }
        ($owned -replace '.* ') -join ' ' | Should-Be 'run/multiexit/ var/lib/multiexit/'
    }
}
