# Dot-sourced by Test-Package.ps1: what the package holds.
$manifest = Import-PowerShellDataFile (Join-Path $Folder 'MultiExit.psd1')
$files = Get-ChildItem $Folder -Recurse -File

Assert-True 'every promised cmdlet is exported, with help' {
    $module = Import-Module (Join-Path $Folder 'MultiExit.psd1') -PassThru
    $manifest.CmdletsToExport | Where-Object { -not $module.ExportedCmdlets.ContainsKey($_) } | ForEach-Object { "no $_" }
    $manifest.CmdletsToExport | Where-Object { -not (Get-Help $_).relatedLinks.navigationLink } | ForEach-Object { "no help of $_" }
    if ((Get-Help about_MultiExit | Out-String) -notmatch 'InvalidConfiguration') { 'no about topic' }
    foreach ($topic in 'Config', 'Exits', 'Fleet', 'Security', 'Troubleshooting') { if (-not (Get-Help "about_MultiExit_$topic" -ErrorAction Ignore)) { "no topic $topic" } }
}

Assert-True 'the manifest says what a gallery shows, and which PowerShell is needed' {
    $gallery = $manifest.PrivateData.PSData
    foreach ($key in 'Tags', 'LicenseUri', 'ProjectUri', 'ReleaseNotes') { if (-not $gallery[$key]) { "no $key" } }
    if ($manifest.PowerShellVersion -ne '7.6') { "PowerShellVersion $($manifest.PowerShellVersion)" }
    if ($gallery.ReleaseNotes -notmatch [regex]::Escape($manifest.ModuleVersion)) { 'the release notes are of another version' }
}

Assert-True 'nothing of the build and no debugging symbols are in it' {
    $files | Where-Object { $_.Extension -eq '.pdb' -or $_.FullName -match 'module.(build|MultiExit\.Pester)' } | ForEach-Object FullName
}

Assert-True 'each document that a document links to is in it' {
    foreach ($document in $files | Where-Object Extension -EQ '.md') {
        foreach ($match in [regex]::Matches((Get-Content $document -Raw), '\]\((?!https?:|#)([^)#\s]+)')) {
            $target = Join-Path $document.DirectoryName $match.Groups[1].Value
            if (-not (Test-Path $target)) { "$($document.Name) links to $($match.Groups[1].Value)" }
        }
    }
}

Assert-True 'the notices name each library of others, with its version and the text of its licence' {
    $notices = Get-Content (Join-Path $Folder 'THIRD-PARTY-NOTICES.txt') -Raw
    $packages = @{ 'Microsoft.Data.Sqlite' = 'Microsoft.Data.Sqlite.Core'; 'SQLitePCLRaw.batteries_v2' = 'SQLitePCLRaw.bundle_e_sqlite3' }
    foreach ($library in $files | Where-Object { $_.Extension -eq '.dll' -and $_.Name -notlike 'MultiExit*' -and $_.FullName -notmatch 'runtimes' }) {
        $name = $packages[$library.BaseName] ?? $library.BaseName
        # Behind it are a commit, or a branch and a build; the version of the file has a number of the build in some.
        $version = ($library.VersionInfo.ProductVersion -split '[-+]')[0]
        if ($notices -notmatch "(?m)^$([regex]::Escape("$name $version"))\r?$") { "no $name $version" }
    }
    if ($notices -notmatch '(?m)^SQLitePCLRaw\.lib\.e_sqlite3 ') { 'no SQLite' }
    foreach ($text in 'Copyright (c) Antoine Aubry', 'Serilog Contributors', '.NET Foundation', 'Permission is hereby granted', 'TERMS AND CONDITIONS FOR USE') {
        if (-not $notices.Contains($text)) { "not '$text'" }
    }
}

Assert-True 'the dashboard and the alert rules are in it' {
    foreach ($file in 'multiexit.json', 'multiexit.rules.yml') {
        if (-not (Test-Path (Join-Path $Folder "module/monitoring/$file"))) { "no $file" }
    }
}

Assert-True 'SQLite is there for each system that the module is for' {
    foreach ($file in 'linux-x64/native/libe_sqlite3.so', 'linux-arm64/native/libe_sqlite3.so', 'win-x64/native/e_sqlite3.dll') {
        if (-not (Test-Path (Join-Path $Folder "module/bin/lib/runtimes/$file"))) { "no $file" }
    }
}

Assert-True 'the runtime that is needed is .NET 10' {
    $framework = (Get-Content (Join-Path $Folder 'module/bin/lib/MultiExit.Host.runtimeconfig.json') -Raw | ConvertFrom-Json).runtimeOptions.framework
    if ("$($framework.name) $($framework.version)" -ne 'Microsoft.NETCore.App 10.0.0') { "it is $($framework.name) $($framework.version)" }
    if ((Get-Content (Join-Path $Folder 'README.md') -Raw) -notmatch '\.NET 10') { 'README.md does not say so' }
}
