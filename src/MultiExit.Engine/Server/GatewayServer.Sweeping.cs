using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.DataPath;

namespace MultiExit.Engine.Server;

/// <content>What is done again and again.</content>
public sealed partial class GatewayServer
{
    private void Sweep()
    {
        LimitsConfig limits = _config.Limits;
        _descriptors.Sweep();
        _carriedWatch.Sweep();
        _connections.SweepHandshakes(limits.HandshakeTimeout, limits.Connections);
        _sessions.SweepIdle(limits.IdleTimeout);
        SweepSnat();
        SweepPools();
        SweepLimits();
        CutThoseOfDownExits();
        SweepCertificates();
        SweepGeo();
        _members.Sweep();
        _events.Sweep();
        if (_config.Inbounds.Any(inbound => !inbound.AllowsPrivateDestinations)) PrivateDestinations.DiscoverNat64();
    }
}
