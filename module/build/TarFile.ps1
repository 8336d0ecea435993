# Tar archives for the .deb and the image: names in ordinal order, one time, owners by number (docs/decisions/0109-*).

# What stands in an archive: a file of the disk or of a text, a folder, or a symbolic link. Mode is octal, as text.
function New-TarItem {
    param(
        [Parameter(Mandatory)] [string] $Name,
        [string] $Source,
        [string] $Text,
        [string] $Target,
        [switch] $Folder,
        [string] $Mode = ($Folder ? '755' : '644'),
        [int] $Owner = 0
    )
    $type = $Folder ? 'Directory' : $Target ? 'SymbolicLink' : 'RegularFile'
    return [pscustomobject]@{ Name = $Name; Type = $type; Source = $Source; Text = $Text; Target = $Target; Mode = $Mode; Owner = $Owner }
}

# The files beneath a folder of the disk, as they lie beneath a folder of the archive.
function Get-TarItem([string] $Folder, [string] $Name) {
    foreach ($file in Get-ChildItem $Folder -Recurse -File) {
        $mode = [Convert]::ToString((Get-FixedMode $file), 8)
        New-TarItem "$Name/$([IO.Path]::GetRelativePath($Folder, $file.FullName).Replace('\', '/'))" -Source $file.FullName -Mode $mode
    }
}

# Writes items, and the folders that they lie in, as a tar. $Prefix comes before each name: './' in a .deb.
function Write-TarFile([object[]] $Item, [string] $Path, [DateTimeOffset] $Date, [string] $Prefix = '') {
    $all = @{}
    foreach ($one in $Item) {
        for ($parent = (Split-Path $one.Name); $parent; $parent = Split-Path $parent) {
            $parent = $parent.Replace('\', '/')
            if (-not $all.ContainsKey($parent)) { $all[$parent] = New-TarItem $parent -Folder }
        }
        $all[$one.Name] = $one
    }
    $stream = [IO.File]::Create($Path)
    $writer = [Formats.Tar.TarWriter]::new($stream, [Formats.Tar.TarEntryFormat]::Ustar)
    try {
        foreach ($name in Get-OrdinalOrder $all.Keys) { Write-TarEntry $writer $all[$name] "$Prefix$name" $Date }
    } finally {
        $writer.Dispose()
        $stream.Dispose()
    }
}

function Write-TarEntry([Formats.Tar.TarWriter] $Writer, $Item, [string] $Name, [DateTimeOffset] $Date) {
    $entry = [Formats.Tar.UstarTarEntry]::new($Item.Type, ($Item.Type -eq 'Directory' ? "$Name/" : $Name))
    $entry.ModificationTime = $Date
    $entry.Mode = [IO.UnixFileMode] [Convert]::ToInt32($Item.Type -eq 'SymbolicLink' ? '777' : $Item.Mode, 8)
    $entry.Uid = $entry.Gid = $Item.Owner
    if (-not $Item.Owner) { $entry.UserName = $entry.GroupName = 'root' }
    if ($Item.Target) { $entry.LinkName = $Item.Target }
    if ($Item.Type -eq 'RegularFile') {
        $bytes = $Item.Source ? [IO.File]::ReadAllBytes($Item.Source) : [Text.Encoding]::UTF8.GetBytes($Item.Text)
        $entry.DataStream = [IO.MemoryStream]::new($bytes)
    }
    $Writer.WriteEntry($entry)
}

# gzip without a name and a time.
function Compress-File([string] $Path, [string] $Destination) {
    $source = [IO.File]::OpenRead($Path)
    $target = [IO.File]::Create($Destination)
    $gzip = [IO.Compression.GZipStream]::new($target, [IO.Compression.CompressionLevel]::SmallestSize)
    try {
        $source.CopyTo($gzip)
    } finally {
        $gzip.Dispose()
        $target.Dispose()
        $source.Dispose()
    }
}
