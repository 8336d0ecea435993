using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Protocols.Shadowsocks;
using MultiExit.Engine.Takeover;

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

    /// <summary>What another process has to refuse as this one would.</summary>
    public IReadOnlyList<HandedSalts> Export()
    {
        lock (_lock)
        {
            return [.. _states.Select(state => new HandedSalts(
                state.Key.Inbound, state.Key.Is2022, state.Value.Salts.Export(), state.Value.DatagramSalts.Export()))];
        }
    }

    /// <summary>Takes what another process remembers of inbounds.</summary>
    public void Import(IReadOnlyList<HandedSalts> handed)
    {
        lock (_lock)
        {
            foreach (HandedSalts salts in handed)
            {
                if (!_states.TryGetValue((salts.Inbound, salts.Is2022), out ShadowsocksState? state)) continue;
                state.Salts.Import(salts.Streams);
                state.DatagramSalts.Import(salts.Datagrams);
            }
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
