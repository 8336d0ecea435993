using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Net;
using System.Security;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Probing;
using MultiExit.Engine.Status;

namespace MultiExit.Commands;

/// <summary>Measure-MxTunnel: how long connections and answers take through a proxy, and how many bytes go through.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "MxTunnel", DefaultParameterSetName = UrlSet)]
[OutputType(typeof(MxTunnelMeasurement))]
[OutputType(typeof(Job))]
public sealed class MeasureMxTunnelCommand : ServerCommand
{
    private const string UrlSet = "Url", InboundSet = "Inbound", ExitSet = "Exit";
    private const string NotOfThisSession = nameof(NotOfThisSession);
    private const int UsualWidth = 80, MaxWidth = 100;

    // How a client reaches an inbound by its type.
    private static readonly Dictionary<string, string> Schemes = new(StringComparer.Ordinal)
    {
        ["mixed"] = "socks5", ["socks5"] = "socks5", ["http"] = "http", ["websocket"] = "ws",
    };

    private MeasureTarget? _target;
    private long? _bytes;

    /// <summary>The proxies, as URLs. Strings and not Uri: passwords and options are decoded here.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = UrlSet)]
    [Alias("Proxy")]
    [ValidateNotNullOrEmpty]
    public string[] Through { get; set; } = [];

