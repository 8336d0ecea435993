using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Exits;
using MultiExit.Engine.Server;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Probing;

/// <summary>Measures a proxy or an exit: how long connections and answers take, and how many bytes go through. No server has to run for it.</summary>
public static class TunnelMeasure
{
    /// <summary>The most connections at once.</summary>
    public const int MaxParallel = 64;

    private static readonly TimeProvider Time = TimeProvider.System;

    /// <summary>Measures it.</summary>
    /// <param name="request">What to measure.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellationToken">Ends it at once.</param>
    /// <exception cref="ProxyException">The way cannot be read, the far end is not reached (<see cref="ProxyError.MeasurementFailed"/>), or the
    /// configuration has no such exit.</exception>
    public static async Task<TunnelMeasureResult> RunAsync(
        TunnelMeasureRequest request, MeasureProgress progress, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(progress);
        ArgumentOutOfRangeException.ThrowIfNotEqual(request.Parallel is >= 1 and <= MaxParallel, true, nameof(request));
        GatewayConfig config = request.Exit is null ? TunnelTest.Read(request.Through!, request.Token, request.TunnelKey, request.Login, request.FullPath,
            request.ConnectTimeout, oneCarrier: false) : request.Config!;
        string name = request.Exit ?? config.Exits[0].Name;
        ExitConfig? way = config.Exits.FirstOrDefault(exit => exit.Name == name);
        PortableTransport transport = new();
        await using (transport.ConfigureAwait(false))
        {
            SystemNameResolver resolver = new(Time);
            ExitSet exits = ExitFactory.Build(config, transport, resolver, Time);
            await using (exits.ConfigureAwait(false))
            {
                if (!exits.TryGet(name, out IExit? exit)) throw new ProxyException(ProxyError.InvalidConfiguration, $"no exit or group is named {name}");
                exits.Open();
                IPAddress? own = request.Target is null ? await OwnAddressAsync(way, transport, resolver, cancellationToken).ConfigureAwait(false) : null;
                OwnTarget? target = own is null ? null : new OwnTarget(transport, own);
                try
                {
                    string through = request.Exit ?? (way?.Hop is { } hop ? $"{TunnelTest.SchemeOf(request.Through!)}://{hop.Server}" : "direct");
                    Measurement measurement = new(request, exit, target, through, progress, Time);
                    return await measurement.RunAsync(cancellationToken).ConfigureAwait(false);
                }
                finally
                {
                    if (target is not null) await target.DisposeAsync().ConfigureAwait(false);
                }
            }
        }
    }

    // The address by which the proxy may see this machine: the one that packets to it leave from.
    private static async Task<IPAddress> OwnAddressAsync(
        ExitConfig? way, PortableTransport transport, SystemNameResolver resolver, CancellationToken cancellationToken)
    {
        if (way?.Hop is not { Via: null } hop) return IPAddress.Loopback;
        IPAddress? peer = hop.Server.Address;
        if (peer is null)
        {
            NameResult resolved = await resolver.ResolveAsync(hop.Server.Host, cancellationToken).ConfigureAwait(false);
            peer = resolved.Succeeded ? resolved.Addresses[0] : null;
        }
        if (peer is null || IPAddress.IsLoopback(peer)) return IPAddress.Loopback;
        bool isV4 = peer.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork;
        using UdpSocket asked = transport.BindUdp(new IPEndPoint(isV4 ? IPAddress.Any : IPAddress.IPv6Any, 0));
        IPAddress address = asked.AddressTo(peer);
        return address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) ? IPAddress.Loopback : address;
    }
}
