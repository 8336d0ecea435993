# Dot-sourced by the tests of documents: what Markdown files hold, and whether the cmdlet lines in them can be right.

# The fenced blocks of a Markdown file, in order: Language, Text, Line.
function Get-Block([string] $Path) {
    $block, $number = $null, 0
    foreach ($line in Get-Content $Path) {
        $number++
        if ($line -notmatch '^```(\w*)') {
            if ($block) { $block.Lines += $line }
        } elseif ($block) {
            [pscustomobject]@{ Language = $block.Language; Text = $block.Lines -join "`n"; Line = $block.Number }
            $block = $null
        } else {
            $block = @{ Language = $Matches[1]; Lines = @(); Number = $number }
        }
    }
    if ($block) { throw "${Path}:$($block.Number): the block has no end" }
}

# Every piece of a Markdown file that begins with a cmdlet of the module: blocks of PowerShell, indented lines, `inline code`.
function Get-CmdletText([string] $Path) {
    Get-Block $Path | Where-Object Language -EQ 'powershell'
    $number, $fenced = 0, $false
    foreach ($line in Get-Content $Path) {
        $number++
        if ($line -match '^```') { $fenced = -not $fenced }
        if ($fenced) { continue }
        if ($line -match '^ {4,}([A-Z]\w+-Mx.*)') { [pscustomobject]@{ Language = 'powershell'; Text = $Matches[1]; Line = $number } }
        foreach ($match in [regex]::Matches($line, '`([A-Z]\w+-Mx\w[^`]*)`')) { [pscustomobject]@{ Language = ''; Text = $match.Groups[1].Value; Line = $number } }
    }
}

# What is wrong with a piece of PowerShell, without running it: syntax, unknown cmdlets, unknown or abbreviated parameters,
# arguments that no parameter takes. A mention in a sentence may leave out the argument, `Set-MxConfig -Set`; stars in a
# name (`Get-Mx*`) stand for several cmdlets.
function Get-CmdletFault([string] $Text, [switch] $Mention) {
    $faults = $null
    $script = [Management.Automation.Language.Parser]::ParseInput($Text, [ref] $null, [ref] $faults)
    foreach ($fault in $faults) { "${Text}: $($fault.Message)" }
    foreach ($call in $script.FindAll({ $args[0] -is [Management.Automation.Language.CommandAst] }, $true)) {
        $name = $call.GetCommandName()
        if ($name -notmatch '^[A-Z]\w+-[A-Z][\w*]+$') { continue }
        $command = Get-Command $name -ErrorAction Ignore
        if (-not $command) {
            "${Text}: there is no cmdlet $name"
            continue
        }
        if ($name.Contains('*')) { continue }
        foreach ($parameter in $call.CommandElements.Where({ $_ -is [Management.Automation.Language.CommandParameterAst] })) {
            $written = $parameter.ParameterName
            $known = $command.Parameters.Values | Where-Object { $_.Name -eq $written -or $_.Aliases -contains $written }
            if (-not $known) { "${Text}: $name has no parameter -$written" }
        }
        $binding = [Management.Automation.Language.StaticParameterBinder]::BindCommand($call, $true)
        foreach ($fault in $binding.BindingExceptions.Values.BindingException) {
            if (-not ($Mention -and $fault.ErrorId -eq 'MissingArgument')) { "${Text}: $($fault.Message)" }
        }
    }
}
