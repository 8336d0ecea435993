# The way that a test goes through: a server, an exit or group, or the URL of a proxy.

# The kind of way that an object is, with what the cmdlets need to go it.
function Resolve-Way($Actual, [string] $Inbound, [string] $Cmdlet) {
    $type = @($Actual.PSTypeNames)[0] -replace '^Deserialized\.'
    if ($type -eq 'MultiExit.MxServer') { return @{ Kind = 'url'; Text = "server $($Actual.Name)"; Url = Get-ServerUrl $Actual $Inbound } }
    if ($Inbound) { throw [ArgumentException]::new("$Cmdlet`: -Inbound is for servers, and the way is '$Actual'") }
    if ($type -eq 'MultiExit.MxExit') {
        $exit = @{ Name = [WildcardPattern]::Escape($Actual.Name); Server = [WildcardPattern]::Escape($Actual.Server) }
        if ($Actual.Socket) { $exit.Socket = [WildcardPattern]::Escape($Actual.Socket) }
        return @{ Kind = 'exit'; Text = "exit $($Actual.Name)"; Exit = $exit }
    }
    if ($Actual -is [string] -and $Actual -match '://') { return @{ Kind = 'url'; Text = $Actual -replace '(?<=://)[^/?@]*@' -replace '\?.*'; Url = $Actual } }
    if ($Actual -is [string] -and $Actual) { return @{ Kind = 'exit'; Text = "exit $Actual"; Exit = @{ Name = $Actual } } }
    throw [ArgumentException]::new("$Cmdlet takes a server, an exit, the name of an exit, or the URL of a proxy; '$Actual' is none of these")
}

# The URL of a listener of a server that a client without keys can use.
function Get-ServerUrl($Server, [string] $Inbound) {
    $schemes = @{ 'socks5' = 'socks5', 'socks5s'; 'mixed' = 'socks5', 'socks5s'; 'http' = 'http', 'https'; 'websocket' = 'ws', 'wss' }
    $listeners = @($Server.Listeners | Where-Object { $_.Network -ne 'udp' -and (-not $Inbound -or $_.Inbound -eq $Inbound) })
    $listener = $listeners | Where-Object { $schemes.ContainsKey($_.Type) } | Select-Object -First 1
    if (-not $listener) {
        $which = $Inbound ? "inbound $Inbound" : 'inbound of the types socks5, http, mixed and websocket'
        throw [ArgumentException]::new("server $($Server.Name) has no $which that a test can come in by; give the URL of a proxy in its place")
    }
    $endPoint = [ipendpoint]::Parse("$($listener.EndPoint)")
    $address = switch ("$($endPoint.Address)") {
        '0.0.0.0' { '127.0.0.1' }
        '::' { '[::1]' }
        default { $endPoint.Address.AddressFamily -eq 'InterNetworkV6' ? "[$_]" : $_ }
    }
    # Whom the certificate is for is not what these tests are about.
    return "$($schemes[$listener.Type][[int] $listener.Tls])://${address}:$($endPoint.Port)$($listener.Tls ? '?insecure=true' : '')"
}

# Goes there, and says whether the destination was reached and, if not, why.
function Test-Way($Way, [string] $Destination, $Timeout, [pscredential] $Credential) {
    if ($Way.Kind -eq 'exit') {
        $exit = $Way.Exit
        $tests = @(Test-MxExit @exit -Target "tcp://$Destination" -Timeout $Timeout -ErrorAction Stop)
        if (-not $tests) { throw [ArgumentException]::new("no running server has an exit '$($exit.Name)'") }
        $failed = $tests | Where-Object { -not $_.Success } | Select-Object -First 1
        return @{ Reached = -not $failed; Reason = $failed.Error }
    }
    $login = $Credential ? @{ Credential = $Credential } : @{}
    $test = Test-MxTunnel $Way.Url $Destination -Timeout $Timeout @login -ErrorAction Stop
    # A destination that is reached may have nothing to say to the request of a web client.
    $broken = $test.Steps | Where-Object { -not $_.Success -and $_.Name -notin 'FirstByte', 'Response' }
    return @{ Reached = $test.Success -or -not $broken; Reason = $test.Error }
}
