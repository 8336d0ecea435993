using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Inbounds;

namespace MultiExit.Engine.Services;

/// <summary>What a configuration needs of the system that runs it as a service.</summary>
/// <param name="Capabilities">The capabilities (capabilities(7)), in a fixed order.</param>
/// <param name="Descriptors">The most descriptors that it may open.</param>
/// <param name="StopSeconds">How long a stop may take, in seconds.</param>
/// <param name="Sockets">The ports that systemd opens.</param>
internal sealed record ServiceNeeds(
    IReadOnlyList<string> Capabilities, int Descriptors, int StopSeconds, IReadOnlyList<ConfiguredListener> Sockets)
{
    private const int FirstOpenPort = 1024;

    // A session may be a connection in, one out and the two ends of a pipe, for each hop; beside them the server has its own files.
    private const int DescriptorsPerConnection = 6, OwnDescriptors = 4096, MostDescriptors = 1 << 20;

    // What the engine does behind the drain: the records' last batch, the history, the sockets.
    private const int BehindDrain = 15;

    /// <param name="config">The configuration.</param>
    /// <param name="hasSockets">Whether systemd opens the sockets of inbounds.</param>
    public static ServiceNeeds Of(GatewayConfig config, bool hasSockets = false)
    {
        // Those of a transparent inbound have options that only the server sets, and port 0 is another one each time.
        ConfiguredListener[] sockets = !hasSockets ? [] : [.. config.Inbounds.Where(inbound => inbound is not TransparentInboundConfig)
            .SelectMany(ConfiguredListener.Of).Where(listener => listener.EndPoint.Port > 0)];
        List<string> capabilities = [];
        if (ConfiguredListener.Of(config).Except(sockets).Any(own => own.EndPoint.Port is > 0 and < FirstOpenPort)) capabilities.Add("CAP_NET_BIND_SERVICE");
        if (IsNetworkAdministrator(config)) capabilities.Add("CAP_NET_ADMIN");
        if (config.Exits.OfType<DirectExitConfig>().Any(exit => exit.Interface is not null)) capabilities.Add("CAP_NET_RAW");
        long descriptors = (long)config.Limits.Connections * DescriptorsPerConnection + OwnDescriptors;
        int stop = (int)Math.Ceiling(config.Limits.DrainTimeout.TotalSeconds) + BehindDrain;
        return new ServiceNeeds(capabilities, (int)Math.Min(descriptors, MostDescriptors), stop, sockets);
    }

    // SO_MARK and IP_TRANSPARENT (socket(7), ip(7)) are for those alone who may administer the network.
    private static bool IsNetworkAdministrator(GatewayConfig config) => config.Snat.Enabled
        || config.Exits.OfType<DirectExitConfig>().Any(exit => exit.Mark is not null)
        || config.Inbounds.OfType<TransparentInboundConfig>().Any(inbound => inbound.Mode == TransparentMode.Tproxy);
}
