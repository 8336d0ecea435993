# Makes en-US/MultiExit.dll-Help.xml from docs/cmdlets/*.md and the cmdlets themselves. The texts come from the Markdown,
# what a parameter is (type, sets, position, pipeline) from Get-Command. Runs in a process of its own: it imports the module.
$ErrorActionPreference = 'Stop'
$root = Split-Path (Split-Path $PSScriptRoot)
Import-Module (Join-Path $root 'MultiExit.psd1')

$maml = 'http://schemas.microsoft.com/maml/2004/10'
$command = 'http://schemas.microsoft.com/maml/dev/command/2004/10'
$dev = 'http://schemas.microsoft.com/maml/dev/2004/10'
$common = [Management.Automation.Cmdlet]::CommonParameters
$always = @{
    WhatIf  = 'Says what would be done and does nothing.'
    Confirm = 'Asks before each change.'
}

# The document as sections: heading path ("PARAMETERS/-Name") to text.
function Read-Markdown([string] $Path) {
    $sections = [ordered]@{}
    $key, $first = '', ''
    $fenced = $false
    foreach ($line in Get-Content $Path) {
        if ($line -match '^```') { $fenced = -not $fenced }
        if (-not $fenced -and $line -match '^##\s+(.+)$') {
            $key = $first = $Matches[1].Trim()
            $sections[$key] = @()
        } elseif (-not $fenced -and $line -match '^###\s+(.+)$') {
            $key = "$first/$($Matches[1].Trim())"
            if ($sections.Contains($key)) { throw "${Path}: '$key' stands there twice" }
            $sections[$key] = @()
        } elseif ($key) {
            $sections[$key] += $line
        }
    }
    return $sections
}

# Markdown's inline marks mean nothing in a terminal. PowerShell unrolls what a function returns: a caller that wants the
# first of the paragraphs writes @(...)[0], since a single one comes as a string whose [0] is a letter.
function ConvertTo-Plain([string[]] $Lines) {
    $text = ($Lines -join "`n").Trim() -replace '\[([^\]]+)\]\([^)]+\)', '$1' -replace '`([^`\n]+)`', '$1' -replace '\*\*([^*]+)\*\*', '$1'
    return @($text -split '\n\s*\n' | ForEach-Object { ($_ -split '\n' | ForEach-Object Trim) -join ' ' })
}

function Write-Paragraph([Xml.XmlWriter] $Writer, [string[]] $Lines) {
    foreach ($paragraph in ConvertTo-Plain $Lines) { $Writer.WriteElementString('para', $maml, $paragraph) }
}

function Write-Description([Xml.XmlWriter] $Writer, [string[]] $Lines) {
    $Writer.WriteStartElement('description', $maml)
    Write-Paragraph $Writer $Lines
    $Writer.WriteEndElement()
}

# The text of a parameter and its default, which is all that follows "Default: " at the beginning of a line or in one.
function Split-Default([string[]] $Lines) {
    $text, $default = ($Lines -join "`n").Trim() -split '(?:^|(?<=\s))Default: ', 2
    return @{ Text = $text -split '\n'; Default = "$(ConvertTo-Plain $default)" -replace '\.$' }
}

function Write-TypeElement([Xml.XmlWriter] $Writer, [string] $Name) {
    $Writer.WriteStartElement('type', $dev)
    $Writer.WriteElementString('name', $maml, $Name)
    $Writer.WriteEndElement()
}

