using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Net;
using System.Runtime.InteropServices;
using System.Security;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Management;
using MultiExit.Engine.Status;

namespace MultiExit.Commands;

/// <summary>The common part of Start-MxServer and Start-MxClient: return once everything listens; the engine runs in the background of the
/// session.</summary>
public abstract class StartCommand : MxCommand
{
    private protected const string UrlSet = "Url";
    private protected const string ConfigSet = "Config";

    /// <summary>The configuration file. Not mandatory: without any parameter the embedded default is served, and this set stands first in the syntax.</summary>
    [Parameter(ParameterSetName = ConfigSet, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Path", "PSPath", "FullName", "LiteralPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string? Config { get; set; }

    /// <summary>Put the file in force by itself when it changes.</summary>
    [Parameter(ParameterSetName = ConfigSet)]
    public SwitchParameter Watch { get; set; }

    /// <summary>Where to listen. Strings and not Uri: <c>tcp://:8080/target:80</c> has no host to begin with.</summary>
    [Parameter(ParameterSetName = UrlSet)]
    [ValidateNotNullOrEmpty]
    public string[] Listen { get; set; } = [];

    /// <summary>The upstream proxy; several are a chain, the first hop first.</summary>
    [Parameter(ParameterSetName = UrlSet)]
    [ValidateNotNullOrEmpty]
    public string[] Forward { get; set; } = [];

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

    /// <summary>The parameters of the ECH tunnel.</summary>
    private protected abstract EchTunnelParameters EchTunnel { get; }

    // The action that -Confirm asks about.
    private protected abstract string Action { get; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (Watch && Config is null)
        {
            ThrowTerminatingError(NewError("NoConfigFile", ErrorCategory.InvalidArgument, null,
                "-Watch looks at a configuration file; say with -Config which one."));
        }
        CheckName();
        string? file = Config is null ? null : OrEnd(Config, () => ExistingFile(Config));
        object target = Config ?? (Listen.Length > 0 ? Array.ConvertAll(Listen, ShownUrl.Of) : (object)"default");
        ConfigResult config = Load(file, target);
        using NameReservation name = Reserve(file, config.Config!);
        if (!ShouldProcess(name.Name, Action)) return;

        // Before the start, so that a stop that comes meanwhile is not lost.
        using WaitSignals? signals = Wait && ConsoleSession.IsPwsh(Host) ? new WaitSignals() : null;
        SessionEnd.Watch();
        RunningServer server = Start(config, name, target);
        PosixSignal? signal = null;
        bool stays = false;
        // Written output may end the cmdlet: Ctrl+C, -WarningAction Stop, a reader that stops reading.
        try
        {
            MxServer started = new(server, server.Managed.GetStatus());
            Report(server, started, target);
            // A caller that gets the server from here on, or knows its name, may stop it; not so with -Wait.
            stays = !Wait;
            if (PassThru) WriteObject(started);
            if (Wait) signal = WaitFor(server, signals);
        }
        finally
        {
            if (!stays) Stop(server);
        }
        // Ctrl+C leads back to the prompt, where there is one.
        if (signal == PosixSignal.SIGTERM || (signal == PosixSignal.SIGINT && ConsoleSession.IsBatch)) Host.SetShouldExit(0);
        if (Wait && StopToken.IsCancellationRequested) throw new PipelineStoppedException();
    }

    // Any parameter of the ECH tunnel makes ws:// and wss:// URLs mean one.
    private bool IsEchTunnel => MyInvocation.BoundParameters.Keys.Any(
        name => name is nameof(Token) or "Cidr" or "Cert" or "Key" or "Ech" or "Doh" or "EchName" or "EchFallback" or "Carriers" or "Address");

    private UrlSecrets Secrets => new()
    {
        ListenLogin = SecretOf.Login(Credential), ForwardLogin = SecretOf.Login(ForwardCredential), TunnelKey = SecretOf.Text(PresharedKey),
    };

    private ConfigResult Load(string? file, object target)
    {
        EchTunnelParameters? parameters = IsEchTunnel ? EchTunnel : null;
        ConfigResult result = OrEnd(target, () => file is null
            ? ConfigLoader.FromUrlChain(Listen, Forward, parameters, Secrets, FullPath)
            : ConfigLoader.LoadFile(file));
        if (!result.IsValid) ThrowTerminatingError(NewError(result, target));

        return result;
    }

    // The same rule as for `name` in a file: text that is not a name there would be a pattern here.
    private void CheckName()
    {
        if (Name is null || NameText.IsValid(Name)) return;
        ThrowTerminatingError(NewError("InvalidName", ErrorCategory.InvalidArgument, Name,
            $"'{Name}' cannot be the name of a server; expected {NameText.Expected}."));
    }

    // A file names its server; servers made of URLs are distinguished by a number. The name is reserved from here on: other runspaces start
    // servers too.
    private NameReservation Reserve(string? file, GatewayConfig config)
    {
        string name = Name ?? config.Name;
        NameReservation? reservation = Name is null && file is null ? ServerRegistry.ReserveFree(name) : ServerRegistry.TryReserve(name);
        if (reservation is null)
        {
            ThrowTerminatingError(NewError("ServerExists", ErrorCategory.ResourceExists, name,
                $"A server named '{name}' runs already in this session; stop it or choose another -Name."));
        }
        return reservation!;
    }

    private RunningServer Start(ConfigResult config, NameReservation name, object target)
    {
        RunningServer? server = null;
        try
        {
            var options = new ManagedServerOptions { Name = name.Name, Watch = Watch };
            Guid owner = Runspace.DefaultRunspace?.InstanceId ?? Guid.Empty;
            server = Await(token => StartsUnderWay.RunAsync(async cancel =>
            {
                var started = new RunningServer(name.Name, await ManagedServer.StartAsync(config, options, cancel).ConfigureAwait(false), owner);
                name.Use(started);
                return started;
            }, token));
        }
        catch (OperationCanceledException)
        {
            // The process ends; no caller is left to report it to.
            throw new PipelineStoppedException();
        }
        catch (ProxyException exception) when (exception.Reason == ProxyError.AddressInUse && OwnerOfPort(config.Config!) is { } owner)
        {
            ThrowTerminatingError(NewError(nameof(ProxyError.AddressInUse), ErrorCategory.ResourceExists, target,
                $"cannot listen on {owner.EndPoint}: the server '{owner.Server}' of this session listens there; "
                + $"stop it (Stop-MxServer {owner.Server}) or choose another port",
                exception));
        }
        catch (Exception exception) when (exception is not PipelineStoppedException)
        {
            ThrowTerminatingError(NewError(exception, target));
        }

        return server!;
    }

    // The server of this process that has a port of the configuration.
    private static (string Server, IPEndPoint EndPoint)? OwnerOfPort(GatewayConfig config)
    {
        foreach (RunningServer server in ServerRegistry.All())
        {
            foreach (ListenerStatus listener in server.Managed.GetStatus().Listeners)
            {
                if (config.Inbounds.Any(inbound => inbound.Listen.Port == listener.EndPoint.Port)) return (server.Name, listener.EndPoint);
            }
        }
        return null;
    }

    private void Report(RunningServer server, MxServer started, object target)
    {
        IReadOnlyList<ServerWarning> warnings = server.Managed.Gateway.GetWarnings();
        if (warnings.Count > 0 && WarningsEnd)
        {
            // The start counts as a failure then, so nothing of it stays: the server is stopped before the error is written.
            Stop(server);
            ThrowTerminatingError(NewError("StoppedByWarning", ErrorCategory.OperationStopped, target,
                $"The server '{server.Name}' was started and has been stopped again, "
                + $"since -WarningAction or $WarningPreference is Stop: {string.Join(" ", warnings)}"));
        }
        WriteWarnings(server.Name, warnings);
        foreach (MxListener listener in started.Listeners)
            WriteVerbose($"{server.Name} listens: {listener}");
    }

    // PowerShell's own error for it does not mention the server, and cannot be replaced once it has come.
    private bool WarningsEnd => LanguagePrimitives.TryConvertTo(
        MyInvocation.BoundParameters.TryGetValue("WarningAction", out object? given) ? given : GetVariableValue("WarningPreference"),
        out ActionPreference action)
        && action == ActionPreference.Stop;

    private PosixSignal? WaitFor(RunningServer server, WaitSignals? signals)
    {
        PosixSignal? signal = ServerWait.ForSignalAsync(server, signals, StopToken).GetAwaiter().GetResult();
        if (signal is null) return null;
        ServerStatus status = server.Managed.GetStatus();
        // WriteWarning would end a pipeline that is being stopped.
        if (status.Sessions > 0)
        {
            Host.UI.WriteWarningLine($"{server.Name}: {CountText.Of(status.Sessions, "session")} may go on for at most "
                + $"{server.Managed.Gateway.Config.Limits.DrainTimeout}; the next signal (Ctrl+C) ends them.");
        }
        ServerWait.DrainAsync(server, signals!, StopToken).GetAwaiter().GetResult();
        return signal;
    }

    private static void Stop(RunningServer server) => server.Managed.StopAsync(TimeSpan.Zero).GetAwaiter().GetResult();
}
