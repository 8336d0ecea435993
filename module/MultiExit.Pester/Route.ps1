# Asks the servers, or a file, how a request would be routed; each answer is a route of an inbound.
function Get-Route([string] $Destination, [Collections.IDictionary] $Given) {
    $asked = @{}
    foreach ($name in 'Server', 'Socket', 'Config', 'Inbound', 'User', 'Client', 'LocalAddress', 'Network', 'Resolve') {
        if ($Given.ContainsKey($name)) { $asked[$name] = $Given[$name] }
    }
    if ($asked.Server -and $asked.Server -isnot [string]) {
        if ($asked.Server.Socket) { $asked.Socket = [WildcardPattern]::Escape($asked.Server.Socket) }
        $asked.Server = [WildcardPattern]::Escape($asked.Server.Name)
    }
    $routes = @(Test-MxRoute $Destination @asked -ErrorAction Stop)
    if (-not $routes) { throw [InvalidOperationException]::new("no server was there to be asked about $Destination; start one with Start-MxTestServer, or name a file with -Config") }
    return $routes
}

# A route in words: where it ends, and the engine's own sentence.
function Format-Route($Route) {
    $way = switch ($Route.Outcome) {
        'Served' { $Route.Path ? ($Route.Path -join ' > ') : ($Route.PossibleExits -join ' or ') }
        default { $_.ToLowerInvariant() }
    }
    $rule = $Route.Rule ? "rule $($Route.Rule.Number)" : 'the default'
    return "$way (inbound $($Route.Inbound), $rule`: $($Route.Reason))"
}
