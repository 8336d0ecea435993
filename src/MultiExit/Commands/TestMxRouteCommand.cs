using System.Management.Automation;
using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Explaining;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Server;

namespace MultiExit.Commands;

/// <summary>Test-MxRoute: explains which way a connection would take. Dials nothing.</summary>
[Cmdlet(VerbsDiagnostic.Test, "MxRoute", DefaultParameterSetName = ServerSet)]
[OutputType(typeof(MxRoute))]
public sealed class TestMxRouteCommand : ServerCommand
{
    private const string ServerSet = "Server";
    private const string ConfigSet = "Config";

    /// <summary>The destinations, host:port.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(DestinationCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Destination { get; set; } = [];

    /// <summary>The user.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(UserNameCompleter))]
    [AllowNull]
    [AllowEmptyString]
    public string? User { get; set; }

    /// <summary>The inbounds' names.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(InboundNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Inbound { get; set; } = ["*"];

    /// <summary>The client's address.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ClientCompleter))]
    [Address]
    public IPAddress? Client { get; set; }

    /// <summary>The address that the client comes in on.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Address]
    public IPAddress? LocalAddress { get; set; }

    /// <summary>tcp or udp.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateSet("tcp", "udp")]
    public string Network { get; set; } = "tcp";

    /// <summary>Look up the destination's name.</summary>
    [Parameter]
    public SwitchParameter Resolve { get; set; }

    /// <summary>The servers' names.</summary>
    [Parameter(ParameterSetName = ServerSet, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [ArgumentCompleter(typeof(ServerNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Server { get; set; } = ["*"];

    /// <inheritdoc/>
    [Parameter(ParameterSetName = ServerSet, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(SocketCompleter))]
    [SupportsWildcards]
    [AllowNull]
    [AllowEmptyCollection]
    public override string[]? Socket { get; set; }

    /// <summary>The configuration file.</summary>
    [Parameter(ParameterSetName = ConfigSet, Mandatory = true)]
    [Alias("Path", "PSPath", "FullName", "LiteralPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string? Config { get; set; }

    // The file is read once, however many destinations come through the pipeline.
    private Source? _file;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        Source[] sources = ParameterSetName == ConfigSet ? [_file ??= Load(Config!)] : FindSources();
        if (sources.Length == 0 && Server is ["*"] && !IsPiped(nameof(Server), Server) && Socket is not { Length: > 0 })
        {
            ThrowTerminatingError(NewError("ServerNotFound", ErrorCategory.ObjectNotFound, "*",
                "No server runs in this session; name a configuration file with -Config, or a control socket with -Socket."));
        }
        foreach (string destination in Destination)
        {
            if (!Engine.Protocols.Destination.TryParse(destination, -1, out Destination? target))
            {
                WriteError(NewError("InvalidDestination", ErrorCategory.InvalidArgument, destination,
                    $"'{destination}' is no destination; expected host:port, 192.0.2.1:443 or [2001:db8::1]:443."));
                continue;
            }
            foreach (Source source in sources) Explain(source, target, destination);
        }
    }

    private Source[] FindSources()
    {
        List<Source> sources = [];
        AskServers(Wanted(Server), (server, token) => server.Control.GetStatusAsync(token), (server, status) => sources.Add(new Source(
            server, null, [.. status.Listeners.Select(listener => listener.Inbound)], server.Control.ExplainRouteAsync)));
        return [.. sources];
    }

    private Source Load(string path)
    {
        string file = OrEnd(path, () => ExistingFile(path));
        ConfigResult result = OrEnd(path, () => ConfigLoader.LoadFile(file));
        if (!result.IsValid) ThrowTerminatingError(NewError(result, path));
        GatewayConfig config = result.Config!;
        return new Source(null, file, [.. config.Inbounds.Select(inbound => inbound.Name)], (query, token) => ConfigRoutes.ExplainAsync(config, query, token));
    }

    private void Explain(Source source, Destination target, string given)
    {
        foreach (NamePattern wanted in Wanted(Inbound))
        {
            string[] inbounds = wanted.Choose(source.Inbounds, inbound => inbound);
            if (inbounds.Length == 0 && !wanted.IsWildcard)
            {
                WriteError(NewError("InboundNotFound", ErrorCategory.ObjectNotFound, wanted.Text,
                    $"{source.Server?.Name ?? source.File} has no inbound '{wanted.Text}'; it has {string.Join(", ", source.Inbounds)}."));
            }
            foreach (string inbound in inbounds) Explain(source, target, given, inbound);
        }
    }

    private void Explain(Source source, Destination target, string given, string inbound)
    {
        RouteQuery query = new()
        {
            Destination = target, Inbound = inbound, User = string.IsNullOrEmpty(User) ? null : User, Client = Client, Local = LocalAddress,
            Udp = Network.Equals("udp", StringComparison.OrdinalIgnoreCase), ResolveNames = Resolve,
        };
        Try(given, () => WriteObject(new MxRoute(source.Server, source.File, Await(token => source.Explain(query, token)))));
    }

    // A running server, or a file.
    private sealed record Source(
        RunningServer? Server, string? File, string[] Inbounds, Func<RouteQuery, CancellationToken, Task<RouteExplanation>> Explain);
}
