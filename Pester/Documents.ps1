# Dot-sourced by the tests of documents: the content of Markdown files, and a check of the cmdlet lines in them.

# The fenced blocks of a Markdown file, in order: Language, Text, Line, and Part, the heading or bold phrase before it.
function Get-Block([string] $Path) {
    $block, $number, $part = $null, 0, ''
    foreach ($line in Get-Content $Path) {
        $number++
        if ($line -notmatch '^```(\w*)') {
            if ($block) { $block.Lines += $line } elseif ($line -match '^(#+ |\*\*)') { $part = $line }
        } elseif ($block) {
            [pscustomobject]@{ Language = $block.Language; Text = $block.Lines -join "`n"; Line = $block.Number; Part = $part }
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
    $own = $script.FindAll({ $args[0] -is [Management.Automation.Language.FunctionDefinitionAst] }, $true).Name
    foreach ($call in $script.FindAll({ $args[0] -is [Management.Automation.Language.CommandAst] }, $true)) {
        $name = $call.GetCommandName()
        if ($name -notmatch '^[A-Z]\w+-[A-Z][\w*]+$' -or $name -in $own) { continue }
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

# A folder in which the commands of the documents run: a checkout as they expect it, with free ports in place of theirs.
class DocumentRun {
    [string] $Folder
    [Collections.IDictionary] $Ports = @{}
    [string] $Target
    [string[]] $Exports = @()
    [Diagnostics.Process[]] $Servers = @()

    DocumentRun([string] $Root, [string] $Folder, [int] $TargetPort) {
        $this.Folder = $Folder
        $this.Target = "http://127.0.0.1:$TargetPort/"
        foreach ($port in '443', '1080', '1081', '8080', '8443') {
            $free = Find-FreePort
            while ($this.Ports.Values -contains $free) { $free = Find-FreePort }
            $this.Ports[$port] = $free
        }
        $null = New-Item "$Folder/module/examples" -ItemType Directory -Force
        Copy-Item "$Root/MultiExit.psd1" $Folder
        foreach ($part in Get-ChildItem "$Root/module" -Exclude examples, build) { $null = New-Item "$Folder/module/$($part.Name)" -ItemType SymbolicLink -Value $part.FullName }
        foreach ($example in Get-ChildItem "$Root/module/examples" -File) { Set-Content "$Folder/module/examples/$($example.Name)" $this.Localize((Get-Content $example -Raw)) }
    }

    # The text with what this host does not have replaced: ports that may be in use, addresses that others reach, the web, and
    # the build, which has been done.
    [string] Localize([string] $Text) {
        $local = $Text.Replace('0.0.0.0:', '127.0.0.1:').Replace('//:', '//127.0.0.1:').Replace('@:', '@127.0.0.1:').Replace('https://example.com/', $this.Target)
        $local = $local.Replace('Should-MxReach example.com:443', "Should-MxReach $(([uri] $this.Target).Authority)").Replace('address: 198.51.100.10', 'address: 127.0.0.2').Replace('LeaveFrom 198.51.100.10', 'LeaveFrom 127.0.0.2')
        $local = $local -replace '\./build\.sh run(?= +#| *$)', './build.sh run --listen mixed://127.0.0.1:1080' -replace '\./build\.sh run', 'module/bin/multiexit run'
        foreach ($port in $this.Ports.Keys) { $local = $local -replace "(?<=127\.0\.0\.1:)$port\b", $this.Ports[$port] }
        return $local
    }

    # Runs shell commands in order; servers stay until StopServers. Returns what the others print.
    [string[]] RunShell([string] $Text) {
        $output = foreach ($line in $Text -split "`n" | Where-Object { $_ -and $_ -notlike './build.sh test*' } | ForEach-Object { $this.Localize($_) }) {
            if ($line -match '^export ') { $this.Exports += $line }
            if ($line -match '^module/bin/multiexit run') {
                $this.StartServer($line)
            } else {
                $result = & sh -c "cd '$($this.Folder)' && $(($this.Exports + $line.Replace('curl ', 'curl --silent --show-error --max-time 20 ')) -join "`n")" 2>&1 | ForEach-Object { "$_" }
                if ($global:LASTEXITCODE) { throw "'$line' ended with $($global:LASTEXITCODE): $result" }
                $result
            }
        }
        return $output
    }

    [void] StartServer([string] $Line) {
        $start = [Diagnostics.ProcessStartInfo]::new('sh', [string[]] @('-c', (($this.Exports + "exec $Line") -join "`n")))
        $start.WorkingDirectory = $this.Folder
        $start.RedirectStandardOutput = $true
        $process = [Diagnostics.Process]::Start($start)
        $this.Servers += $process
        $first = $process.StandardOutput.ReadLineAsync()
        if (-not $first.Wait(30000)) { throw "'$Line' does not listen; it printed nothing within 30 s" }
        if ($first.Result -notmatch 'listening: ') { throw "'$Line' does not listen; it printed '$($first.Result)'" }
    }

    # The next servers take the same ports, so these have to be gone when it returns.
    [void] StopServers() {
        $stopped, $this.Servers = $this.Servers, @()
        foreach ($process in $stopped) { $process.Kill($true) }
        $left = foreach ($process in $stopped) {
            if (-not $process.WaitForExit(30000)) { $process.Id }
            $process.Dispose()
        }
        if ($left) { throw "not gone 30 s after it was killed: $left" }
    }
}
