using System.Net;
using MultiExit.Engine.Balancing;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Control;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Exits;
using MultiExit.Engine.Health;
using MultiExit.Engine.Inbounds;
using MultiExit.Engine.Listening;
using MultiExit.Engine.Provisioning;
using MultiExit.Engine.Routing;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Tls;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine;

/// <content>Putting a configuration in force: everything is built and bound beside the old, then swapped.</content>
public sealed partial class GatewayServer
{
    private static readonly TimeSpan LongestSweep = TimeSpan.FromSeconds(1);

    // The log changes its place only with the rest.
    private void ApplyWithLog(GatewayConfig config)
    {
        LoggerPair? logs = config.Logging == _config.Logging ? null : LogFactory.Create(config.Logging, _options.LogToConsole, _memory);
        try
        {
            Apply(config);
        }
        catch
        {
            logs?.Dispose();
            throw;
        }
        if (logs is not null) _log.Replace(logs);
    }

    private void Apply(GatewayConfig config)
    {
        INameResolver resolver = _resolvers.For(config.Dns);
        ExitSet exits = ExitFactory.Build(config, _transport, resolver, _options.Time, _exitStates, _options.System, _log);
        List<InboundRuntime> runtimes = [];
        Dictionary<ListenerKey, InboundListener> present = _listeners.ToDictionary(listener => KeyOf(listener.Runtime.Config));
        List<InboundListener> bound = [];
        ControlEndpoint? control = null;
        try
        {
            _usage.KeepIn(config.Limits.UsageFile);
            BuildInbounds(config, exits, resolver, runtimes);
            foreach (InboundRuntime runtime in runtimes.Where(runtime => !present.ContainsKey(KeyOf(runtime.Config))))
                bound.Add(new InboundListener(ListenerBinding.Bind(_transport, runtime.Config.Listen), runtime, _connections, _logins, _counters, _log));
            control = BindControl(config.ControlSocket);
        }
        catch
        {
            foreach (InboundListener listener in bound) listener.Dispose();
            foreach (InboundRuntime runtime in runtimes) runtime.Inbound.Drain();
            exits.Retire();
            throw;
        }
        WatchSnat(exits.Snat);
        ExitSet? retired = _exits;
        _exits = exits;
        Swap(config, runtimes, present, bound);
        retired?.Retire();
        _ = _health?.DisposeAsync().AsTask();
        _health = new HealthMonitor(exits, exits.HealthChecks, _options.Time);
        CheckSources(config);
        CheckHiddenNames(config);
        KeepBindings(config);
        UseControl(control);
    }

    // Nothing here fails.
    private void Swap(
        GatewayConfig config, List<InboundRuntime> runtimes, Dictionary<ListenerKey, InboundListener> present, List<InboundListener> bound)
    {
        Dictionary<ListenerKey, InboundListener> added = bound.ToDictionary(listener => KeyOf(listener.Runtime.Config));
        List<InboundListener> inForce = [];
        foreach (InboundRuntime runtime in runtimes)
        {
            if (present.Remove(KeyOf(runtime.Config), out InboundListener? kept))
            {
                IInbound replaced = kept.Runtime.Inbound;
                kept.Runtime = runtime;
                replaced.ReplacedBy(runtime.Inbound, runtime.Dispatcher);
                Leave(replaced);
                inForce.Add(kept);
                continue;
            }
            inForce.Add(added[KeyOf(runtime.Config)]);
        }
        _config = config;
        _limits.Apply(config.Limits);
        _logins.Apply(config.Limits.Lockout);
        _listeners = inForce;
        foreach (InboundListener removed in present.Values)
        {
            removed.Dispose();
            Leave(removed.Runtime.Inbound);
            _log.ListenerClosed(removed.Runtime.Config.Name, removed.EndPoint);
        }
        foreach (InboundListener listener in bound)
        {
            _ = listener.RunAsync();
            InboundConfig inbound = listener.Runtime.Config;
            _log.Listening(inbound.Name, inbound.Type, listener.EndPoint, inbound.Tls is not null);
        }
        TimeSpan shortest = config.Limits.HandshakeTimeout < config.Limits.IdleTimeout ? config.Limits.HandshakeTimeout : config.Limits.IdleTimeout;
        TimeSpan period = shortest / 4 < LongestSweep ? shortest / 4 : LongestSweep;
        _sweeper.Change(period, period);
    }

