# Dot-sourced by Test-Package.ps1: the .deb and the image, with what they start. Both need root, as an administrator is; what is not run is said.
$debian = Get-ChildItem $artifacts -Filter 'multiexit_*.deb'
$image = Get-ChildItem $artifacts -Filter 'multiexit-*.oci.tar'
$isRoot = -not $IsWindows -and (id -u) -eq '0'

Assert-True 'SHA256SUMS is right' {
    Push-Location $artifacts
    foreach ($line in Get-Content SHA256SUMS) {
        $sum, $name = $line -split '  ', 2
        if ((Get-FileHash $name -Algorithm SHA256).Hash -ne $sum) { "not that of $name" }
    }
    Pop-Location
}

# The command of a tree that is made the root of its processes, as its user: the configuration is good, it serves, and it is found to be well.
function Test-Tree([string] $Tree, [string] $User, [string[]] $HealthCheck) {
    $in = @("--userspec=$User", $Tree)
    $said = chroot @in /usr/bin/multiexit check --config /etc/multiexit/server.yaml 2>&1
    if ($LASTEXITCODE) { "check: $said" }
    Test-Service chroot ($in + @('/usr/bin/multiexit', 'run', '--config', '/etc/multiexit/server.yaml')) {
        $said = chroot @in @HealthCheck 2>&1
        if ($LASTEXITCODE -or "$said" -notmatch 'running, 0 sessions') { "its health check: $said" }
    }
}

if ($image -and $isRoot) {
    Assert-True 'the image starts as its user on a root that is read-only, and its health check says so' {
        $layout = (New-Item (Join-Path $scratch 'layout') -ItemType Directory).FullName
        $tree = (New-Item (Join-Path $scratch 'tree') -ItemType Directory).FullName
        tar -xf $image -C $layout
        $digest = (Get-Content (Join-Path $layout 'index.json') -Raw | ConvertFrom-Json).manifests[0].digest
        $manifest = Get-Content (Join-Path $layout "blobs/$($digest.Replace(':', '/'))") -Raw | ConvertFrom-Json
        foreach ($layer in $manifest.layers) { tar -xzpf (Join-Path $layout "blobs/$($layer.digest.Replace(':', '/'))") -C $tree --numeric-owner }
        $config = Get-Content (Join-Path $layout "blobs/$($manifest.config.digest.Replace(':', '/'))") -Raw | ConvertFrom-Json
        # Port 0, since 1080 may be somebody's here.
        $file = Join-Path $tree 'etc/multiexit/server.yaml'
        (Get-Content $file -Raw).Replace(':1080', ':0') | Set-Content $file
        mount --bind $tree $tree
        mount --bind -o rw (Join-Path $tree 'run/multiexit') (Join-Path $tree 'run/multiexit')
        mount --rbind /dev (Join-Path $tree 'dev')
        mount -t proc proc (Join-Path $tree 'proc')
        mount -o remount,ro,bind $tree
        try {
            Test-Tree $tree $config.config.User $config.config.Healthcheck.Test[1..9]
            if (-not (Test-Path (Join-Path $tree 'etc/ssl/certs/ca-certificates.crt'))) { 'it has no certificates' }
        } finally {
            foreach ($mount in 'dev', 'proc', 'run/multiexit', '') { umount -l (Join-Path $tree $mount) }
        }
    }
} else {
    'not run: the image (root, and a build that makes it, are needed)' | Out-Host
}

if ($debian -and $isRoot -and (Get-Command dpkg -ErrorAction Ignore)) {
    Assert-True 'the .deb is installed, and what it installed starts' {
        $tree = (New-Item (Join-Path $scratch 'debian') -ItemType Directory).FullName
        $null = New-Item (Join-Path $tree 'var/lib/dpkg/info'), (Join-Path $tree 'var/lib/dpkg/updates'), (Join-Path $tree 'etc') -ItemType Directory
        '' | Set-Content (Join-Path $tree 'var/lib/dpkg/status') -NoNewline
        $said = dpkg --root=$tree --force-script-chrootless --force-depends --log=/dev/null --install $debian 2>&1
        if ($LASTEXITCODE) { return "dpkg: $said" }
        $started = & (Join-Path $tree 'usr/bin/multiexit') version
        if ($started -ne "multiexit $Version") { "version: $started" }
        dpkg --root=$tree --verify multiexit
    }
} else {
    'not run: the .deb (root and dpkg are needed)' | Out-Host
}
