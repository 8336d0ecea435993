using MultiExit.Engine.Configuration;
using MultiExit.Engine.Exits;
using MultiExit.Engine.Sessions;

namespace MultiExit.Engine;

/// <content>Exits and users at run time.</content>
public sealed partial class GatewayServer
{
    /// <summary>The exits and groups in force: <c>direct</c> and <c>block</c>, then those of the configuration in its order.</summary>
    public IReadOnlyList<ExitStatus> GetExits()
    {
        GatewayConfig config = _config;
        ILookup<ExitState?, Session> live = _sessions.Live.ToLookup(session => session.ExitState);
        IReadOnlyDictionary<string, FreePorts> free = FreePorts.Of(_exitStates.All);
        return
        [
            StatusOf(DirectExit.ExitName, DirectExit.ExitName, [], live, free),
            StatusOf(BlockExit.ExitName, BlockExit.ExitName, [], live, free),
            .. config.Exits.Select(exit => StatusOf(exit.Name, exit.Type, [], live, free)),
            .. config.Groups.Select(group => StatusOf(group.Name, "group", group.Exits, live, free)),
        ];
    }

    /// <summary>The users who have had sessions since the server's start, by name; reloads do not touch their counts.</summary>
    public IReadOnlyList<UserStatus> GetUsers() => _sessions.GetUsers();

    /// <summary>Takes an exit or group out of use, or puts it back. It stays so across reloads, until the server ends.</summary>
    /// <param name="name">The exit or group.</param>
    /// <param name="enabled">Whether new connections may go to it. Groups pass over a disabled member; a rule that leads to a
    /// disabled exit fails. Proxies reached through it (<c>via</c>) still are.</param>
    /// <param name="cutSessions">When disabling: whether its live sessions end. For a group these are the sessions that
    /// rules sent to it.</param>
    /// <returns>How many sessions were cut.</returns>
    /// <exception cref="ProxyException">There is no exit or group of that name.</exception>
    public int SetExitEnabled(string name, bool enabled, bool cutSessions = false)
    {
        ArgumentNullException.ThrowIfNull(name);
        ExitState state = StateOf(name);
        state.Disabled = !enabled;
        if (enabled || !cutSessions) return 0;
        int cut = 0;
        foreach (Session session in _sessions.Live)
        {
            if (session.ExitState != state && session.RoutedTo != state) continue;
            session.Abort("exit-disabled");
            cut++;
        }
        return cut;
    }

    /// <summary>Gives an exit or group another share in groups with the strategy <c>weighted</c>. It holds, across reloads too,
    /// until a reload brings another configured weight for it, or the server ends.</summary>
    /// <param name="name">The exit or group.</param>
    /// <param name="weight">The share, 1 to 1000.</param>
    /// <exception cref="ProxyException">There is no exit or group of that name.</exception>
    public void SetExitWeight(string name, int weight)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentOutOfRangeException.ThrowIfLessThan(weight, ExitConfig.MinWeight);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(weight, ExitConfig.MaxWeight);
        StateOf(name).ChangeWeight(ConfiguredWeight(name), weight);
    }

    private ExitState StateOf(string name) => _exits?.TryGet(name, out _) == true
        ? _exitStates.Get(name)
        : throw new ProxyException(ProxyError.InvalidConfiguration, $"there is no exit or group named {name}");

    private int ConfiguredWeight(string name) => _config.Exits.FirstOrDefault(exit => exit.Name == name)?.Weight ?? ExitConfig.MinWeight;

    private ExitStatus StatusOf(
        string name, string type, IReadOnlyList<string> members, ILookup<ExitState?, Session> live, IReadOnlyDictionary<string, FreePorts> free)
    {
        ExitState state = _exitStates.Get(name);
        return new ExitStatus(
            name, type, members, !state.Disabled, state.WeightInForce(ConfiguredWeight(name)), state.Sessions, state.Dials,
            Enum.GetValues<DialFailure>().Where(failure => state.FailuresOf(failure) > 0)
                .ToDictionary(failure => failure.ToString(), state.FailuresOf, StringComparer.Ordinal),
            double.IsNaN(state.Latency) ? null : TimeSpan.FromMilliseconds(state.Latency),
            state.LastError,
            state.EndedBytesUp + live[state].Sum(session => session.BytesUp),
            state.EndedBytesDown + live[state].Sum(session => session.BytesDown),
            free.GetValueOrDefault(name)?.Destination,
            free.GetValueOrDefault(name)?.Count,
            state.Refusal);
    }
}
