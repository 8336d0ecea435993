using System.Collections.Concurrent;
using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Takeover;

namespace MultiExit.Engine.States.Leases;

/// <summary>The leases of a server, by their addresses: exits of one address have one. Thread-safe.</summary>
/// <param name="time">The clock.</param>
/// <param name="log">The log; null for none.</param>
/// <param name="isOnHost">Whether an address is on this host; null: it is not looked at.</param>
internal sealed class ExitLeases(TimeProvider time, EngineLog? log = null, Func<IPAddress, bool>? isOnHost = null)
{
    private readonly ConcurrentDictionary<IPAddress, ExitLease> _leases = new();
    private volatile Dictionary<ExitLease, ExitState[]> _users = [];
    private volatile string? _realm;
    private volatile Action _wake = static () => { };
    private volatile bool _looks;

    /// <summary>Whether another process of this host has taken over, which keeps the leases.</summary>
    public bool IsHandedOver { get; set; }

    /// <summary>Whether a process before this one still has connections from the addresses: leases that end are not given back, they run out.</summary>
    public bool HasPredecessor { get; set; }

    /// <summary>Asks for a lease soon.</summary>
    public Action Wake
    {
        get => _wake;
        set => _wake = value;
    }

    /// <summary>The store, fleet and node that leases are of; null: there are none.</summary>
    public string? Realm => _realm;

    /// <summary>Names what leases are of.</summary>
    public static string? RealmOf(FleetConfig? fleet) => fleet is null ? null : $"{fleet.Store} {fleet.Name} {fleet.Node}";

    /// <summary>The lease of an address.</summary>
    public ExitLease Of(IPAddress address) => _leases.GetOrAdd(address, address => new ExitLease(address, time, log));

    /// <summary>A configuration is in force.</summary>
    public void Use(GatewayConfig config, ExitStates states)
    {
        string? realm = RealmOf(config.Fleet);
        if (realm != _realm)
            foreach (ExitLease lease in _leases.Values) lease.End("the server is no node of that fleet any more", isLoss: false);
        _looks = !config.Snat.Enabled;
        Dictionary<ExitLease, ExitState[]> users = config.Exits.OfType<DirectExitConfig>().Where(exit => exit is { Lease: true, Address: not null })
            .GroupBy(exit => Of(exit.Address!)).ToDictionary(exits => exits.Key, exits => exits.Select(exit => states.Own(exit.Name)).ToArray());
        foreach (ExitState state in states.All) state.Lease = null;
        foreach ((ExitLease lease, ExitState[] exits) in users)
        {
            lease.Exit = exits[0].Name;
            foreach (ExitState exit in exits) exit.Lease = lease;
        }
        (_users, _realm) = (users, realm);
        foreach (ExitLease lease in _leases.Values)
            if (!users.ContainsKey(lease) && !lease.IsHeld) _leases.TryRemove(lease.Address, out _);
        _wake();
    }

    /// <summary>The leases that this node needs now: those of exits that may be used, and those that still have connections. Others end.</summary>
    public IReadOnlyList<ExitLease> Choose()
    {
        List<ExitLease> needed = [];
        foreach (ExitLease lease in _leases.Values)
        {
            if (_looks && isOnHost?.Invoke(lease.Address) == false) lease.End("the address is not on this host");
            else if (lease is { IsHeld: true, HasOpen: true } || IsWanted(lease)) needed.Add(lease);
            else lease.End("no exit needs it", isLoss: false);
        }
        return needed;
    }

    /// <summary>Ends all of them.</summary>
    public void Close()
    {
        _realm = null;
        _users = [];
        foreach (ExitLease lease in _leases.Values) lease.End("the server stops", isLoss: false);
    }

    /// <summary>What another process of this host goes on with.</summary>
    public IReadOnlyList<HandedLease> Export() => _realm is not { } realm ? []
        : [.. from lease in _leases.Values
            let grant = lease.Current
            where grant is not null
            select new HandedLease(lease.Address.ToString(), realm, grant.Holder.Node, grant.Holder.Epoch, grant.Holder.Token, grant.Until)];

    /// <summary>Goes on with what the process before had.</summary>
    public void Import(IReadOnlyList<HandedLease> handed)
    {
        HasPredecessor = handed.Count > 0;
        foreach (HandedLease lease in handed)
        {
            if (lease.Realm != _realm || !IPAddress.TryParse(lease.Address, out IPAddress? address)) continue;
            if (_leases.TryGetValue(address, out ExitLease? own) && _users.ContainsKey(own))
                own.Take(new LeaseHolder(lease.Node, lease.Epoch, lease.Token), lease.Until);
        }
    }

    /// <summary>What the process that has taken over has now: the connections of this one may last as long.</summary>
    public void Follow(IReadOnlyList<HandedLease> handed)
    {
        Dictionary<string, long> until = handed.ToDictionary(lease => lease.Address, lease => lease.Until, StringComparer.Ordinal);
        foreach (ExitLease lease in _leases.Values)
        {
            if (until.TryGetValue(lease.Address.ToString(), out long end)) lease.Extend(end);
            else lease.End("the process that has taken over has no lease of it");
        }
    }

    private bool IsWanted(ExitLease lease) =>
        _users.TryGetValue(lease, out ExitState[]? exits) && exits.Any(exit => exit is { Disabled: false, SetupRefusal: null });
}