    /// <summary>The servers to measure.</summary>
    [Parameter(Mandatory = true, ParameterSetName = InboundSet, ValueFromPipelineByPropertyName = true)]
    [Parameter(Mandatory = true, ParameterSetName = ExitSet, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ServerNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Server { get; set; } = [];

    /// <inheritdoc/>
    [Parameter(ParameterSetName = InboundSet, ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = ExitSet, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(SocketCompleter))]
    [SupportsWildcards]
    [AllowNull]
    [AllowEmptyCollection]
    public override string[]? Socket { get; set; }

    /// <summary>The inbound to go in by.</summary>
    [Parameter(ParameterSetName = InboundSet)]
    [ArgumentCompleter(typeof(InboundNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Inbound { get; set; }

    /// <summary>The exit or group to go out by, without an inbound and routes.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ExitSet)]
    [ArgumentCompleter(typeof(ExitNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string Exit { get; set; } = "";

    /// <summary>What to talk to.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Target { get; set; }

    /// <summary>How long a measurement takes.</summary>
    [Parameter]
    [Duration(Min = "500ms", Max = "1h")]
    public TimeSpan Duration { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The most bytes in each direction.</summary>
    [Parameter]
    [Size("100MB")]
    [ValidateNotNullOrEmpty]
    public string? Bytes { get; set; }

    /// <summary>How many connections move bytes at once.</summary>
    [Parameter]
    [ValidateRange(1, TunnelMeasure.MaxParallel)]
    public int Parallel { get; set; } = 1;

    /// <summary>The user and password at the proxy.</summary>
    [Parameter(ParameterSetName = UrlSet)]
    [Parameter(ParameterSetName = InboundSet)]
    [Credential]
    [ValidateNotNull]
    public PSCredential? Credential { get; set; }

    /// <summary>The token of an ECH tunnel.</summary>
    [Parameter(ParameterSetName = UrlSet)]
    [SecretText]
    [ValidateNotNull]
    public SecureString? Token { get; set; }

    /// <summary>The pre-shared key of a tunnel.</summary>
    [Parameter(ParameterSetName = UrlSet)]
    [SecretText]
    [ValidateNotNull]
    public SecureString? PresharedKey { get; set; }

    /// <summary>How long a connection may take.</summary>
    [Parameter]
    [Duration(Min = "1ms", Max = "5m")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Draws the times as bars, beside the object.</summary>
    [Parameter]
    public SwitchParameter Plot { get; set; }

    /// <summary>Measure as a job.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (Target is not null && !MeasureTarget.TryParse(Target, out _target))
            Refuse("InvalidDestination", Target, $"'{Target}' is no target of a measurement; expected {MeasureTarget.Expected}.");
        if (Bytes is not null)
        {
            if (!SizeText.TryParse(Bytes, out long bytes) || bytes < 1)
                Refuse("NotUnderstood", Bytes, $"'{Bytes}' is no number of bytes; expected {SizeText.Expected}.");
            _bytes = bytes;
        }
        if (AsJob)
        {
            WriteJob();
            return;
        }
        if (ParameterSetName == UrlSet)
        {
            foreach (string through in Through) Measure(ShownUrl.Of(through), new TunnelMeasureRequest { Through = through });
            return;
        }
        ForEachServer(Wanted(Server), server => Measure(server.Name, ParameterSetName == ExitSet ? RequestOfExit(server) : RequestOfInbound(server)));
    }

    private TunnelMeasureRequest RequestOfExit(RunningServer server) => server.Socket is null
        ? new TunnelMeasureRequest { Exit = Exit, Config = server.Managed.Gateway.Config }
        : throw new MxException(NotOfThisSession, $"The server '{server.Name}' is one of another process, which does not tell the secrets of its exits: "
            + "measure it through an inbound, or the way of the exit with -Through.");

    private TunnelMeasureRequest RequestOfInbound(RunningServer server)
    {
        ServerStatus status = Await(server.Control.GetStatusAsync);
        ListenerStatus? listener = status.Listeners.FirstOrDefault(each => each.Network == "tcp" && !each.Tls && Schemes.ContainsKey(each.Type)
            && (Inbound is null || string.Equals(each.Inbound, Inbound, StringComparison.OrdinalIgnoreCase)));
        if (listener is null)
        {
            throw new MxException("InboundNotFound", $"The server '{server.Name}' has no inbound{(Inbound is null ? "" : $" named '{Inbound}'")} of the type "
                + "mixed, socks5, http or websocket without TLS; measure another one by its URL with -Through.");
        }
        // Who listens on all addresses is reached on loopback.
        IPAddress address = listener.EndPoint.Address;
        IPEndPoint reached = new(address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) ? IPAddress.Loopback : address, listener.EndPoint.Port);
        return new TunnelMeasureRequest { Through = $"{Schemes[listener.Type]}://{reached}" };
    }

    private void Measure(string shown, TunnelMeasureRequest request)
    {
        request = request with
        {
            FullPath = FullPath, Login = SecretOf.Login(Credential), Token = SecretOf.Text(Token), TunnelKey = SecretOf.Text(PresharedKey), Target = _target,
            Duration = Duration, MaxBytes = _bytes, Parallel = Parallel, ConnectTimeout = Timeout,
        };
        MeasureProgress progress = new();
        try
        {
            TunnelMeasureResult result = AwaitShowing(token => TunnelMeasure.RunAsync(request, progress, token), () => Look(shown, progress));
            MxTunnelMeasurement measurement = new(result, Parallel);
            WriteObject(measurement);
            if (Plot) Draw(measurement);
        }
        catch (Exception exception) when (exception is ProxyException or MxException)
        {
            WriteError(NewError(exception, shown));
        }
    }

    private static ProgressRecord Look(string shown, MeasureProgress progress) => new(1, $"Measuring {shown}", progress.Phase switch
    {
        MeasurePhase.Latency => "latency",
        var way => $"{(way == MeasurePhase.Up ? "up" : "down")}, {TableText.Size(progress.Bytes)}",
    })
    {
        PercentComplete = (int)(progress.Part * 100), SecondsRemaining = SecondsOf(progress.Left),
    };

    // As Write-Host does: to be seen whatever $InformationPreference says, and redirected with 6> alone.
    private void Draw(MxTunnelMeasurement measurement)
    {
        (string What, double[] Times)[] plots = [("connections", measurement.ConnectsMs), ("answers", measurement.RoundTripsMs)];
        foreach ((string what, double[] times) in plots)
        {
            string title = string.Create(CultureInfo.CurrentCulture, $"{measurement.Through}: {times.Length} {what}, in ms");
            foreach (string line in LatencyPlot.Draw(title, times, Width()))
                WriteInformation(new HostInformationMessage { Message = line.TrimEnd() }, ["PSHOST"]);
        }
    }

    private int Width()
    {
        try
        {
            return Host.UI?.RawUI?.BufferSize.Width is > 20 and var width ? Math.Min(width - 1, MaxWidth) : UsualWidth;
        }
        // What hosts without a screen throw; PowerShell's own default one is among the second kind.
        catch (Exception exception) when (exception is HostException or NotImplementedException or IOException)
        {
            return UsualWidth; // there is no screen
        }
    }

    private void Refuse(string id, object? target, string message) => ThrowTerminatingError(NewError(id, ErrorCategory.InvalidArgument, target, message));
}
