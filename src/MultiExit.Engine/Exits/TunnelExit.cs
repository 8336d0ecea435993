using System.Net;
using System.Security.Authentication;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Multiplexing;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Socks5;
using MultiExit.Engine.Protocols.Tunnel;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Exits;

/// <summary>Through a tunnel server: every connection is a stream on one of a few carriers (docs/protocols.md).</summary>
internal sealed class TunnelExit : IExit, IRetirable
{
    // The first payload rides on CONNECT when it fits one frame well; more follows as data.
    private const int MaxFirstPayload = 8 * 1024;
    private const int MaxAttempts = 3;

    private readonly TunnelExitConfig _config;
    private readonly CarrierPool<TunnelSession> _pool;
    private readonly DeadlinePool _deadlines;
    private readonly TimeSpan _timeout;

    /// <param name="config">The exit.</param>
    /// <param name="connector">Opens carriers.</param>
    /// <param name="timeout">How long a dial may take where the exit has no time-out of its own.</param>
    /// <param name="time">The clock.</param>
    public TunnelExit(TunnelExitConfig config, TunnelConnector connector, TimeSpan timeout, TimeProvider time)
    {
        _config = config;
        _timeout = config.Timeout ?? timeout;
        _deadlines = new DeadlinePool(time);
        _pool = new CarrierPool<TunnelSession>(config.Carriers, connector.ConnectAsync, time);
    }

    public string Name => _config.Name;

    /// <summary>The carriers that live now.</summary>
    public IReadOnlyList<TunnelSession> Carriers => _pool.Carriers;

    public async ValueTask<DialResult> DialAsync(Destination destination, DialContext context, CancellationToken cancellationToken)
    {
        using Deadline deadline = _deadlines.Start(_timeout, cancellationToken);
        TunnelStream? stream = null;
        try
        {
            for (int attempt = 1; ; attempt++)
            {
                TunnelSession carrier = await _pool.GetAsync(deadline.Token).ConfigureAwait(false);
                ReadOnlyMemory<byte> first = context.FirstPayload[..Math.Min(context.FirstPayload.Length, MaxFirstPayload)];
                stream = carrier.TryOpenStream(destination, ref first);
                if (stream is null) continue; // it was going away
                try
                {
                    TunnelAnswer answer = await stream.Answer.WaitAsync(deadline.Token).ConfigureAwait(false);
                    if (answer.Reply != Socks5Reply.Succeeded)
                        return Fail(ref stream, Socks5Failures.ToFailure(answer.Reply), $"the tunnel server answered {answer.Reply}");
                    TunnelStream opened = stream;
                    stream = null;
                    return DialResult.Success(opened, Known(answer.Bound), this, first.Length);
                }
                catch (TunnelResetException reset) when (reset.Code == TunnelResetCode.Refused && attempt < MaxAttempts)
                {
                    // Not looked at there: safe to ask elsewhere.
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return stream is null
                ? Fail(ref stream, DialFailure.ProxyUnreachable, $"no carrier to {_config.Server} within {_timeout.TotalSeconds:0.###} s")
                : Fail(ref stream, DialFailure.TimedOut, $"the tunnel server did not answer within {_timeout.TotalSeconds:0.###} s");
        }
        catch (Exception exception) when (exception is IOException or AuthenticationException or ProxyException or ObjectDisposedException)
        {
            return Fail(ref stream, exception is AuthenticationException ? DialFailure.ProxyAuthenticationFailed : DialFailure.ProxyUnreachable, exception.Message);
        }
        finally
        {
            if (stream is not null) await stream.DisposeAsync().ConfigureAwait(false);
        }
    }

    public async ValueTask<UdpOpenResult> OpenUdpAsync(DialContext context, CancellationToken cancellationToken)
    {
        using Deadline deadline = _deadlines.Start(_timeout, cancellationToken);
        TunnelDatagrams? datagrams = null;
        try
        {
            for (int attempt = 1; ; attempt++)
            {
                datagrams = (await _pool.GetAsync(deadline.Token).ConfigureAwait(false)).TryOpenDatagrams();
                if (datagrams is null) continue; // it was going away
                try
                {
                    TunnelAnswer answer = await datagrams.Answer.WaitAsync(deadline.Token).ConfigureAwait(false);
                    if (answer.Reply == Socks5Reply.Succeeded) return UdpOpenResult.Success(datagrams);
                    await datagrams.DisposeAsync().ConfigureAwait(false);
                    return UdpOpenResult.Failed(Socks5Failures.ToFailure(answer.Reply), $"{Name}: the tunnel server answered {answer.Reply}");
                }
                catch (TunnelResetException reset) when (reset.Code == TunnelResetCode.Refused && attempt < MaxAttempts)
                {
                    // Not looked at there: safe to ask elsewhere.
                }
            }
        }
        catch (Exception exception) when (exception is IOException or AuthenticationException or ProxyException or ObjectDisposedException
            || exception is OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            if (datagrams is not null) await datagrams.DisposeAsync().ConfigureAwait(false);
            return UdpOpenResult.Failed(DialFailure.ProxyUnreachable, $"{Name}: {exception.Message}");
        }
    }

    public void Retire() => _pool.Retire();

    public ValueTask DisposeAsync() => _pool.DisposeAsync();

    private DialResult Fail(ref TunnelStream? stream, DialFailure failure, string detail)
    {
        stream?.Dispose();
        stream = null;
        return DialResult.Failed(failure, $"{Name}: {detail}", this);
    }

    private static IPEndPoint? Known(Destination bound) =>
        bound.Address is { } address && !(address.Equals(IPAddress.Any) && bound.Port == 0) ? bound.ToEndPoint() : null;
}
