using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Exits.Tunnel;
using MultiExit.Engine.Multiplexing;
using MultiExit.Engine.Multiplexing.EchTunnel;
using MultiExit.Engine.Multiplexing.Tunnel;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.EchTunnel;
using MultiExit.Engine.States;
using MultiExit.Engine.Status;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Exits.EchTunnel;

/// <summary>Through an ECH tunnel server: every connection is a session on one of several carriers (docs/protocols.md).</summary>
internal sealed class EchTunnelExit : IExit, IRetirable
{
    private const int MaxAttempts = 3;

    private readonly EchTunnelExitConfig _config;
    private readonly EchTunnelCarriers _carriers;
    private readonly CarrierWatch _watch;
    private readonly EchTunnelHeldCarriers _held;
    private readonly TunnelDialer _frames;
    private readonly EchTunnelConnector _connector;
    private readonly DeadlinePool _deadlines;
    private readonly TimeSpan _timeout;

    /// <param name="config">The exit.</param>
    /// <param name="connector">Opens carriers.</param>
    /// <param name="timeout">How long a dial may take where the exit has no time-out of its own.</param>
    /// <param name="time">The clock.</param>
    /// <param name="health">Hears when its carriers are lost.</param>
    public EchTunnelExit(EchTunnelExitConfig config, EchTunnelConnector connector, TimeSpan timeout, TimeProvider time, CarrierHealth health)
    {
        _config = config;
        _connector = connector;
        _timeout = config.Timeout ?? timeout;
        _deadlines = new DeadlinePool(time);
        _watch = new CarrierWatch(health);
        _carriers = new EchTunnelCarriers(config, connector, time, _watch);
        _held = new EchTunnelHeldCarriers(() => new EchTunnelCarriers(config, connector, time), time);
        _frames = new TunnelDialer(this, config.Server, _timeout, _carriers.GetWithFramesAsync);
    }

    public string Name => _config.Name;

    public string? Country => _config.Country;

    public ExitExplanation Explain(ExplainStep step) => _connector.Explain(this, step);

    /// <summary>The carriers that live now.</summary>
    public IReadOnlyList<ICarrier> Carriers => [.. _carriers.Live, .. _held.Sets.SelectMany(set => set.Live)];

