using MultiExit.Engine.Balancing;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Fleet;
using MultiExit.Engine.Fleet.Pins;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Fleet;

/// <summary>A node with one sticky group of three exits: clients come and exchanges are made as a test says.</summary>
internal sealed class PinNode : IDisposable
{
    private readonly string _name;
    private readonly GroupStates _groups;
    private readonly SharedPins _work;
    private readonly Sticky _strategy;
    private readonly Member[] _members = Pools.Named("e0", "e1", "e2");
    private FleetMember? _member;
    private readonly WorkExchanges _exchanges = new();

    public PinNode(string name, TimeProvider time, TimeSpan lifetime, bool remembersAll = false)
    {
        _name = name;
        _groups = new GroupStates(time);
        StickyTable table = _groups.Get("pool").Bindings;
        table.Lifetime = lifetime;
        _strategy = new Sticky(BindingUnit.User, lifetime, table, remembersAll);
        _work = new SharedPins(_groups, time);
        _work.Start(() => IsWoken = true);
    }

    public bool IsWoken { get; private set; }

    /// <summary>The exits that are down here.</summary>
    public HashSet<string> Down { get; } = [];

    /// <summary>How many clients are remembered.</summary>
    public int Remembered => _groups.Get("pool").Bindings.Snapshot(out _).Count;

    public void Dispose() => _work.Dispose();

    public async Task JoinAsync(IFleetStore store) => _member = await ShareStoreContract.MemberAsync(store, _name);

    /// <summary>A connection of a user.</summary>
    /// <returns>The exit that serves it.</returns>
    public string Connect(string user)
    {
        DialContext context = Pools.From("192.0.2.1", user);
        Member[] up = [.. _members.Where(member => !Down.Contains(member.Exit.Name))];
        Member chosen = up[_strategy.Choose(up, null, context, 0)];
        _strategy.Served(_members, chosen, context);
        return chosen.Exit.Name;
    }

    /// <summary>An exchange, as a worker makes it: none beside one that has not ended.</summary>
    /// <returns>Whether it has succeeded.</returns>
    public Task<bool> ExchangeAsync(IFleetStore store)
    {
        if (_exchanges.AreOver) IsWoken = false;
        return _exchanges.RunAsync(_work, store, _member!);
    }
}
