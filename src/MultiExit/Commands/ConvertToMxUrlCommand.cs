using System.Management.Automation;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Sharing;

namespace MultiExit.Commands;

/// <summary>ConvertTo-MxUrl: writes the URL of an exit, or the URL that a client of an inbound needs. It holds the secret, which comes from the
/// configuration: of a server of this session, or of a file. Control sockets carry no secrets.</summary>
[Cmdlet(VerbsData.ConvertTo, "MxUrl", DefaultParameterSetName = ExitSet)]
[OutputType(typeof(string))]
public sealed class ConvertToMxUrlCommand : MxCommand
{
    private const string Where = "in this session; those of other processes are named by the file of their configuration (-Config)";
    private const string ExitSet = "Exit";
    private const string InboundSet = "Inbound";

    /// <summary>The exits.</summary>
    [Parameter(ParameterSetName = ExitSet, Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ExitNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = [];

    /// <summary>The inbound that clients come in through.</summary>
    [Parameter(ParameterSetName = InboundSet, Mandatory = true)]
    [ArgumentCompleter(typeof(InboundNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string Inbound { get; set; } = "";

    /// <summary>The user that the client is.</summary>
    [Parameter(ParameterSetName = InboundSet)]
    [ArgumentCompleter(typeof(UserNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string? User { get; set; }

    /// <summary>The name or address that the client reaches the server by.</summary>
    [Parameter(ParameterSetName = InboundSet, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public string HostName { get; set; } = "";

    /// <summary>The port that the client reaches it by.</summary>
    [Parameter(ParameterSetName = InboundSet)]
    [ValidateRange(1, 65535)]
    public int Port { get; set; }

    /// <summary>The servers of this session.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ServerNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Server { get; set; } = ["*"];

    /// <summary>The configuration file in place of a server.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Config { get; set; }

    /// <summary>Write a QR code of the URL in its place.</summary>
    [Parameter]
    public SwitchParameter QrCode { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        (string Source, GatewayConfig Config)[] configs = [.. Configurations()];
        if (configs.Length == 0) return;
        if (ParameterSetName == InboundSet) WriteInbound(configs);
        else WriteExits(configs);
    }

    private void WriteExits((string Source, GatewayConfig Config)[] configs)
    {
        foreach (NamePattern name in Wanted(Name))
        {
            bool found = false;
            foreach ((string _, GatewayConfig config) in configs)
            {
                foreach (Engine.Configuration.Exits.ExitConfig exit in name.Choose([.. config.Exits], exit => exit.Name))
                {
                    found = true;
                    Write(ExitUrl.Of(exit), exit.Name);
                }
            }
            if (found || name.IsWildcard) continue;
            WriteError(NewError("ExitNotFound", ErrorCategory.ObjectNotFound, name.Text,
                $"No exit named '{name.Text}' is in the configuration of {Sources(configs)}; groups, and exits that were published, have no URL.{name.Hint}"));
        }
    }

    private void WriteInbound((string Source, GatewayConfig Config)[] configs)
    {
        bool found = false;
        foreach ((string source, GatewayConfig config) in configs)
        {
            if (config.Inbounds.FirstOrDefault(inbound => inbound.Name == Inbound) is not { } inbound) continue;
            found = true;
            Write(UserUrl.Of(inbound, User, HostName, Port != 0 || inbound.Listen.Port != 0 ? Port : BoundPort(source)), Inbound);
        }
        if (found) return;
        WriteError(NewError("InboundNotFound", ErrorCategory.ObjectNotFound, Inbound,
            $"No inbound named '{Inbound}' is in the configuration of {Sources(configs)}."));
    }

    // The port of an inbound that has picked a free one; 0 where no server runs.
    private int BoundPort(string server) => Config is not null ? 0
        : ServerRegistry.All().FirstOrDefault(each => each.Name == server)?.Managed.GetStatus().Listeners
            .FirstOrDefault(listener => listener.Inbound == Inbound)?.EndPoint.Port ?? 0;

    private void Write(SharedUrl shared, string target)
    {
        if (shared.Text is not { } url)
        {
            WriteError(NewError("NoUrl", ErrorCategory.InvalidOperation, target, $"There is no URL for '{target}': {shared.Problem}."));
            return;
        }
        if (QrCode && url.Length > QrText.MaxLength)
        {
            WriteError(NewError("UrlTooLong", ErrorCategory.LimitsExceeded, target, $"The URL for '{target}' is too long for a QR code."));
            return;
        }
        WriteObject(QrCode ? QrText.Of(url) : url);
    }

    private IEnumerable<(string Source, GatewayConfig Config)> Configurations()
    {
        if (Config is not null)
        {
            string file = OrEnd(Config, () => ExistingFile(Config));
            ConfigResult result = OrEnd(Config, () => ConfigLoader.LoadFile(file));
            if (!result.IsValid) ThrowTerminatingError(NewError(result, Config));
            return [(System.IO.Path.GetFileName(file), result.Config!)];
        }
        RunningServer[] servers = [.. Choose(ServerRegistry.All(), Wanted(Server), Where)];
        if (servers.Length == 0 && Wanted(Server) is [{ IsWildcard: true }])
        {
            WriteError(NewError("ServerNotFound", ErrorCategory.ObjectNotFound, null,
                "No server runs in this session, and control sockets carry no secrets; name the file of the configuration with -Config."));
        }
        return servers.Select(server => (server.Name, server.Managed.Gateway.Config));
    }

    private static string Sources((string Source, GatewayConfig Config)[] configs) => string.Join(", ", configs.Select(config => config.Source));
}
