function Should-MxReach {
    <#
    .SYNOPSIS
    Asserts that a destination is reached through a server, an exit or group, or the proxy of a URL.

    .DESCRIPTION
    A real connection is made. Through a server or the proxy of a URL it goes as a client's does, with a request for the web server's root behind it (Test-MxTunnel); a
    destination that accepts the connection and does not answer counts as reached. Through an exit it is a probe (Test-MxExit): rules and users do not count.

    .PARAMETER Actual
    The way: a server (Start-MxTestServer, Get-MxServer), an exit (Get-MxExit) or its name, or the URL of a proxy such as socks5://127.0.0.1:1080.

    .PARAMETER Destination
    Where to, host:port.

    .PARAMETER Inbound
    The inbound of the server to come in by. Default: the first of the types socks5, http, mixed and websocket.

    .PARAMETER Credential
    The user and password at the server or proxy.

    .PARAMETER Timeout
    How long it may take: 500ms, 10s, a number of seconds or a TimeSpan. Default: 10s.

    .PARAMETER Not
    Asserts that it is not reached.

    .PARAMETER Because
    Why it should be so; it stands in the message of a failure.

    .EXAMPLE
    $server | Should-MxReach example.com:443

    .EXAMPLE
    Get-MxExit wan1 | Should-MxReach 192.0.2.1:25 -Not -Because 'mail leaves through wan2 alone'
    #>
    [CmdletBinding()]
    param(
        [Parameter(ValueFromPipeline)] $Actual,
        [Parameter(Mandatory, Position = 0)] [string] $Destination,
        [string] $Inbound,
        [pscredential] $Credential,
        $Timeout = '10s',
        [switch] $Not,
        [string] $Because
    )
    end {
        $assert = New-ShouldAssertion -Caller $PSCmdlet -Actual $Actual -Buffer $local:Input
        $way = Resolve-Way $assert.Actual() $Inbound $MyInvocation.MyCommand.Name
        $test = Test-Way $way $Destination $Timeout $Credential
        if ($test.Reached -ne $Not) { return }
        $data = @{ Expected = $Destination; Actual = $way.Text; Because = $Because }
        if ($Not) { $assert.Fail('Expected <expected> not to be reached through <actual>,<because> but it was.', $data) }
        else { $assert.Fail("Expected <expected> to be reached through <actual>,<because> but it was not: $($test.Reason)", $data) }
    }
}
