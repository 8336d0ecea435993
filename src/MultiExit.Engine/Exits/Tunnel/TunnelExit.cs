using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Multiplexing;
using MultiExit.Engine.Multiplexing.Tunnel;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.States;
using MultiExit.Engine.Status;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Exits.Tunnel;

/// <summary>Through a tunnel server: every connection is a stream on one of a few carriers (docs/protocols.md).</summary>
internal sealed class TunnelExit : IExit, IRetirable
{
    private readonly TunnelExitConfig _config;
    private readonly CarrierPool<TunnelSession> _pool;
    private readonly CarrierWatch _watch;
    private readonly TunnelDialer _dialer;
    private readonly TunnelConnector _connector;
    private readonly DeadlinePool _deadlines;
    private readonly TimeSpan _timeout;

    /// <param name="config">The exit.</param>
    /// <param name="connector">Opens carriers.</param>
    /// <param name="timeout">How long a dial may take where the exit has no time-out of its own.</param>
    /// <param name="time">The clock.</param>
    /// <param name="health">Hears when its carriers are lost.</param>
    public TunnelExit(TunnelExitConfig config, TunnelConnector connector, TimeSpan timeout, TimeProvider time, CarrierHealth health)
    {
        _config = config;
        _connector = connector;
        _timeout = config.Timeout ?? timeout;
        _deadlines = new DeadlinePool(time);
        _watch = new CarrierWatch(health);
        _pool = new CarrierPool<TunnelSession>(config.Carriers, connector.ConnectAsync, time, _watch.Add());
        _dialer = new TunnelDialer(this, config.Server, _timeout, _pool.GetAsync);
    }

    public string Name => _config.Name;

    public string? Country => _config.Country;

    public ExitExplanation Explain(ExplainStep step) => _connector.Explain(this, step) with { User = _config.User };

    /// <summary>The carriers that live now.</summary>
    public IReadOnlyList<TunnelSession> Carriers => _pool.Carriers;

    public async ValueTask<DialResult> DialAsync(Destination destination, DialContext context, CancellationToken cancellationToken)
    {
        using Deadline deadline = _deadlines.Start(_timeout, cancellationToken);
        using CarriedHops.Dial counted = _connector.Hops.Begin(context.Hops);
        return await _dialer.DialAsync(destination, context, deadline, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<UdpOpenResult> OpenUdpAsync(DialContext context, CancellationToken cancellationToken)
    {
        using Deadline deadline = _deadlines.Start(_timeout, cancellationToken);
        return await _dialer.OpenUdpAsync(deadline, cancellationToken).ConfigureAwait(false);
    }

    public int ConnectionCount => _pool.Carriers.Count;

    public void Open()
    {
        _watch.Begin();
        _pool.Open();
    }

    public void Retire() => _pool.Retire();

    public ValueTask DisposeAsync() => _pool.DisposeAsync();
}
