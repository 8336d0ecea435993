# Archives whose bytes depend only on what is in them: entries in ordinal order, one time, fixed modes (docs/decisions/0109-*).

# The time of everything in a package: SOURCE_DATE_EPOCH, else that of the commit.
function Get-SourceDate {
    $seconds = $env:SOURCE_DATE_EPOCH ? $env:SOURCE_DATE_EPOCH : (git -C $Root log -1 --format=%ct)
    # What a zip can name begins in 1980.
    if ("$seconds" -notmatch '^\d{9,11}$') { throw 'SOURCE_DATE_EPOCH, or a git checkout, has to say from when the sources are' }
    return [DateTimeOffset]::FromUnixTimeSeconds([long] $seconds)
}

# A set of names in ordinal order: that of Sort-Object depends on the culture.
function Get-OrdinalOrder([string[]] $Name) {
    [Array]::Sort($Name, [StringComparer]::Ordinal)
    return $Name
}

function Get-ContentHash([byte[]] $Content) {
    return [Convert]::ToHexStringLower([Security.Cryptography.SHA256]::HashData($Content))
}

# 0755 for what can be executed, 0644 for the rest, whatever the umask of the build was.
function Get-FixedMode([IO.FileInfo] $File) {
    $isExecutable = -not $IsWindows -and $File.UnixFileMode.HasFlag([IO.UnixFileMode]::UserExecute)
    return $isExecutable ? [Convert]::ToInt32('755', 8) : [Convert]::ToInt32('644', 8)
}

# A folder as a zip; the names in it begin with that of the folder's parent, as Install-Module's folders do: MultiExit/0.1.0/...
function New-ZipFile([string] $Folder, [string] $Path, [DateTimeOffset] $Date) {
    $base = Split-Path (Split-Path $Folder)
    $names = Get-ChildItem $Folder -Recurse -File | ForEach-Object { [IO.Path]::GetRelativePath($base, $_.FullName).Replace('\', '/') }
    $stream = [IO.File]::Create($Path)
    $zip = [IO.Compression.ZipArchive]::new($stream, 'Create')
    try {
        foreach ($name in Get-OrdinalOrder $names) {
            $file = [IO.FileInfo]::new((Join-Path $base $name))
            Add-ZipEntry $zip $name ([IO.File]::ReadAllBytes($file.FullName)) $Date (Get-FixedMode $file)
        }
    } finally {
        $zip.Dispose()
        $stream.Dispose()
    }
}

function Add-ZipEntry([IO.Compression.ZipArchive] $Zip, [string] $Name, [byte[]] $Content, [DateTimeOffset] $Date, [int] $Mode) {
    $entry = $Zip.CreateEntry($Name, 'Optimal')
    $entry.LastWriteTime = $Date
    # A regular file of this mode, in the upper half; a computation in Int32 would overflow.
    $entry.ExternalAttributes = [BitConverter]::ToInt32([BitConverter]::GetBytes([uint32] ((0x8000 -bor $Mode) * 65536L)))
    $target = $entry.Open()
    $target.Write($Content)
    $target.Dispose()
}

# A NuGet package anew: who makes one gives the part with its properties, and the relations to it, a name by chance.
function Set-PackageBytes([string] $Path, [DateTimeOffset] $Date) {
    $parts = @{}
    $source = [IO.Compression.ZipFile]::OpenRead($Path)
    foreach ($entry in $source.Entries) {
        $bytes = [IO.MemoryStream]::new()
        $stream = $entry.Open()
        $stream.CopyTo($bytes)
        $stream.Dispose()
        $parts[$entry.FullName] = $bytes.ToArray()
    }
    $source.Dispose()

    # Which program wrote it on which kernel is nobody's business.
    $properties = @($parts.Keys -like '*.psmdcp')[0]
    $text = [Text.Encoding]::UTF8.GetString($parts[$properties]) -replace '(?<=<lastModifiedBy>)[^<]*', 'MultiExit'
    $content = [Text.Encoding]::UTF8.GetBytes($text)
    $name = "package/services/metadata/core-properties/$((Get-ContentHash $content).Substring(0, 32)).psmdcp"
    $parts.Remove($properties)
    $parts[$name] = $content
    $count = @{ Value = 0 }
    $relations = [Text.Encoding]::UTF8.GetString($parts['_rels/.rels']).Replace($properties, $name)
    $relations = [regex]::Replace($relations, '(?<=\bId=")[^"]*', { "R$((++$count.Value))" })
    $parts['_rels/.rels'] = [Text.Encoding]::UTF8.GetBytes($relations)

    # The modules that it requires come in the order of a hash table, which is another in each process.
    $about = @($parts.Keys -like '*.nuspec')[0]
    $lines = [Text.Encoding]::UTF8.GetString($parts[$about]) -split "`r?`n"
    $required = @($lines -like '*<dependency *')
    if ($required.Count -gt 1) {
        $first = [Array]::IndexOf($lines, $required[0])
        $lines = @($lines[0..($first - 1)]) + (Get-OrdinalOrder $required) + @($lines[($first + $required.Count)..($lines.Count - 1)])
    }
    $parts[$about] = [Text.Encoding]::UTF8.GetBytes($lines -join "`n")

    $stream = [IO.File]::Create($Path)
    $zip = [IO.Compression.ZipArchive]::new($stream, 'Create')
    foreach ($part in Get-OrdinalOrder $parts.Keys) { Add-ZipEntry $zip $part $parts[$part] $Date ([Convert]::ToInt32('644', 8)) }
    $zip.Dispose()
    $stream.Dispose()
}