    public async ValueTask<DialResult> DialAsync(Destination destination, DialContext context, CancellationToken cancellationToken)
    {
        using Deadline deadline = _deadlines.Start(_timeout, cancellationToken);
        using CarriedHops.Dial counted = _connector.Hops.Begin(context.Hops);
        IReadOnlyList<ICarrier> live = [];
        try
        {
            for (int attempt = 1; ; attempt++)
            {
                IReaderHold? hold = context.Hold?.Group is null ? null : context.Hold;
                live = await GetCarriersAsync(hold, deadline.Token).ConfigureAwait(false);
                if (live.Any(carrier => carrier is TunnelSession))
                    return await _frames.DialAsync(destination, context, deadline, cancellationToken).ConfigureAwait(false);
                try
                {
                    (EchTunnelClientCarrier carrier, Guid id) =
                        await EchTunnelClaim.RunAsync([.. live.OfType<EchTunnelClientCarrier>()], deadline.Token).ConfigureAwait(false);
                    return await DialPlainAsync(carrier, id, destination, context, hold, attempt < MaxAttempts, deadline, cancellationToken)
                        .ConfigureAwait(false);
                }
                catch (EchTunnelClaimLostException) when (attempt < MaxAttempts)
                {
                    // The server was not asked for the target yet, or the target was sent nothing: it is safe to run the race again.
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The server's answers are queued after data that one of our own limits holds back: no fault of the server.
            return live.Any(carrier => carrier is EchTunnelClientCarrier plain && plain.ReadingFor < _timeout) ? Fail(DialFailure.TimedOut, HeldUp)
                : Fail(DialFailure.ProxyUnreachable, $"no carrier to {_config.Server} within {DurationText.Seconds(_timeout)}");
        }
        catch (Exception exception) when (IsOfServer(exception))
        {
            return Fail(CarrierException.FailureOf(exception), exception.Message);
        }
    }

    public async ValueTask<UdpOpenResult> OpenUdpAsync(DialContext context, CancellationToken cancellationToken)
    {
        using Deadline deadline = _deadlines.Start(_timeout, cancellationToken);
        try
        {
            // Datagrams hold no carrier back, since a datagram that waits too long is dropped. So they need no carrier apart from sessions that do.
            IReadOnlyList<ICarrier> live = await _carriers.GetAsync(deadline.Token).ConfigureAwait(false);
            if (live.Any(carrier => carrier is TunnelSession)) return await _frames.OpenUdpAsync(deadline, cancellationToken).ConfigureAwait(false);
            return UdpOpenResult.Success(new EchTunnelDatagrams(live.OfType<EchTunnelClientCarrier>().MinBy(carrier => carrier.Index)!));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return UdpOpenResult.Failed(
                this, DialFailure.ProxyUnreachable, $"no carrier to {_config.Server} within {DurationText.Seconds(_timeout)}");
        }
        catch (Exception exception) when (IsOfServer(exception))
        {
            return UdpOpenResult.Failed(this, CarrierException.FailureOf(exception), exception.Message);
        }
    }

    public int ConnectionCount => Carriers.Count;

    public void Open()
    {
        _watch.Begin();
        _carriers.OpenFirst();
    }

    public void Retire()
    {
        _carriers.Retire();
        _held.Retire();
    }

    public async ValueTask DisposeAsync()
    {
        await _carriers.DisposeAsync().ConfigureAwait(false);
        await _held.DisposeAsync().ConfigureAwait(false);
    }

    // Frames have credit, which holds back one session and no other; the plain format has none.
    private async ValueTask<IReadOnlyList<ICarrier>> GetCarriersAsync(IReaderHold? hold, CancellationToken cancellationToken)
    {
        IReadOnlyList<ICarrier> live = await _carriers.GetAsync(cancellationToken).ConfigureAwait(false);
        return hold?.Group is not { } group || live.Any(carrier => carrier is TunnelSession) ? live
            : await _held.For(group).GetAsync(cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<DialResult> DialPlainAsync(
        EchTunnelClientCarrier carrier, Guid id, Destination destination, DialContext context, IReaderHold? hold, bool again, Deadline deadline,
        CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> first = context.FirstPayload[..Math.Min(context.FirstPayload.Length, EchTunnelWire.MaxFirstFrame)];
        if (context.Trace is { } trace) trace.Left = carrier.Left;
        EchTunnelStream stream = await carrier.OpenAsync(id, destination, first, hold, deadline.Token).ConfigureAwait(false);
        try
        {
            Task connected = stream.Connected;
            // The answer may be queued after data that a slow reader leaves unread for long.
            if (again && first.IsEmpty && await Task.WhenAny(connected, carrier.Slow).WaitAsync(deadline.Token).ConfigureAwait(false) != connected)
                throw new EchTunnelClaimLostException(new IOException("the carrier waits for a slow reader"));
            await connected.WaitAsync(deadline.Token).ConfigureAwait(false);
            return DialResult.Success(stream, null, this, first.Length);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            return Fail(DialFailure.TimedOut, carrier.ReadingFor < _timeout ? HeldUp
                : $"the ECH tunnel server did not answer within {DurationText.Seconds(_timeout)}");
        }
        catch (IOException exception)
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            return carrier.Failure is { } failure
                ? Fail(DialFailure.ProxyUnreachable, $"the carrier to {_config.Server} ended: {failure.Message}")
                : Fail(DialFailure.General, exception.Message);
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private string HeldUp => $"no answer within {DurationText.Seconds(_timeout)}, since it comes behind data of sessions that do not take theirs as fast; "
        + "where that is due to a `bandwidth` limit, raise it, or the exit's `carriers`";

    private DialResult Fail(DialFailure failure, string detail) => DialResult.Failed(this, failure, detail);

    private static bool IsOfServer(Exception exception) => exception is IOException or ProxyException or ObjectDisposedException;
}