function Write-Parameter([Xml.XmlWriter] $Writer, $Parameter, $Sections) {
    $text = Split-Default ($Sections["PARAMETERS/-$($Parameter.Name)"] ?? $always[$Parameter.Name])
    $pipeline = @(
        if ($Parameter.ValueFromPipeline) { 'ByValue' }
        if ($Parameter.ValueFromPipelineByPropertyName) { 'ByPropertyName' }
    )
    $wildcards = [bool]($Parameter.Attributes | Where-Object { $_ -is [Management.Automation.SupportsWildcardsAttribute] })
    $Writer.WriteStartElement('parameter', $command)
    $Writer.WriteAttributeString('required', "$($Parameter.IsMandatory)".ToLowerInvariant())
    $Writer.WriteAttributeString('variableLength', 'false')
    $Writer.WriteAttributeString('globbing', "$wildcards".ToLowerInvariant())
    $Writer.WriteAttributeString('pipelineInput', $(if ($pipeline) { "True ($($pipeline -join ', '))" } else { 'False' }))
    $Writer.WriteAttributeString('position', $(if ($Parameter.Position -ge 0) { "$($Parameter.Position)" } else { 'named' }))
    $Writer.WriteAttributeString('aliases', $(if ($Parameter.Aliases) { $Parameter.Aliases -join ', ' } else { 'none' }))
    $Writer.WriteElementString('name', $maml, $Parameter.Name)
    Write-Description $Writer $text.Text
    $type = [Nullable]::GetUnderlyingType($Parameter.ParameterType) ?? $Parameter.ParameterType
    if ($type -ne [switch]) {
        $Writer.WriteStartElement('parameterValue', $command)
        $Writer.WriteAttributeString('required', 'true')
        $Writer.WriteAttributeString('variableLength', 'false')
        $Writer.WriteString($type.Name)
        $Writer.WriteEndElement()
    }
    Write-TypeElement $Writer $type.Name
    if ($text.Default) { $Writer.WriteElementString('defaultValue', $dev, $text.Default) }
    $Writer.WriteEndElement()
}

function Write-Syntax([Xml.XmlWriter] $Writer, $Cmdlet, $Sections) {
    $Writer.WriteStartElement('syntax', $command)
    foreach ($set in $Cmdlet.ParameterSets) {
        $Writer.WriteStartElement('syntaxItem', $command)
        $Writer.WriteElementString('name', $maml, $Cmdlet.Name)
        $set.Parameters | Where-Object Name -NotIn $common |
            Sort-Object { if ($_.Position -ge 0) { $_.Position } else { 100 } }, { -not $_.IsMandatory }, { $_.Name -in $always.Keys } |
            ForEach-Object { Write-Parameter $Writer $_ $Sections }
        $Writer.WriteEndElement()
    }
    $Writer.WriteEndElement()
}

function Write-ParameterList([Xml.XmlWriter] $Writer, $Cmdlet, $Sections) {
    $Writer.WriteStartElement('parameters', $command)
    $seen = @{}
    foreach ($parameter in $Cmdlet.ParameterSets.Parameters | Where-Object Name -NotIn $common | Sort-Object { $_.Name -in $always.Keys }, Name) {
        if ($seen.ContainsKey($parameter.Name)) { continue }
        $seen[$parameter.Name] = $true
        if (-not $Sections["PARAMETERS/-$($parameter.Name)"] -and -not $always.ContainsKey($parameter.Name)) {
            throw "docs/cmdlets/$($Cmdlet.Name).md does not document -$($parameter.Name)"
        }
        Write-Parameter $Writer $parameter $Sections
    }
    $Writer.WriteEndElement()
    foreach ($key in @($Sections.Keys) -like 'PARAMETERS/-*') {
        if (-not $seen.ContainsKey($key.Substring(12))) { throw "docs/cmdlets/$($Cmdlet.Name).md: there is no parameter $($key.Substring(11))" }
    }
}

function Write-TypeList([Xml.XmlWriter] $Writer, [string] $Element, [string] $Item, [string] $Heading, $Sections) {
    $Writer.WriteStartElement($Element, $command)
    foreach ($key in @($Sections.Keys) -like "$Heading/*") {
        $Writer.WriteStartElement($Item, $command)
        Write-TypeElement $Writer $key.Substring($Heading.Length + 1)
        Write-Description $Writer $Sections[$key]
        $Writer.WriteEndElement()
    }
    $Writer.WriteEndElement()
}

function Write-Example([Xml.XmlWriter] $Writer, $Cmdlet, $Sections) {
    $number = 0
    $Writer.WriteStartElement('examples', $command)
    foreach ($key in @($Sections.Keys) -like 'EXAMPLES/*') {
        $number++
        if (-not $key.StartsWith("EXAMPLES/Example ${number}: ")) {
            throw "docs/cmdlets/$($Cmdlet.Name).md: '$($key.Substring(9))' has to be 'Example ${number}: ...'"
        }
        $code, $remarks, $fenced = @(), @(), $false
        foreach ($line in $Sections[$key]) {
            if ($line -match '^```') { $fenced = -not $fenced } elseif ($fenced) { $code += $line } else { $remarks += $line }
        }
        $Writer.WriteStartElement('example', $command)
        $Writer.WriteElementString('title', $maml, "--- $($key.Substring(9)) ---")
        $Writer.WriteElementString('code', $dev, $code -join "`n")
        $Writer.WriteStartElement('remarks', $dev)
        Write-Paragraph $Writer $remarks
        $Writer.WriteEndElement()
        $Writer.WriteEndElement()
    }
    $Writer.WriteEndElement()
}

