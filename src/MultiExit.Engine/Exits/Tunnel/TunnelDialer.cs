using System.Net;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Multiplexing;
using MultiExit.Engine.Multiplexing.Tunnel;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Socks5;
using MultiExit.Engine.Protocols.Tunnel;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Exits.Tunnel;

/// <summary>Opens streams on carriers that speak the frames of the tunnel.</summary>
/// <param name="exit">The exit, for its results.</param>
/// <param name="server">The server, for error messages.</param>
/// <param name="timeout">How long a dial may take, for error messages.</param>
/// <param name="getCarrier">The carrier for the next stream; throws when there is none.</param>
internal sealed class TunnelDialer(IExit exit, Destination server, TimeSpan timeout, Func<CancellationToken, ValueTask<TunnelSession>> getCarrier)
{
    // The first payload rides on CONNECT when it fits one frame well; more follows as data.
    private const int MaxFirstPayload = 8 * 1024;
    private const int MaxAttempts = 3;

    /// <inheritdoc cref="IExit.DialAsync"/>
    public async ValueTask<DialResult> DialAsync(
        Destination destination, DialContext context, Deadline deadline, CancellationToken cancellationToken)
    {
        TunnelStream? stream = null;
        try
        {
            for (int attempt = 1; ; attempt++)
            {
                TunnelSession carrier = await getCarrier(deadline.Token).ConfigureAwait(false);
                ReadOnlyMemory<byte> first = context.FirstPayload[..Math.Min(context.FirstPayload.Length, MaxFirstPayload)];
                stream = carrier.TryOpenStream(destination, ref first);
                if (stream is null) continue; // it was going away
                if (context.Trace is { } trace) trace.Left = carrier.Left;
                try
                {
                    TunnelAnswer answer = await stream.Answer.WaitAsync(deadline.Token).ConfigureAwait(false);
                    if (answer.Reply != Socks5Reply.Succeeded)
                        return Fail(ref stream, Socks5Failures.ToFailure(answer.Reply), $"the tunnel server answered {answer.Reply}");
                    TunnelStream opened = stream;
                    stream = null;
                    return DialResult.Success(opened, Known(answer.Bound), exit, first.Length);
                }
                catch (TunnelResetException reset) when (reset.Code == TunnelResetCode.Refused && attempt < MaxAttempts)
                {
                    // The server has not looked at the request: it is safe to ask elsewhere.
                    await stream!.DisposeAsync().ConfigureAwait(false);
                    stream = null;
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return stream is null
                ? Fail(ref stream, DialFailure.ProxyUnreachable, $"no carrier to {server} within {DurationText.Seconds(timeout)}")
                : Fail(ref stream, DialFailure.TimedOut, $"the tunnel server did not answer within {DurationText.Seconds(timeout)}");
        }
        catch (Exception exception) when (exception is IOException or ProxyException or ObjectDisposedException)
        {
            return Fail(ref stream, CarrierException.FailureOf(exception), exception.Message);
        }
        finally
        {
            if (stream is not null) await stream.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <inheritdoc cref="IExit.OpenUdpAsync"/>
    public async ValueTask<UdpOpenResult> OpenUdpAsync(Deadline deadline, CancellationToken cancellationToken)
    {
        TunnelDatagrams? datagrams = null;
        try
        {
            for (int attempt = 1; ; attempt++)
            {
                datagrams = (await getCarrier(deadline.Token).ConfigureAwait(false)).TryOpenDatagrams();
                if (datagrams is null) continue; // it was going away
                try
                {
                    TunnelAnswer answer = await datagrams.Answer.WaitAsync(deadline.Token).ConfigureAwait(false);
                    if (answer.Reply != Socks5Reply.Succeeded)
                        return UdpOpenResult.Failed(exit, Socks5Failures.ToFailure(answer.Reply), $"the tunnel server answered {answer.Reply}");
                    TunnelDatagrams opened = datagrams;
                    datagrams = null;
                    return UdpOpenResult.Success(opened);
                }
                catch (TunnelResetException reset) when (reset.Code == TunnelResetCode.Refused && attempt < MaxAttempts)
                {
                    // The server has not looked at the request: it is safe to ask elsewhere.
                    await datagrams!.DisposeAsync().ConfigureAwait(false);
                    datagrams = null;
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return UdpOpenResult.Failed(exit, DialFailure.ProxyUnreachable, datagrams is null
                ? $"no carrier to {server} within {DurationText.Seconds(timeout)}"
                : $"the tunnel server did not answer within {DurationText.Seconds(timeout)}");
        }
        catch (Exception exception) when (exception is IOException or ProxyException or ObjectDisposedException)
        {
            return UdpOpenResult.Failed(exit, CarrierException.FailureOf(exception), exception.Message);
        }
        finally
        {
            // Also when the dial is canceled: otherwise the server would keep the association as long as the carrier.
            if (datagrams is not null) await datagrams.DisposeAsync().ConfigureAwait(false);
        }
    }

    private DialResult Fail(ref TunnelStream? stream, DialFailure failure, string detail)
    {
        stream?.Dispose();
        stream = null;
        return DialResult.Failed(exit, failure, detail);
    }

    private static IPEndPoint? Known(Destination bound) =>
        bound.Address is { } address && !(address.Equals(IPAddress.Any) && bound.Port == 0) ? bound.ToEndPoint() : null;
}
