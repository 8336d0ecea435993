using MultiExit.Engine.Identity;
using MultiExit.Engine.Inbounds.Shadowsocks;
using MultiExit.Engine.Inbounds.Tunnel;

namespace MultiExit.Engine.Inbounds;

/// <summary>The state of a server's inbounds at run time. A reload makes new inbounds, which find it again by their names. Thread-safe.</summary>
internal sealed class InboundStates(TimeProvider time, PasswordVerifier? passwords = null)
{
    private volatile IFleetReplays? _fleetReplays;

    /// <summary>The handshakes that other nodes of the fleet have answered; null: each server looks for replays alone.</summary>
    public IFleetReplays? FleetReplays
    {
        get => _fleetReplays;
        set => _fleetReplays = value;
    }

    /// <summary>The handshakes that tunnel inbounds have seen.</summary>
    public ReplayCache Replays { get; } = new();

    /// <summary>Since when they have been remembered.</summary>
    public ServerOpening Opening { get; } = new(time);

    /// <summary>How fast handshakes came to tunnel inbounds.</summary>
    public HandshakeRates Handshakes { get; } = new(time);

    /// <summary>The live UDP associations of SOCKS5 and Shadowsocks inbounds.</summary>
    public UdpQuota Associations { get; } = new();

    /// <summary>What shadowsocks inbounds remember.</summary>
    public ShadowsocksStates Shadowsocks { get; } = new(time);

    /// <summary>How much the keys and tokens of inbounds are in use.</summary>
    public SecretUses Secrets { get; } = new();

    /// <summary>The users of inbounds.</summary>
    public UserDirectories Users { get; } = new(time, passwords ?? new PasswordVerifier(time));

    /// <summary>Drops entries that no longer matter. Called periodically.</summary>
    public void Sweep() => Handshakes.Sweep();
}
