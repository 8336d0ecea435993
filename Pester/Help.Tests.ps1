BeforeDiscovery {
    $root = Split-Path $PSScriptRoot
    Import-Module (Join-Path $root 'MultiExit.psd1')
    $cmdlets = (Get-Command -Module MultiExit).Name | ForEach-Object { @{ Name = $_ } }
    $topics = Get-ChildItem (Join-Path $root 'docs/cmdlets') -Filter 'about_*.help.txt' | ForEach-Object { @{ Topic = $_.Name -replace '\.help\.txt$' } }
    $documents = Get-Item (Join-Path $root '*.md'), (Join-Path $root 'docs/*.md'), (Join-Path $root 'docs/*/*.md') |
        ForEach-Object { @{ Document = [IO.Path]::GetRelativePath($root, $_.FullName) } }
}

BeforeAll {
    . (Join-Path $PSScriptRoot 'common.ps1')
    . (Join-Path $PSScriptRoot 'Documents.ps1')
    Import-Module (Join-Path $root 'module/MultiExit.Pester/MultiExit.Pester.psd1') -DisableNameChecking
    $exported = (Import-PowerShellDataFile (Join-Path $root 'MultiExit.psd1')).CmdletsToExport
}

Describe 'Get-Help <Name>' -ForEach $cmdlets {
    BeforeAll {
        $help = Get-Help $Name -Full
        $shown = ($help | Out-String -Width 200) -split '\r?\n'
    }

    It 'shows the names of related cmdlets whole' {
        $links = $shown[($shown.IndexOf('RELATED LINKS') + 1)..$shown.Count].Trim().Where({ $_ })
        $links | Should -Not -BeNullOrEmpty
        $links | Where-Object { $_ -notin $exported } | Should -BeNullOrEmpty
        $links | Should -Not -Contain $Name
    }

    It 'shows each paragraph of the document, whole' {
        $synopsis = (Get-Content (Join-Path $root "docs/cmdlets/$Name.md"))[3] -replace '`'
        $help.Synopsis.Trim() | Should -Be $synopsis
        # A text that came apart is single letters.
        foreach ($text in $help.description.Text + $help.parameters.parameter.description.Text) { $text.Length | Should -BeGreaterThan 5 }
    }

    It 'shows defaults as defaults' {
        $help.parameters.parameter.description.Text | Where-Object { $_ -match '\bDefault:' } | Should -BeNullOrEmpty
    }

    It 'has examples that parse, of cmdlets and parameters that there are' {
        foreach ($example in $help.examples.example) {
            $example.code | Should -Not -BeNullOrEmpty
            Get-CmdletFault $example.code | Should -BeNullOrEmpty
        }
    }

    It 'has examples that use the cmdlet' {
        foreach ($example in $help.examples.example) { $example.code | Should -Match "\b$Name\b" }
    }
}

Describe '<Document>' -ForEach $documents {
    It 'names cmdlets and parameters that there are' {
        Get-CmdletText (Join-Path $root $Document) | ForEach-Object { Get-CmdletFault $_.Text -Mention:($_.Language -eq '') } | Should -BeNullOrEmpty
    }
}

Describe 'Get-Help <Topic>' -ForEach $topics {
    BeforeAll {
        $text = Get-Content (Join-Path $root "docs/cmdlets/$Topic.help.txt") -Raw
        # Keys of the configuration stand between backticks, with or without what they are a part of.
        $known = [regex]::Matches((Get-Content (Join-Path $root 'docs/configuration.md') -Raw), '`([a-z_]+(?:\.[a-z_]+)*)`').ForEach({ $_.Groups[1].Value })
    }

    It 'finds it' {
        (Get-Help $Topic | Out-String).Trim() | Should -BeLike "TOPIC*$Topic*SHORT DESCRIPTION*SEE ALSO*"
    }

    It 'names cmdlets and parameters that there are' {
        foreach ($match in [regex]::Matches($text, '(?m)^ {8}([A-Z][a-z]+-Mx\w+(?=[ \r\n]).*?)(?: {2,}#.*)?\r?$')) { Get-CmdletFault $match.Groups[1].Value | Should -BeNullOrEmpty }
        foreach ($match in [regex]::Matches($text, '\b[A-Z][a-z]+-Mx\w+')) { $exported | Should -Contain $match.Value }
    }

    It 'names keys that there are' {
        foreach ($match in [regex]::Matches($text, '`([a-z_.]+)`')) { $known | Should -Contain $match.Groups[1].Value }
    }

    It 'names topics and documents that there are' {
        foreach ($match in [regex]::Matches($text, '\babout_\w+')) { Join-Path $root "docs/cmdlets/$($match.Value).help.txt" | Should -Exist }
        foreach ($match in [regex]::Matches($text, '(?<![\w/])(?:docs|module)/[\w/.-]*\w')) { Join-Path $root $match.Value | Should -Exist }
    }

    It 'has lines that a terminal shows whole' {
        $text -split '\r?\n' | Where-Object Length -GT 160 | Should -BeNullOrEmpty
    }
}

