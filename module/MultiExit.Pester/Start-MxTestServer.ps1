function Start-MxTestServer {
    <#
    .SYNOPSIS
    Starts a server for a test, on free ports, which ends with the block that it was started in.

    .DESCRIPTION
    In a BeforeAll it lives as long as the Describe, Context or file; in an It or a BeforeEach as long as the test. It ends when a test fails as well. All ports that the configuration
    listens on become free ones, and the addresses stay, since what an inbound refuses depends on them. The server has a name of its own, so a running one of the same file does not matter.

    Files that the configuration names count from its folder, as always. -Text has an empty folder of its own, which is removed with the server.

    .PARAMETER Config
    The configuration file.

    .PARAMETER Text
    A configuration in YAML or JSON.

    .PARAMETER Listen
    URLs to listen on, in place of a configuration. Default: mixed://127.0.0.1:0.

    .PARAMETER Forward
    The URL of the proxy that everything goes through, beside -Listen.

    .PARAMETER Name
    The server's name. Default: one that no other server has.

    .OUTPUTS
    MultiExit.MxServer

    .EXAMPLE
    BeforeAll { $server = Start-MxTestServer ./edge.yaml }

    .EXAMPLE
    $server = Start-MxTestServer -Text 'inbounds: [{ name: proxy, type: mixed, listen: "127.0.0.1:0" }]'
    #>
    [CmdletBinding(DefaultParameterSetName = 'Config')]
    [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseShouldProcessForStateChangingFunctions', '', Justification = 'It ends by itself.')]
    [OutputType('MultiExit.MxServer')]
    param(
        [Parameter(ParameterSetName = 'Config', Position = 0)] [Alias('Path')] [string] $Config,
        [Parameter(ParameterSetName = 'Text', Mandatory)] [string] $Text,
        [Parameter(ParameterSetName = 'Url')] [string[]] $Listen = 'mixed://127.0.0.1:0',
        [Parameter(ParameterSetName = 'Url')] [string] $Forward,
        [string] $Name = "test-$([guid]::NewGuid().ToString('n').Substring(0, 12))"
    )
    $run = Get-PesterRun $PSCmdlet
    if (-not $run) { throw [InvalidOperationException]::new('Start-MxTestServer is for tests: call it in a BeforeAll, BeforeEach or It, which Invoke-Pester runs') }
    Register-BlockEnd $run
    $entry = @{ Owner = $run.CurrentTest ?? $run.CurrentBlock; Name = $Name; Folder = $null }
    $started = @{ Name = $Name; PassThru = $true; Confirm = $false; ErrorAction = 'Stop' }
    $copy = $null
    try {
        if ($Config) {
            $file = $PSCmdlet.GetUnresolvedProviderPathFromPSPath($Config)
            # Beside the file, from whose folder its paths count.
            $copy = Join-Path (Split-Path $file) ".$Name.yaml"
            Write-PrivateFile $copy (Get-FreePortText (Get-Content -LiteralPath $file -Raw))
        } elseif ($Text) {
            $entry.Folder = [IO.Directory]::CreateTempSubdirectory('multiexit-test-').FullName
            $copy = Join-Path $entry.Folder 'server.yaml'
            Write-PrivateFile $copy (Get-FreePortText $Text)
        }
        if ($copy) {
            $server = Start-MxServer -Config $copy @started
        } else {
            if ($Forward) { $started.Forward = $Forward }
            $server = Start-MxServer -Listen $Listen @started
        }
        $script:testServers.Add($entry)
        $server
    } catch {
        if ($entry.Folder) { Remove-Item -LiteralPath $entry.Folder -Recurse -Force -ErrorAction Ignore }
        throw
    } finally {
        if ($copy -and $Config) { Remove-Item -LiteralPath $copy -Force -ErrorAction Ignore }
    }
}

# The configuration with port 0, any free one, in place of each port that it listens on.
function Get-FreePortText([string] $Text) {
    return $Text -replace '(?<![\w.-])("?listen"?\s*:\s*["'']?[^\s"'',}#]*:)\d+(?=["''\s,}]|$)', '${1}0'
}

# A new file that its owner alone may read: a configuration may have secrets in it.
function Write-PrivateFile([string] $Path, [string] $Text) {
    $options = [IO.FileStreamOptions]@{ Mode = 'CreateNew'; Access = 'Write' }
    if (-not $IsWindows) { $options.UnixCreateMode = 'UserRead, UserWrite' }
    $writer = [IO.StreamWriter]::new([IO.File]::Open($Path, $options))
    try { $writer.Write($Text) } finally { $writer.Dispose() }
}
