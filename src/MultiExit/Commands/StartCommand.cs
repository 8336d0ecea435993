using System.Management.Automation;
using System.Security;
using MultiExit.Engine;
using MultiExit.Engine.Configuration;

namespace MultiExit.Commands;

/// <summary>What Start-MxServer and Start-MxClient do: return once everything listens; the engine runs in the background of the session.</summary>
public abstract class StartCommand : MxCommand
{
    private protected const string UrlSet = "Url";
    private const string ConfigSet = "Config";

    /// <summary>The configuration file.</summary>
    [Parameter(ParameterSetName = ConfigSet, Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Path", "PSPath", "FullName")]
    [ValidateNotNullOrEmpty]
    public string? Config { get; set; }

    /// <summary>Put the file in force by itself when it changes.</summary>
    [Parameter(ParameterSetName = ConfigSet)]
    public SwitchParameter Watch { get; set; }

    /// <summary>Where to listen. Strings and not Uri: <c>tcp://:8080/target:80</c> has no host to begin with.</summary>
    [Parameter(ParameterSetName = UrlSet)]
    [ValidateNotNullOrEmpty]
    public string[] Listen { get; set; } = [];

    /// <summary>The upstream proxy.</summary>
    [Parameter(ParameterSetName = UrlSet)]
    [ValidateNotNullOrEmpty]
    public string? Forward { get; set; }

    /// <summary>The token of an ECH tunnel.</summary>
    [Parameter(ParameterSetName = UrlSet)]
    [SecretText]
    [ValidateNotNull]
    public SecureString? Token { get; set; }

    /// <summary>The user and password that clients log in with.</summary>
    [Parameter(ParameterSetName = UrlSet)]
    [Credential]
    [ValidateNotNull]
    public PSCredential? Credential { get; set; }

    /// <summary>The user and password at the upstream proxy.</summary>
    [Parameter(ParameterSetName = UrlSet)]
    [Credential]
    [ValidateNotNull]
    public PSCredential? ForwardCredential { get; set; }

    /// <summary>The pre-shared key of tunnels.</summary>
    [Parameter(ParameterSetName = UrlSet)]
    [SecretText]
    [ValidateNotNull]
    public SecureString? PresharedKey { get; set; }

    /// <summary>The name, in place of the configuration's.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <summary>Stay until the server has ended.</summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    /// <summary>Write the server.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>What the parameters of the ECH tunnel say.</summary>
    private protected abstract EchTunnelParameters EchTunnel { get; }

    // What is asked for with -Confirm.
    private protected abstract string Action { get; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        string? file = Config is null ? null : SessionState.Path.GetUnresolvedProviderPathFromPSPath(Config);
        object target = Config ?? (Listen.Length > 0 ? Array.ConvertAll(Listen, ShownUrl.Of) : (object)"default");
        ConfigResult config = Load(file, target, out string name);
        if (!ShouldProcess(name, Action))
            return;

        RunningServer server = Start(config, name, target);
        MxServer started = new(server, server.Managed.Gateway.GetStatus());
        foreach (MxListener listener in started.Listeners)
            WriteVerbose($"{server.Name} listens: {listener}");
        if (PassThru)
            WriteObject(started);
        if (Wait)
            WaitFor(server);
    }

    // Any parameter of the ECH tunnel makes ws:// and wss:// URLs mean one.
    private bool IsSeedD => MyInvocation.BoundParameters.Keys.Any(
        name => name is nameof(Token) or "Cidr" or "Cert" or "Key" or "Ech" or "Doh" or "EchName" or "EchFallback" or "Carriers" or "Address");

    private UrlSecrets Secrets => new()
    {
        ListenLogin = SecretOf.Login(Credential), ForwardLogin = SecretOf.Login(ForwardCredential), TunnelKey = SecretOf.Text(PresharedKey),
    };

    private protected string? FullPath(string? path) => path is null ? null : SessionState.Path.GetUnresolvedProviderPathFromPSPath(path);

    private ConfigResult Load(string? file, object target, out string name)
    {
        ConfigResult? result = null;
        try
        {
            result = file is null ? ConfigLoader.FromUrls(Listen, Forward, IsSeedD ? EchTunnel : null, Secrets) : ConfigLoader.LoadFile(file);
        }
        catch (Exception exception)
        {
            ThrowTerminatingError(NewError(exception, target));
        }

        if (!result!.IsValid)
            ThrowTerminatingError(NewError(result, target));

        // A file says who it is; servers made of URLs are told apart by a number.
        name = Name ?? (file is null ? ServerRegistry.FreeName(result.Config!.Name) : result.Config!.Name);
        if (ServerRegistry.Contains(name))
            ThrowTerminatingError(NameTaken(name));
        return result;
    }

    private RunningServer Start(ConfigResult config, string name, object target)
    {
        RunningServer? server = null;
        try
        {
            var options = new ManagedServerOptions { Name = name, Watch = Watch };
            server = new RunningServer(name, Await(token => ManagedServer.StartAsync(config, options, token)));
        }
        catch (Exception exception) when (exception is not PipelineStoppedException)
        {
            ThrowTerminatingError(NewError(exception, target));
        }

        if (!ServerRegistry.TryAdd(server!))
        {
            server!.Managed.StopAsync(TimeSpan.Zero).GetAwaiter().GetResult();
            ThrowTerminatingError(NameTaken(name));
        }

        // It may also be stopped over its control socket.
        _ = server!.Managed.Gateway.Completion.ContinueWith(_ => ServerRegistry.Remove(server), TaskScheduler.Default);
        return server;
    }

    private void WaitFor(RunningServer server)
    {
        try
        {
            Await(token => server.Managed.Gateway.Completion.WaitAsync(token));
        }
        finally
        {
            server.Managed.StopAsync(TimeSpan.Zero).GetAwaiter().GetResult();
            ServerRegistry.Remove(server);
        }
    }

    private static ErrorRecord NameTaken(string name) => NewError("ServerExists", ErrorCategory.ResourceExists, name,
        $"A server named '{name}' runs already in this session; stop it or choose another -Name.");
}
