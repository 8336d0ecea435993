# The .deb: an ar archive of control.tar.gz and data.tar.gz. Written here, so that it can be made on every system and has the
# same bytes everywhere (docs/decisions/0109-*).

# $Item is what is installed beside the unit, the user and the documents.
function New-DebianPackage([object[]] $Item, [string] $Architecture, [string] $Path, [DateTimeOffset] $Date, [string] $Notices, [string] $Version) {
    $debian = Join-Path $PSScriptRoot 'debian'
    $project = (Import-PowerShellDataFile (Join-Path $Root 'MultiExit.psd1')).PrivateData.PSData.ProjectUri
    $data = @(
        $Item
        New-TarItem 'usr/lib/systemd/system/multiexit.service' -Text (Get-DebianUnit)
        New-TarItem 'usr/lib/sysusers.d/multiexit.conf' -Source (Join-Path $debian 'sysusers.conf')
        New-TarItem 'usr/share/multiexit/multiexit.schema.json' -Source (Join-Path $Root 'module/multiexit.schema.json')
        Get-TarItem (Join-Path $Root 'module/dsc') 'usr/share/multiexit/dsc'
        New-TarItem 'usr/share/doc/multiexit/copyright' -Text "$(Get-Content (Join-Path $Root 'LICENSE') -Raw)`n$Notices"
        New-TarItem 'usr/share/doc/multiexit/releases.md' -Source (Join-Path $Root 'docs/releases.md')
        New-TarItem 'usr/share/doc/multiexit/configuration.md' -Source (Join-Path $Root 'docs/configuration.md')
    )
    $bytes = ($data | ForEach-Object { $_.Source ? (Get-Item $_.Source).Length : $_.Text.Length } | Measure-Object -Sum).Sum
    $control = (Get-Content (Join-Path $debian 'control') -Raw).Replace('{version}', $Version).Replace('{architecture}', $Architecture).
        Replace('{size}', [Math]::Ceiling($bytes / 1024)).Replace('{project}', $project)
    $about = @(
        New-TarItem 'control' -Text $control
        New-TarItem 'conffiles' -Text "/etc/multiexit/server.yaml`n"
        New-TarItem 'md5sums' -Text (Get-Md5Text $data)
        foreach ($script in 'postinst', 'prerm', 'postrm') { New-TarItem $script -Source (Join-Path $debian $script) -Mode 755 }
    )

    $scratch = [IO.Directory]::CreateTempSubdirectory('multiexit-deb-').FullName
    try {
        Set-Content (Join-Path $scratch 'debian-binary') "2.0`n" -NoNewline
        foreach ($part in @{ Name = 'control.tar'; Item = $about }, @{ Name = 'data.tar'; Item = $data }) {
            Write-TarFile $part.Item (Join-Path $scratch $part.Name) $Date './'
            Compress-File (Join-Path $scratch $part.Name) (Join-Path $scratch "$($part.Name).gz")
        }
        Write-ArFile ('debian-binary', 'control.tar.gz', 'data.tar.gz' | ForEach-Object { Join-Path $scratch $_ }) $Path $Date
    } finally {
        Remove-Item $scratch -Recurse -Force
    }
}

# The unit of module/multiexit.service, which is for an unpacked folder, for the user and the paths of this package.
function Get-DebianUnit {
    $unit = Get-Content (Join-Path $Root 'module/multiexit.service') -Raw
    $changes = [ordered]@{
        '(?m)\A(#.*\n)+'         = "# The service of the package multiexit; the changes of this machine: systemctl edit multiexit.`n"
        '(?m)^ExecStart=.*$'     = 'ExecStart=/usr/bin/multiexit run --config /etc/multiexit/server.yaml'
        '(?m)^DynamicUser=yes$'  = "User=multiexit`nGroup=multiexit"
    }
    foreach ($change in $changes.GetEnumerator()) {
        if ($unit -notmatch $change.Key) { throw "module/multiexit.service has no line for $($change.Key)" }
        $unit = $unit -replace $change.Key, $change.Value
    }
    return $unit
}

# What dpkg --verify compares with; the configuration is the administrator's.
function Get-Md5Text([object[]] $Item) {
    $lines = foreach ($file in $Item | Where-Object { $_.Type -eq 'RegularFile' -and $_.Name -notlike 'etc/*' }) {
        $bytes = $file.Source ? [IO.File]::ReadAllBytes($file.Source) : [Text.Encoding]::UTF8.GetBytes($file.Text)
        "$([Convert]::ToHexStringLower([Security.Cryptography.MD5]::HashData($bytes)))  $($file.Name)"
    }
    return (Get-OrdinalOrder $lines) -join "`n" | ForEach-Object { "$_`n" }
}

function Write-ArFile([string[]] $File, [string] $Path, [DateTimeOffset] $Date) {
    $stream = [IO.File]::Create($Path)
    try {
        $stream.Write([Text.Encoding]::ASCII.GetBytes("!<arch>`n"))
        foreach ($one in $File) {
            $bytes = [IO.File]::ReadAllBytes($one)
            $header = '{0,-16}{1,-12}{2,-6}{3,-6}{4,-8}{5,-10}' -f (Split-Path $one -Leaf), $Date.ToUnixTimeSeconds(), 0, 0, '100644', $bytes.Length
            $stream.Write([Text.Encoding]::ASCII.GetBytes("$header``" + "`n"))
            $stream.Write($bytes)
            if ($bytes.Length % 2) { $stream.WriteByte(10) }
        }
    } finally {
        $stream.Dispose()
    }
}