    private void BuildInbounds(GatewayConfig config, ExitSet exits, INameResolver resolver, List<InboundRuntime> runtimes)
    {
        Router router = new(config, exits, resolver, _options.Time);
        Dispatcher dispatcher = new(_sessions, router, exits.Get(DirectExit.ExitName), _log, _counters, _options.Time, _exitStates, _limits);
        foreach (InboundConfig inboundConfig in config.Inbounds)
        {
            TlsServer? tls = BuildTls(inboundConfig);
            IInbound inbound = InboundFactory.Create(inboundConfig, config.Limits, _transport, _options.Time, _log, _counters, _inboundStates);
            runtimes.Add(new InboundRuntime(inboundConfig, inbound, tls, dispatcher, config.Limits));
        }
    }

    private TlsServer? BuildTls(InboundConfig inbound)
    {
        if (inbound.Tls is null) return null;
        TlsServer tls = new(inbound.Tls, _options.Time, onlyTls13: inbound is TunnelInboundConfig or EchTunnelInboundConfig);
        if (tls.Warning is not null) _log.Warn($"inbound {inbound.Name}: {tls.Warning}");
        return tls;
    }

    private void KeepBindings(GatewayConfig config)
    {
        List<StickyFile> files = [];
        foreach (ExitState state in config.Groups.Where(group => group.StateFile is not null).Select(group => _exitStates.Get(group.Name)))
        {
            if (state.FaultyBindings > 0)
                _log.Warn($"group {state.Name}: {state.FaultyBindings} lines of the state file {state.BindingsFile!.Path} are not understood and ignored");
            state.FaultyBindings = 0;
            files.Add(state.BindingsFile!);
        }
        _keeper.Use(files);
    }

    private void CheckSources(GatewayConfig config)
    {
        foreach (DirectExitConfig exit in config.Exits.OfType<DirectExitConfig>())
        {
            if (exit.Prefix is { } prefix && !LocalRoutes.Cover(prefix))
                _log.Warn($"exit {exit.Name}: answers to the addresses of {prefix} do not end at this host; run: ip -6 route add local {prefix} dev lo");
            // With source NAT an exit is shut until its rules are there, and says so itself.
            if (exit.Address is { } address && !config.Snat.Enabled && !IsOnHost(address))
                _log.Warn($"exit {exit.Name}: the address {address} is not on this host, and every connection through it fails; add it with `ip addr add`, or use `snat` (docs/operations.md)");
        }
    }

    // What can be bound is ours: interfaces do not list all of 127.0.0.0/8, nor networks that are routed to this host as a whole.
    private bool IsOnHost(IPAddress address)
    {
        try
        {
            _transport.BindUdp(new IPEndPoint(address, 0)).Dispose();
            return true;
        }
        catch (System.Net.Sockets.SocketException exception)
        {
            return exception.SocketErrorCode != System.Net.Sockets.SocketError.AddressNotAvailable;
        }
    }

    private void CheckHiddenNames(GatewayConfig config)
    {
        foreach ((string exit, string name) in NamesInTheClear.Find(config))
            _log.Warn($"exit {exit}: ECH hides {name} in TLS, but the system's resolver asks for it in plain DNS; set `dns.doh`, or dial an address");
    }

    // A listener on port 0 has a port of its own choosing, so its inbound's name is part of what it is.
    private static ListenerKey KeyOf(InboundConfig inbound) => new(inbound.Listen, inbound.Listen.Port == 0 ? inbound.Name : null);

    private readonly record struct ListenerKey(IPEndPoint EndPoint, string? Name);
}
