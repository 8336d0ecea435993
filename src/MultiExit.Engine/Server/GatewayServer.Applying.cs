using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Dispatching;
using MultiExit.Engine.Exits;
using MultiExit.Engine.Exits.Direct;
using MultiExit.Engine.Health;
using MultiExit.Engine.Inbounds;
using MultiExit.Engine.Listening;
using MultiExit.Engine.Routing;
using MultiExit.Engine.Tls;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Server;

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
        ExitSet exits = ExitFactory.Build(config, _transport, resolver, _options.Time, _exitStates, _options.System, _log, groups: _groupStates,
            protocols: _options.Protocols);
        List<InboundRuntime> runtimes = [];
        Dictionary<ListenerKey, InboundListener> present = _listeners.ToDictionary(listener => KeyOf(listener.Runtime.Config));
        List<InboundListener> bound = [];
        try
        {
            _usage.KeepIn(config.Limits.UsageFile);
            BuildInbounds(config, exits, resolver, runtimes);
            foreach (InboundRuntime runtime in runtimes.Where(runtime => !present.ContainsKey(KeyOf(runtime.Config))))
                bound.Add(new InboundListener(ListenerBinding.Bind(_transport, runtime.Config.Listen), runtime, _connections, _logins, _counters, _log));
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
        KeepBindings(config);
        WarnOf(config);
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
        _logins.Apply(config.Limits.Lockout, config.Inbounds.SelectMany(inbound => inbound.Accounts).Select(account => account.Name));
        _listeners = inForce;
        _inboundStates.Secrets.Keep(config.Inbounds);
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
        InboundParts parts = new(config.Limits, _transport, _options.Time, _log, _counters, _inboundStates);
        foreach (InboundConfig inboundConfig in config.Inbounds)
        {
            TlsServer? tls = BuildTls(inboundConfig);
            IInbound inbound = _options.Protocols.Create(inboundConfig, parts);
            runtimes.Add(new InboundRuntime(inboundConfig, inbound, tls, dispatcher, config.Limits));
        }
    }

    private TlsServer? BuildTls(InboundConfig inbound)
    {
        if (inbound.Tls is null) return null;
        return new TlsServer(inbound.Tls, _options.Time, inbound.OnlyTls13);
    }

    private void KeepBindings(GatewayConfig config) =>
        _keeper.Use([.. config.Groups.Where(group => group.StateFile is not null).Select(group => _groupStates.Get(group.Name).File!)]);

    // A listener on port 0 has a port of its own choosing, so its inbound's name is part of what it is.
    private static ListenerKey KeyOf(InboundConfig inbound) => new(inbound.Listen, inbound.Listen.Port == 0 ? inbound.Name : null);

    private readonly record struct ListenerKey(IPEndPoint EndPoint, string? Name);
}