Describe 'A check of cmdlet lines' {
    It 'finds <Fault>' -ForEach @(
        @{ Fault = 'a cmdlet that is not there'; Text = 'Get-MxNothing'; Message = '*no cmdlet Get-MxNothing' }
        @{ Fault = 'a parameter that is not there'; Text = 'Get-MxServer -Nothing'; Message = '*no parameter -Nothing' }
        @{ Fault = 'an abbreviated parameter'; Text = 'Start-MxServer -Conf x'; Message = '*no parameter -Conf' }
        @{ Fault = 'an argument too many'; Text = 'New-MxKey a b c'; Message = '*argument*' }
        @{ Fault = 'a syntax error'; Text = 'Get-MxServer |'; Message = '*pipe*' }
    ) {
        @(Get-CmdletFault $Text)[0] | Should -BeLike $Message
    }
}

Describe 'Help about the module' {
    BeforeAll {
        $about = Get-Help about_MultiExit | Out-String
        $listed = [regex]::Matches($about, '(?m)^ {8}([A-Z][A-Za-z]+) {2,}\S').ForEach({ $_.Groups[1].Value })
        $source = Get-ChildItem (Join-Path $root 'src/MultiExit') -Recurse -Filter '*.cs' | Get-Content -Raw
        $engine = [AppDomain]::CurrentDomain.GetAssemblies().Where({ $_.GetName().Name -eq 'MultiExit.Engine' })[0]
        # Ids that the cmdlets give themselves: the first argument of NewError, constants that are named like their ids, and the arms of
        # functions that return ids.
        $given = @(
            [regex]::Matches($source, 'NewError\(\s*"(\w+)"').ForEach({ $_.Groups[1].Value })
            [regex]::Matches($source, 'const string (\w+) = nameof\(\1\)').ForEach({ $_.Groups[1].Value })
            [regex]::Matches($source, 'string IdOf\([^{]*\{(.*?)\};', 'Singleline').ForEach({ [regex]::Matches($_.Groups[1].Value, '"(\w+)"') }).ForEach({ $_.Groups[1].Value })
        )
        $ids = @([enum]::GetNames($engine.GetType('MultiExit.Engine.Errors.ProxyError'))) + $given | Sort-Object -Unique
    }

    It 'lists every cmdlet with its synopsis' {
        foreach ($name in $exported) {
            $about | Should -Match "(?m)^ {8}$name +\w"
        }
        $about | Should -Not -Match '\{cmdlets\}'
    }

    It 'lists every error id, and no other' {
        $ids | Should -Contain 'FileNotRead'
        $ids | Should -Contain 'DohUnreachable'
        $ids | Where-Object { $_ -notin $listed } | Should -BeNullOrEmpty
        $listed | Where-Object { $_ -notin $ids } | Should -BeNullOrEmpty
    }

    It 'lists every error id that the help of cmdlets names' {
        $named = Get-ChildItem (Join-Path $root 'docs/cmdlets') -Filter '*.md' | Get-Content -Raw |
            ForEach-Object { [regex]::Matches($_, 'errors?\s+(?:is\s+|have the ids\s+)?`(\w+)`').ForEach({ $_.Groups[1].Value }) } | Sort-Object -Unique
        $named | Should -Not -BeNullOrEmpty
        $named | Where-Object { $_ -notin $listed } | Should -BeNullOrEmpty
    }
}
