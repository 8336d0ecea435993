using System.Management.Automation;
using MultiExit.Engine.Configuration;

namespace MultiExit.Commands;

/// <summary>Start-MxServer: starts a server.</summary>
[Cmdlet(VerbsLifecycle.Start, "MxServer", DefaultParameterSetName = ConfigSet, SupportsShouldProcess = true)]
[OutputType(typeof(MxServer))]
public sealed class StartMxServerCommand : StartCommand
{
    /// <summary>The networks that clients of an ECH tunnel may come from.</summary>
    [Parameter(ParameterSetName = UrlSet)]
    [ValidateNotNullOrEmpty]
    public string[] Cidr { get; set; } = [];

    /// <summary>The certificate of an ECH tunnel, PEM. Without it a new one is made at every start.</summary>
    [Parameter(ParameterSetName = UrlSet)]
    [ValidateNotNullOrEmpty]
    public string? Cert { get; set; }

    /// <summary>The private key of the certificate, PEM.</summary>
    [Parameter(ParameterSetName = UrlSet)]
    [ValidateNotNullOrEmpty]
    public string? Key { get; set; }

    private protected override string Action => "Start server";

    private protected override EchTunnelParameters EchTunnel => new() { Token = SecretOf.Text(Token), Cidr = Cidr, Certificate = File(Cert), Key = File(Key) };

    private string? File(string? path) => path is null ? null : OrEnd(path, () => ExistingFile(path));
}
