# What ends with a block of Pester: a Describe, a Context, the file, or a single It.

# What Pester knows of the run; null outside of one. A block's own variables are seen from its session state.
function Get-PesterRun([Management.Automation.PSCmdlet] $Caller) {
    $run = $Caller.SessionState.PSVariable.GetValue('____Pester')
    if ($run -and $run.CurrentBlock) { $run }
}

# Makes sure that Pester calls back at the end of each test and block of this run. Teardowns of the user are taken before a block begins, so
# one that is added while it runs comes too late; the steps of Pester itself are looked up at the end.
function Register-BlockEnd($Run) {
    if ($Run.PluginSteps['MultiExit']) { return }
    foreach ($step in 'EachTestTeardownEndReversed', 'EachBlockTeardownEndReversed') {
        if (-not $Run.PluginSteps.ContainsKey($step)) {
            throw [NotSupportedException]::new("Start-MxTestServer does not know this version of Pester ($((Get-Module Pester).Version)): it has no step $step")
        }
    }
    $Run.PluginSteps['MultiExit'] = $true
    $Run.PluginSteps['EachTestTeardownEndReversed'] = @({ param($Context) Stop-TestServer $Context.Test }) + $Run.PluginSteps['EachTestTeardownEndReversed']
    $Run.PluginSteps['EachBlockTeardownEndReversed'] = @({ param($Context) Stop-TestServer $Context.Block }) + $Run.PluginSteps['EachBlockTeardownEndReversed']
}

$script:testServers = [Collections.Generic.List[object]]::new()

# Stops the servers that were started in this test or block, the last one first.
function Stop-TestServer($Ended) {
    for ($i = $script:testServers.Count - 1; $i -ge 0; $i--) {
        $entry = $script:testServers[$i]
        if (-not [object]::ReferenceEquals($entry.Owner, $Ended)) { continue }
        $script:testServers.RemoveAt($i)
        # A test may have stopped it.
        if (Get-MxServer | Where-Object Name -CEQ $entry.Name) { Stop-MxServer ([WildcardPattern]::Escape($entry.Name)) -Confirm:$false }
        if ($entry.Folder) { Remove-Item -LiteralPath $entry.Folder -Recurse -Force -ErrorAction Ignore }
    }
}
