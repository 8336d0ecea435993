function Should-MxBeRefused {
    <#
    .SYNOPSIS
    Asserts that a request would be refused, through each inbound that is asked about.

    .DESCRIPTION
    Asks Test-MxRoute, so nothing is dialed. Refused is what a rule, the exit block, the policy for private destinations or a limit forbids, and a client that is not let in. A target that
    cannot be reached, or an exit that is down, is not a refusal. What cannot be told fails the assertion, also with -Not: the message says which parameter is missing.

    .PARAMETER Actual
    Where the request goes, host:port; several are checked one after the other.

    .PARAMETER Reason
    What the sentence of the refusal has to match; wildcards are allowed.

    .PARAMETER Server
    The server that is asked, or its name. Default: all of this session.

    .PARAMETER Socket
    The control socket of a server in another process.

    .PARAMETER Config
    A configuration file in place of a running server.

    .PARAMETER Inbound
    The inbounds that the request comes in by; wildcards are allowed. Default: all.

    .PARAMETER User
    The user whom the client has logged in as.

    .PARAMETER Client
    The client's address.

    .PARAMETER LocalAddress
    The address of this host that the client comes in on.

    .PARAMETER Network
    tcp or udp. Default: tcp.

    .PARAMETER Resolve
    Looks up the name of the destination, for rules on networks.

    .PARAMETER Not
    Asserts that it is not refused.

    .PARAMETER Because
    Why it should be so; it stands in the message of a failure.

    .EXAMPLE
    '192.0.2.1:25' | Should-MxBeRefused -Config ./edge.yaml -Because 'nobody sends mail from here'

    .EXAMPLE
    '10.0.0.1:22', '169.254.169.254:80' | Should-MxBeRefused -Server $server -Reason *private*
    #>
    [CmdletBinding()]
    param(
        [Parameter(ValueFromPipeline)] $Actual,
        [Parameter(Position = 0)] [SupportsWildcards()] [string] $Reason = '*',
        $Server, [string] $Socket, [string] $Config, [string[]] $Inbound, [string] $User, [ipaddress] $Client, [ipaddress] $LocalAddress,
        [ValidateSet('tcp', 'udp')] [string] $Network, [switch] $Resolve,
        [switch] $Not,
        [string] $Because
    )
    end {
        $assert = New-ShouldAssertion -Caller $PSCmdlet -Actual $Actual -Buffer $local:Input -As None
        foreach ($destination in @($assert.Actual())) {
            foreach ($route in Get-Route $destination $PSBoundParameters) {
                $refused = $route.Outcome -eq 'Refused' -and $route.Reason -like $Reason
                if ($route.Outcome -ne 'Undecided' -and $refused -ne $Not) { continue }
                $what = "$($Not ? 'not ' : '')to be refused$($Reason -ne '*' ? ' with a reason like <expected>' : '')"
                $assert.Fail("Expected <actual> $what,<because> but it is $($route.Outcome -eq 'Served' ? 'served by ' : '')$(Format-Route $route).",
                    @{ Expected = $Reason; Actual = $destination; Because = $Because })
            }
        }
    }
}
