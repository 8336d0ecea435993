BeforeDiscovery {
    $root = Split-Path $PSScriptRoot
    $pages = Get-Item (Join-Path $root '*.md'), (Join-Path $root 'docs/*.md'), (Join-Path $root 'docs/*/*.md') | ForEach-Object { @{ Page = [IO.Path]::GetRelativePath($root, $_.FullName) } }
    $documents = Get-Item (Join-Path $root '*.md'), (Join-Path $root 'docs/*.md'), (Join-Path $root 'docs/tasks/*.md') | ForEach-Object { @{ Document = [IO.Path]::GetRelativePath($root, $_.FullName) } }
    $decisions = Get-ChildItem (Join-Path $root 'docs/decisions/*.md') -Exclude README.md | ForEach-Object { @{ Page = $_.Name } }
}

BeforeAll {
    . (Join-Path $PSScriptRoot 'common.ps1')
    . (Join-Path $PSScriptRoot 'Documents.ps1')
    $help = & (Join-Path $root 'module/bin/multiexit') --help | Out-String
    # The anchors of the headings of a page, which many links lead to.
    $anchors = @{}
    function Get-Anchor([string] $Page) {
        $key = [IO.Path]::GetFullPath($Page)
        $anchors[$key] ??= @([IO.File]::ReadAllLines($key) -match '^#+ ').ForEach({
                ($_ -replace '^#+ ').ToLowerInvariant() -replace '[^\w\- ]' -replace ' ', '-'
            })
        return $anchors[$key]
    }
    # The files that examples name.
    $samples = Join-Path $TestDrive 'samples'
    $null = New-Item $samples -ItemType Directory
    $null = New-MxCertificate -Name example -CertificatePath (Join-Path $samples 'cert.pem') -KeyPath (Join-Path $samples 'key.pem')
    Copy-Item (Join-Path $samples 'cert.pem') (Join-Path $samples 'clients-ca.pem')
    $null = New-MxKey (Join-Path $samples 'tunnel.key')
    $null = New-MxEchKey hub.example (Join-Path $samples 'ech.pem')
}

Describe '<Document>' -ForEach $documents {
    BeforeAll {
        $path = Join-Path $root $Document
        $text = Get-Content $path -Raw
    }

    It 'has configurations that are valid' {
        foreach ($block in Get-Block $path | Where-Object Language -In 'yaml', 'json') {
            $file = Join-Path $samples "sample.$($block.Language)"
            Set-Content $file $block.Text
            # Not for longer: the commands of the documents have to set it themselves.
            $env:ALICE_PW = 'wonderland'
            try { $errors = (Test-MxConfig $file).Errors } finally { $env:ALICE_PW = $null }
            $errors | Should -BeNullOrEmpty -Because "line $($block.Line)"
        }
    }

    It 'names commands and options of the console host that there are' {
        foreach ($match in [regex]::Matches($text, '(?m)(?:^ {4,}|`|bin/)multiexit ((?:run|check|route|snat|version)\b[^`\r\n]*)')) {
            foreach ($option in [regex]::Matches($match.Groups[1].Value, '(?<=\s)--?[a-z][a-z-]*').Value) {
                $help | Should -Match "(?<![\w-])$option\b" -Because $match.Value
            }
        }
    }
}

Describe 'The links of <Page>' -ForEach $pages {
    It 'lead to what is there' {
        $path = Join-Path $root $Page
        foreach ($match in [regex]::Matches((Get-Content $path -Raw), '\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)')) {
            $target = $match.Groups[1].Value ? (Join-Path (Split-Path $path) $match.Groups[1].Value) : $path
            $target | Should -Exist -Because $match.Value
            if (-not $match.Groups[2].Success) { continue }
            Get-Anchor $target | Should -Contain $match.Groups[2].Value -Because $match.Value
        }
    }
}

Describe 'docs/tasks/README.md' {
    It 'lists each page' {
        $index = Get-Content (Join-Path $root 'docs/tasks/README.md') -Raw
        foreach ($page in Get-ChildItem (Join-Path $root 'docs/tasks/*.md') -Exclude README.md) { $index | Should -Match "\]\($([regex]::Escape($page.Name))\)" }
    }
}

Describe 'docs/operations.md' {
    It 'lists each section in its contents' {
        $text = Get-Content (Join-Path $root 'docs/operations.md') -Raw
        $contents, $null = $text -split '(?m)^## ', 2
        foreach ($heading in [regex]::Matches($text, '(?m)^## (.+?)\r?$').ForEach({ $_.Groups[1].Value })) { $contents | Should -Match "\[$([regex]::Escape($heading))\]\(#" }
    }
}

Describe 'Warnings about a configuration' {
    BeforeAll {
        $source = Get-Content (Join-Path $root 'src/MultiExit.Engine/Diagnostics/Warnings.cs') -Raw
        # A log that cannot be written, what becomes of records, and fleets are no matter of a configuration.
        $ids = [regex]::Matches($source, '\bOf\("(MX\d{4}) "').ForEach({ $_.Groups[1].Value }) |
            Where-Object { $_ -ne 'MX1050' -and $_ -notlike 'MX107?' -and $_ -notmatch '^MX11[4-6]' } | Sort-Object -Unique
    }

    It 'have the ids that <Document> says' -ForEach @(
        @{ Document = 'docs/operations.md'; Sentence = '(?s)### Warnings\s+(MX.+?) are about the configuration' }
        @{ Document = 'docs/cmdlets/about_MultiExit.help.txt'; Sentence = '(?s)with the id of\s+its kind: (MX.+?) \(' }
    ) {
        $sentence = [regex]::Match((Get-Content (Join-Path $root $Document) -Raw), $Sentence).Groups[1].Value
        $named = [regex]::Matches($sentence, 'MX(\d{4})(?:\s+to\s+MX(\d{4}))?').ForEach({
            [int] $_.Groups[1].Value..[int] ($_.Groups[2].Success ? $_.Groups[2].Value : $_.Groups[1].Value) | ForEach-Object { "MX$_" }
        })
        $ids.Count | Should -BeGreaterThan 10
        $named | Should -Be $ids
    }
}

