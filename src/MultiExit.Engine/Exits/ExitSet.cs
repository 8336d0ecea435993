using System.Collections.ObjectModel;
using System.Diagnostics.CodeAnalysis;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Snat;
using MultiExit.Engine.States;
using MultiExit.Engine.Tls;

namespace MultiExit.Engine.Exits;

/// <summary>All exits and groups of a configuration by name. Immutable; <c>direct</c> and <c>block</c> are always in it.</summary>
internal sealed class ExitSet(
    IReadOnlyDictionary<string, IExit> exits, ExitStates states, SnatGuard? snat = null,
    IReadOnlyDictionary<string, HealthConfig>? healthChecks = null) : IAsyncDisposable
{
    /// <summary>The exits and groups, in no particular order.</summary>
    public IEnumerable<IExit> All => exits.Values;

    /// <summary>The states of these exits and of those that came before them.</summary>
    public ExitStates States => states;

    /// <summary>The gate for exits that wait for source NAT; null: no exit can wait.</summary>
    public SnatGuard? Snat => snat;

    /// <summary>TLS towards servers, which is made of files.</summary>
    public IReadOnlyList<TlsClient> Tls { get; init; } = [];

    /// <summary>The health checks of the exits, by their names; exits without a check are not in it.</summary>
    public IReadOnlyDictionary<string, HealthConfig> HealthChecks { get; } = healthChecks ?? ReadOnlyDictionary<string, HealthConfig>.Empty;

    /// <summary>Builds an exit that becomes a member of a group at run time, with its state. It may go through exits of this set.</summary>
    public Func<ExitConfig, ExitState, IExit> Member { get; init; } = static (_, _) => throw new NotSupportedException();

    public bool TryGet(string name, [NotNullWhen(true)] out IExit? exit) => exits.TryGetValue(name, out exit);

    /// <summary>The set is in force now: exits that keep connections of their own open the first.</summary>
    public void Open()
    {
        foreach (ExitState state in states.All)
            if (!TryGet(state.Name, out IExit? exit) || exit is not IRetirable) state.Carriers.Use(null);
        foreach (IRetirable exit in All.OfType<IRetirable>()) exit.Open();
    }

    /// <summary>Called when another set is in force: connections that exits keep of their own end with their last stream.</summary>
    public void Retire()
    {
        foreach (IRetirable exit in All.OfType<IRetirable>()) exit.Retire();
    }

    /// <summary>Ends the connections that exits keep of their own.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (IRetirable exit in All.OfType<IRetirable>()) await exit.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>The exit or group of a name that the configuration refers to.</summary>
    /// <exception cref="ProxyException">There is none.</exception>
    public IExit Get(string name) => TryGet(name, out IExit? exit)
        ? exit
        : throw new ProxyException(ProxyError.InvalidConfiguration, $"there is no exit or group named {name}");
}
