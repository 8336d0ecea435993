# The image: an OCI image layout of two layers, as an archive that docker, podman, containerd and skopeo load. Written here: the SDK's
# container support takes its base image from a registry (docs/decisions/0109-*).
. (Join-Path $PSScriptRoot 'ImageBase.ps1')

# The user of the image; one number, so that an orchestrator sees that it is not root.
$script:ImageUser = 65532

# What lies above the base: the console host, its user, and the two folders that may be written to.
function Get-ImageItem([object[]] $HostItem, [string] $Notices) {
    $HostItem
    New-TarItem 'usr/share/doc/multiexit/copyright' -Text "$(Get-Content (Join-Path $Root 'LICENSE') -Raw)`n$Notices"
    New-TarItem 'etc/passwd' -Text "root:x:0:0:root:/root:/usr/sbin/nologin`nmultiexit:x:${ImageUser}:${ImageUser}:MultiExit:/var/lib/multiexit:/usr/sbin/nologin`n"
    New-TarItem 'etc/group' -Text "root:x:0:`nmultiexit:x:${ImageUser}:`n"
    New-TarItem 'etc/nsswitch.conf' -Text "hosts: files dns`n"
    New-TarItem 'run/multiexit' -Folder -Mode 700 -Owner $ImageUser
    New-TarItem 'var/lib/multiexit' -Folder -Mode 700 -Owner $ImageUser
    # A mount has its place here: the root is read-only.
    foreach ($folder in 'dev', 'proc', 'sys') { New-TarItem $folder -Folder }
    New-TarItem 'tmp' -Folder -Mode 1777
}

# Writes the layout into $Folder and returns the digest of the manifest. $Layer: lists of items, the lowest first.
function New-ImageLayout([object[][]] $Layer, [string] $Architecture, [string] $Folder, [DateTimeOffset] $Date) {
    $blobs = (New-Item (Join-Path $Folder 'blobs/sha256') -ItemType Directory -Force).FullName
    $layers = foreach ($items in $Layer) { Add-Layer $items $blobs $Date }
    $manifest = Import-PowerShellDataFile (Join-Path $Root 'MultiExit.psd1')
    $config = Add-Json $blobs (Get-ImageConfig $layers $Architecture $Date $manifest)
    $image = Add-Json $blobs ([ordered]@{
            schemaVersion = 2
            mediaType     = 'application/vnd.oci.image.manifest.v1+json'
            config        = Get-Descriptor 'application/vnd.oci.image.config.v1+json' $config
            layers        = @($layers | ForEach-Object { Get-Descriptor 'application/vnd.oci.image.layer.v1.tar+gzip' $_ })
        })
    $entry = Get-Descriptor 'application/vnd.oci.image.manifest.v1+json' $image
    $entry.platform = [ordered]@{ architecture = $Architecture; os = 'linux' }
    $entry.annotations = [ordered]@{
        'io.containerd.image.name'         = "docker.io/library/multiexit:$($manifest.ModuleVersion)"
        'org.opencontainers.image.ref.name' = $manifest.ModuleVersion
    }
    $index = [ordered]@{ schemaVersion = 2; mediaType = 'application/vnd.oci.image.index.v1+json'; manifests = @($entry) }
    Set-Content (Join-Path $Folder 'index.json') (ConvertTo-Json $index -Depth 9 -Compress) -NoNewline
    Set-Content (Join-Path $Folder 'oci-layout') '{"imageLayoutVersion":"1.0.0"}' -NoNewline
    return $image.Digest
}

function Get-ImageConfig([object[]] $Layers, [string] $Architecture, [DateTimeOffset] $Date, $Manifest) {
    $time = $Date.UtcDateTime.ToString('yyyy-MM-ddTHH:mm:ssZ', [cultureinfo]::InvariantCulture)
    return [ordered]@{
        created      = $time
        architecture = $Architecture
        os           = 'linux'
        config       = [ordered]@{
            User        = "${ImageUser}:${ImageUser}"
            Entrypoint  = @('/usr/bin/multiexit')
            Cmd         = @('run', '--config', '/etc/multiexit/server.yaml')
            # The diagnostics of .NET want to write in /tmp.
            Env         = @('PATH=/usr/bin', 'DOTNET_EnableDiagnostics=0', 'SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt', 'SSL_CERT_DIR=/etc/ssl/certs')
            WorkingDir  = '/var/lib/multiexit'
            Volumes     = [ordered]@{ '/run/multiexit' = @{}; '/var/lib/multiexit' = @{} }
            StopSignal  = 'SIGTERM'
            # Not of OCI but of Docker, which reads it here; others skip it.
            Healthcheck = [ordered]@{
                Test     = @('CMD', '/usr/bin/multiexit', 'check', '--socket', '/run/multiexit/control.sock')
                Interval = 30000000000; Timeout = 10000000000; StartPeriod = 10000000000; Retries = 3
            }
            Labels      = [ordered]@{
                'org.opencontainers.image.title'    = 'MultiExit'
                'org.opencontainers.image.version'  = $Manifest.ModuleVersion
                'org.opencontainers.image.licenses' = 'MIT'
                'org.opencontainers.image.url'      = $Manifest.PrivateData.PSData.ProjectUri
            }
        }
        rootfs       = [ordered]@{ type = 'layers'; diff_ids = @($Layers | ForEach-Object { "sha256:$($_.DiffId)" }) }
        history      = @($Layers | ForEach-Object { [ordered]@{ created = $time; created_by = 'build.sh package' } })
    }
}

function Add-Layer([object[]] $Item, [string] $Blobs, [DateTimeOffset] $Date) {
    $tar = Join-Path $Blobs 'layer.tar'
    $packed = Join-Path $Blobs 'layer.tar.gz'
    Write-TarFile $Item $tar $Date
    Compress-File $tar $packed
    $layer = [pscustomobject]@{
        Digest = (Get-FileHash $packed -Algorithm SHA256).Hash.ToLowerInvariant()
        Size   = (Get-Item $packed).Length
        DiffId = (Get-FileHash $tar -Algorithm SHA256).Hash.ToLowerInvariant()
    }
    Remove-Item $tar
    Move-Item $packed (Join-Path $Blobs $layer.Digest) -Force
    return $layer
}

function Add-Json([string] $Blobs, $Value) {
    $bytes = [Text.Encoding]::UTF8.GetBytes((ConvertTo-Json $Value -Depth 9 -Compress))
    $digest = Get-ContentHash $bytes
    [IO.File]::WriteAllBytes((Join-Path $Blobs $digest), $bytes)
    return [pscustomobject]@{ Digest = $digest; Size = $bytes.Length }
}

function Get-Descriptor([string] $MediaType, $Blob) {
    return [ordered]@{ mediaType = $MediaType; digest = "sha256:$($Blob.Digest)"; size = $Blob.Size }
}

# The layout as one file.
function New-ImageArchive([string] $Folder, [string] $Path, [DateTimeOffset] $Date) {
    $items = foreach ($file in Get-ChildItem $Folder -Recurse -File) {
        New-TarItem ([IO.Path]::GetRelativePath($Folder, $file.FullName).Replace('\', '/')) -Source $file.FullName
    }
    Write-TarFile $items $Path $Date
}
