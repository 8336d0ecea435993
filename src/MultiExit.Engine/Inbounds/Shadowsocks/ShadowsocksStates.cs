using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Protocols.Shadowsocks;

namespace MultiExit.Engine.Inbounds.Shadowsocks;

/// <summary>What the shadowsocks inbounds of a server remember. Outlives reloads. Thread-safe.</summary>
internal sealed class ShadowsocksStates(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Inbound, bool Is2022), ShadowsocksState> _states = [];

    /// <summary>That of an inbound; another kind of method has another one.</summary>
    public ShadowsocksState Of(string inbound, ShadowsocksMethod method)
    {
        lock (_lock)
        {
            if (!_states.TryGetValue((inbound, method.Is2022()), out ShadowsocksState? state))
                _states[(inbound, method.Is2022())] = state = new ShadowsocksState(method.Is2022(), time);
            return state;
        }
    }

    /// <summary>A configuration is in force: what is remembered of inbounds that it does not have is forgotten.</summary>
    public void Keep(IEnumerable<InboundConfig> inbounds)
    {
        HashSet<string> inForce = [.. inbounds.OfType<ShadowsocksInboundConfig>().Select(inbound => inbound.Name)];
        lock (_lock)
        {
            foreach ((string Inbound, bool) key in _states.Keys)
                if (!inForce.Contains(key.Inbound)) _states.Remove(key);
        }
    }
}
