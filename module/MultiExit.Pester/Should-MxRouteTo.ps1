function Should-MxRouteTo {
    <#
    .SYNOPSIS
    Asserts that a request would be routed to an exit or group, through each inbound that is asked about.

    .DESCRIPTION
    Asks Test-MxRoute, so nothing is dialed. The exit or group has to be on the way that is certain: where chance decides between the members of a group, the group is, and none of its members.
    A route to `block` is one that is refused by a rule.

    .PARAMETER Actual
    Where the request goes, host:port; several are checked one after the other.

    .PARAMETER Expected
    The name of the exit or group.

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
    Asserts that the exit or group is not on the way, and cannot be chosen.

    .PARAMETER Because
    Why it should be so; it stands in the message of a failure.

    .EXAMPLE
    'git.corp.example:443' | Should-MxRouteTo corp -Config ./edge.yaml

    .EXAMPLE
    'example.com:443' | Should-MxRouteTo pool -Server $server -User alice -Because 'staff leaves from the pool'
    #>
    [CmdletBinding()]
    param(
        [Parameter(ValueFromPipeline)] $Actual,
        [Parameter(Mandatory, Position = 0)] [string] $Expected,
        $Server, [string] $Socket, [string] $Config, [string[]] $Inbound, [string] $User, [ipaddress] $Client, [ipaddress] $LocalAddress,
        [ValidateSet('tcp', 'udp')] [string] $Network, [switch] $Resolve,
        [switch] $Not,
        [string] $Because
    )
    end {
        $assert = New-ShouldAssertion -Caller $PSCmdlet -Actual $Actual -Buffer $local:Input -As None
        foreach ($destination in @($assert.Actual())) {
            foreach ($route in Get-Route $destination $PSBoundParameters) {
                $certain = $route.Path -contains $Expected -and ($route.Outcome -eq 'Served' -or $Expected -eq 'block')
                $possible = $route.Path -contains $Expected -or $route.PossibleExits -contains $Expected
                if ($Not ? -not $possible : $certain) { continue }
                $assert.Fail("Expected <actual>$($Not ? ' not' : '') to be routed to <expected>,<because> but it goes to $(Format-Route $route).",
                    @{ Expected = $Expected; Actual = $destination; Because = $Because })
            }
        }
    }
}