function Write-Link([Xml.XmlWriter] $Writer, $Sections) {
    $Writer.WriteStartElement('relatedLinks', $command)
    foreach ($line in $Sections['RELATED LINKS'] | Where-Object { $_ -match '^- ' }) {
        $Writer.WriteStartElement('navigationLink', $maml)
        $Writer.WriteElementString('linkText', $maml, @(ConvertTo-Plain $line.Substring(2))[0])
        $Writer.WriteElementString('uri', $maml, '')
        $Writer.WriteEndElement()
    }
    $Writer.WriteEndElement()
}

function Write-Cmdlet([Xml.XmlWriter] $Writer, $Cmdlet) {
    $sections = Read-Markdown (Join-Path $root "docs/cmdlets/$($Cmdlet.Name).md")
    $Writer.WriteStartElement('command', 'command', $command)
    $Writer.WriteStartElement('details', $command)
    $Writer.WriteElementString('name', $command, $Cmdlet.Name)
    Write-Description $Writer $sections['SYNOPSIS']
    $Writer.WriteElementString('verb', $command, $Cmdlet.Verb)
    $Writer.WriteElementString('noun', $command, $Cmdlet.Noun)
    $Writer.WriteEndElement()
    Write-Description $Writer $sections['DESCRIPTION']
    Write-Syntax $Writer $Cmdlet $sections
    Write-ParameterList $Writer $Cmdlet $sections
    Write-TypeList $Writer 'inputTypes' 'inputType' 'INPUTS' $sections
    Write-TypeList $Writer 'returnValues' 'returnValue' 'OUTPUTS' $sections
    Write-Example $Writer $Cmdlet $sections
    Write-Link $Writer $sections
    $Writer.WriteEndElement()
}

$folder = New-Item (Join-Path $root 'en-US') -ItemType Directory -Force
$settings = [Xml.XmlWriterSettings]@{ Indent = $true; Encoding = [Text.UTF8Encoding]::new($false) }
$writer = [Xml.XmlWriter]::Create((Join-Path $folder 'MultiExit.dll-Help.xml'), $settings)
try {
    $writer.WriteStartElement('helpItems', 'http://msh')
    $writer.WriteAttributeString('schema', 'maml')
    $writer.WriteAttributeString('xmlns', 'maml', 'http://www.w3.org/2000/xmlns/', $maml)
    $writer.WriteAttributeString('xmlns', 'command', 'http://www.w3.org/2000/xmlns/', $command)
    $writer.WriteAttributeString('xmlns', 'dev', 'http://www.w3.org/2000/xmlns/', $dev)
    foreach ($cmdlet in Get-Command -Module MultiExit -CommandType Cmdlet | Sort-Object Name) { Write-Cmdlet $writer $cmdlet }
    $writer.WriteEndElement()
} finally {
    $writer.Dispose()
}

# The about topic's list of cmdlets: name and synopsis, in two columns of together 120.
$lines = foreach ($cmdlet in Get-Command -Module MultiExit -CommandType Cmdlet | Sort-Object Name) {
    $synopsis = (ConvertTo-Plain (Read-Markdown (Join-Path $root "docs/cmdlets/$($cmdlet.Name).md"))['SYNOPSIS']) -join ' '
    $columns = [regex]::Matches($synopsis, '(.{1,86})(?:\s+|$)').ForEach({ $_.Groups[1].Value })
    '        {0,-24} {1}' -f $cmdlet.Name, ($columns -join ("`n" + ' ' * 33))
}
foreach ($topic in Get-Item (Join-Path $root 'docs/cmdlets/about_*.help.txt')) {
    Set-Content (Join-Path $folder $topic.Name) (Get-Content $topic -Raw).Replace('        {cmdlets}', $lines -join "`n") -NoNewline
}