Describe 'docs/decisions/<Page>' -ForEach $decisions {
    It 'has its number, its date and its status at the top, and stands in the index' {
        $number = $Page.Substring(0, 4)
        $head = (Get-Content (Join-Path $root "docs/decisions/$Page") -TotalCount 5) -join "`n"
        $head | Should -Match "^# ${number}: \S.*\n\nDate: \d{4}-\d\d-\d\d\nStatus: (accepted|superseded by \d{4})\n$"
        $title = [regex]::Match($head, '^# \d{4}: (.+)').Groups[1].Value
        $row = [regex]::Escape("| [$number]($Page) | $title | ") + '\S.*\. \|$'
        @(Get-Content (Join-Path $root 'docs/decisions/README.md')) -match "^$row" | Should -HaveCount 1
    }
}

Describe 'docs/decisions/README.md' {
    It 'has a row for each page and no other, in the order of the numbers' {
        $rows = (Get-Content (Join-Path $root 'docs/decisions/README.md')) -match '^\| \[' -replace '^\| \[\d{4}\]\(([^)]+)\).*', '$1'
        $rows | Should -Be (Get-ChildItem (Join-Path $root 'docs/decisions/*.md') -Exclude README.md | Sort-Object Name).Name
    }
}

Describe 'docs/security.md' {
    It 'names tests that are there for each promise' {
        $text = Get-Content (Join-Path $root 'docs/security.md')
        $sources = (Get-ChildItem (Join-Path $root 'tests') -Recurse -Filter *Tests.cs).BaseName
        [regex]::Matches($text, '`(\w+Tests)`').ForEach({ $_.Groups[1].Value }) | Where-Object { $_ -notin $sources } | Should -BeNullOrEmpty
        $promises = $text -match '^\| ' -notmatch '^\| (promise|who sends|what is sent) |^\|---'
        $promises.Count | Should -BeGreaterThan 20
        $promises -notmatch '`\w+Tests`' | Should -BeNullOrEmpty
    }
}

Describe 'README.md' {
    It 'has no sentence that is too long to be read aloud' {
        $prose = (Get-Content (Join-Path $root 'README.md') -Raw) -replace '(?s)```.*?```' -replace '\[([^\]]+)\]\([^)]+\)', '$1'
        foreach ($sentence in $prose -split '(?<=[.:])\s+|\n\n|\n(?=[-|#])') { $sentence.Length | Should -BeLessOrEqual 200 -Because $sentence }
    }
}

Describe 'The commands of <Document>' -ForEach @(@{ Document = 'README.md' }, @{ Document = 'docs/getting-started.md' }, @{ Document = 'docs/testing-your-configuration.md' }) {
    It 'run in order as they are written' -Skip:$IsWindows {
        $web = Start-HttpTarget
        $run = [DocumentRun]::new($root, (Join-Path $TestDrive "run-$(Split-Path $Document -LeafBase)"), $web.Port)
        # Pester as Install-PSResource puts it.
        $modules = (New-Item (Join-Path $run.Folder 'modules') -ItemType Directory).FullName
        $null = New-Item (Join-Path $modules 'Pester') -ItemType SymbolicLink -Value (Get-Module Pester).ModuleBase
        try {
            $part = $session = ''
            foreach ($block in Get-Block (Join-Path $root $Document)) {
                if ($block.Part -ne $part) { $run.StopServers() }
                $part = $block.Part
                # A test file, which a later command runs.
                $file = $block.Text -match '^# (\S+\.(?:yaml|Tests\.ps1))(?=\r?\n)' ? $Matches[1] : $null
                if ($file) {
                    Set-Content (Join-Path $run.Folder $file) $run.Localize($block.Text)
                    continue
                }
                $output = switch ($block.Language) {
                    'sh' { $run.RunShell($block.Text) }
                    'powershell' { Invoke-Child "`$env:PSModulePath = '$modules' + [IO.Path]::PathSeparator + `$env:PSModulePath; Set-Location '$($run.Folder)'; `$env:ALICE_PW = `$null; $(($session += $run.Localize("$($block.Text)`n")))" }
                }
                if ($block.Language -eq 'powershell') { $LASTEXITCODE | Should -Be 0 -Because "line $($block.Line): $output" }
                if ($block.Text -match '(?m)^Invoke-Pester ') { "$output" -replace '\e\[[\d;]*m' | Should -Match 'Tests Passed: [1-9]\d*, Failed: 0,' -Because "line $($block.Line): $output" }
                if ($block.Text -match '(?m)^curl ') { $output | Should -Contain 'hello from the target' -Because "line $($block.Line): $output" }
            }
        } finally {
            $run.StopServers()
            Stop-HttpTarget $web
        }
    }
}
