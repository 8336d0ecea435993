using System.Management.Automation;
using System.Net;
using MultiExit.Engine.Configuration;

namespace MultiExit.Commands;

/// <summary>Start-MxClient: starts a client: local proxies whose traffic goes out through a tunnel or another proxy.</summary>
[Cmdlet(VerbsLifecycle.Start, "MxClient", DefaultParameterSetName = ConfigSet, SupportsShouldProcess = true)]
[OutputType(typeof(MxServer))]
public sealed class StartMxClientCommand : StartCommand
{
    /// <summary>Hide the name of the ECH tunnel's server (ECH).</summary>
    [Parameter(ParameterSetName = UrlSet)]
    public SwitchParameter Ech { get; set; }

    /// <summary>The DoH resolver that has the ECH config.</summary>
    [Parameter(ParameterSetName = UrlSet)]
    [ValidateNotNull]
    public Uri? Doh { get; set; }

    /// <summary>The name whose HTTPS record has the ECH config, where it is not the server's.</summary>
    [Parameter(ParameterSetName = UrlSet)]
    [ValidateNotNullOrEmpty]
    public string? EchName { get; set; }

    /// <summary>Show the server's name after all when ECH fails.</summary>
    [Parameter(ParameterSetName = UrlSet)]
    public SwitchParameter EchFallback { get; set; }

    /// <summary>How many connections are kept open to each address of the ECH tunnel's server.</summary>
    [Parameter(ParameterSetName = UrlSet)]
    [ValidateRange(1, 64)]
    public int Carriers { get; set; }

    /// <summary>The addresses to dial in place of the name of the ECH tunnel's server.</summary>
    [Parameter(ParameterSetName = UrlSet)]
    [ValidateNotNullOrEmpty]
    public IPAddress[] Address { get; set; } = [];

    private protected override string Action => "Start client";

    private protected override EchTunnelParameters EchTunnel => new()
    {
        Token = SecretOf.Text(Token), Ech = Ech, Doh = Doh?.OriginalString, EchName = EchName, EchFallback = EchFallback,
        Carriers = Carriers == 0 ? null : Carriers, Addresses = [.. Address.Select(address => address.ToString())],
    };
}
