function Should-MxLeaveFrom {
    <#
    .SYNOPSIS
    Asserts which source address the target of a connection sees.

    .DESCRIPTION
    Makes a real connection through a server, an exit or group, or the proxy of a URL, to a target that says which address it was asked from. Without -Service that is a web server on a
    free loopback port of this host, which lives as long as the assertion: it serves for exits with an address of this host. Behind an upstream proxy, or for the address behind NAT, name a
    service in the network.

    .PARAMETER Actual
    The way: a server (Start-MxTestServer, Get-MxServer), an exit (Get-MxExit) or its name, or the URL of a proxy such as socks5://127.0.0.1:1080.

    .PARAMETER Expected
    The addresses or networks one of which it has to be: 198.51.100.10, 198.51.100.0/28.

    .PARAMETER Service
    The URL of a service that answers with the address it was asked from. Exits take http and https, servers and URLs http.

    .PARAMETER Inbound
    The inbound of the server to come in by. Default: the first of the types socks5, http, mixed and websocket.

    .PARAMETER Credential
    The user and password at the server or proxy.

    .PARAMETER Timeout
    How long it may take: 500ms, 10s, a number of seconds or a TimeSpan. Default: 10s.

    .PARAMETER Not
    Asserts that it is none of them.

    .PARAMETER Because
    Why it should be so; it stands in the message of a failure.

    .EXAMPLE
    Get-MxExit wan1 | Should-MxLeaveFrom 198.51.100.10

    .EXAMPLE
    $server | Should-MxLeaveFrom 198.51.100.0/28 -Service http://address.example/ -Because 'partners let in these alone'
    #>
    [CmdletBinding()]
    param(
        [Parameter(ValueFromPipeline)] $Actual,
        [Parameter(Mandatory, Position = 0)] [string[]] $Expected,
        [uri] $Service,
        [string] $Inbound,
        [pscredential] $Credential,
        $Timeout = '10s',
        [switch] $Not,
        [string] $Because
    )
    end {
        $assert = New-ShouldAssertion -Caller $PSCmdlet -Actual $Actual -Buffer $local:Input
        $way = Resolve-Way $assert.Actual() $Inbound $MyInvocation.MyCommand.Name
        $networks = foreach ($text in $Expected) { Read-Network $text }
        $target = $null
        try {
            if (-not $Service) {
                $target = Start-EchoTarget ($networks[0].BaseAddress.AddressFamily -eq 'InterNetworkV6' ? [ipaddress]::IPv6Loopback : [ipaddress]::Loopback)
            }
            $seen = Get-SeenAddress $way ($Service ?? $target.Url) $Timeout $Credential
        } finally {
            if ($target) { Stop-EchoTarget $target }
        }

        $data = @{ Expected = $Expected.Count -eq 1 ? $Expected[0] : $Expected; Actual = $way.Text; Because = $Because }
        $wanted = "Expected <actual>$($Not ? ' not' : '') to leave from <expected>,<because> but"
        if (-not $seen.Address) { $assert.Fail("$wanted the target was not reached: $($seen.Reason)", $data) }
        elseif ([bool] @($networks).Where({ $_.Contains($seen.Address) }) -eq $Not) { $assert.Fail("$wanted the target sees $($seen.Address).", $data) }
    }
}

# A network, of which a single address is the smallest.
function Read-Network([string] $Text) {
    $address = $null
    if ([ipaddress]::TryParse($Text, [ref] $address)) { return [Net.IPNetwork]::new($address, $address.GetAddressBytes().Length * 8) }
    $network = [Net.IPNetwork]::new([ipaddress]::Any, 0)
    if (-not [Net.IPNetwork]::TryParse($Text, [ref] $network)) { throw [ArgumentException]::new("'$Text' is no address and no network such as 198.51.100.0/28") }
    return $network
}

# The address that the service is asked from, by this way; without one the reason.
function Get-SeenAddress($Way, [uri] $Service, $Timeout, [pscredential] $Credential) {
    if ($Way.Kind -eq 'exit') {
        $exit = $Way.Exit
        $tests = @(Test-MxExit @exit -ExternalAddress $Service -Timeout $Timeout -ErrorAction Stop)
        if ($tests.Count -ne 1) { throw [ArgumentException]::new("'$($exit.Name)' fits $($tests.Count) exits; the assertion is about one") }
        return @{ Address = $tests[0].ExternalAddress; Reason = $tests[0].Error }
    }
    if ($Service.Scheme -ne 'http') { throw [ArgumentException]::new('Should-MxLeaveFrom asks https services through exits alone; name an http service, or pipe an exit') }
    $login = $Credential ? @{ Credential = $Credential } : @{}
    $request = "GET $($Service.PathAndQuery) HTTP/1.1`r`nHost: $($Service.Authority)`r`nConnection: close`r`n`r`n"
    $destination = "$($Service.HostNameType -eq 'IPv6' ? $Service.Host : $Service.DnsSafeHost):$($Service.Port)"
    $test = $request | Test-MxTunnel $Way.Url $destination -Timeout $Timeout @login -ErrorAction Stop
    if (-not $test.Success) { return @{ Reason = $test.Error } }
    $body = ($test.Response -split '\r?\n\r?\n', 2)[1]
    $address = $null
    foreach ($word in $body -split '[^0-9A-Fa-f.:]+') {
        if ($word -match '^\d+\.\d+\.\d+\.\d+$|:.*:' -and [ipaddress]::TryParse($word, [ref] $address)) { return @{ Address = $address } }
    }
    return @{ Reason = "the service answered without an address: $body" }
}
