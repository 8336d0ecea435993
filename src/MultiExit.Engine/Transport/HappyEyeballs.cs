using System.Net;
using System.Net.Sockets;
using MultiExit.Engine.Configuration.Settings;

namespace MultiExit.Engine.Transport;

/// <summary>Connects to the one of several addresses that answers first, RFC 8305.</summary>
internal sealed class HappyEyeballs(ITransport transport, TimeProvider time, AddressPreference prefer)
{
    /// <summary>How long an attempt has before the next one starts beside it (RFC 8305 section 8, "Connection Attempt Delay").</summary>
    internal static readonly TimeSpan AttemptDelay = TimeSpan.FromMilliseconds(250);

    /// <summary>The most addresses tried: a name with hundreds of them must not turn one request into hundreds of connections.</summary>
    internal const int MaxAttempts = 16;

    /// <summary>The order of attempts: families take turns, beginning with the preferred one; inside a family the resolver's
    /// order stays (RFC 8305 section 4). At most <see cref="MaxAttempts"/>.</summary>
    public IReadOnlyList<IPAddress> Order(IReadOnlyList<IPAddress> addresses)
    {
        if (addresses.Count < 2) return addresses;
        AddressFamily first = prefer == AddressPreference.Ipv4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
        Queue<IPAddress> preferred = new(addresses.Where(address => address.AddressFamily == first));
        Queue<IPAddress> other = new(addresses.Where(address => address.AddressFamily != first));
        List<IPAddress> ordered = new(Math.Min(addresses.Count, MaxAttempts + 1));
        while (preferred.Count + other.Count > 0 && ordered.Count < MaxAttempts)
        {
            if (preferred.TryDequeue(out IPAddress? address)) ordered.Add(address);
            if (other.TryDequeue(out address)) ordered.Add(address);
        }
        return ordered;
    }

    /// <summary>Connects to one of the addresses.</summary>
    /// <exception cref="SocketException">Every attempt failed; the error is the one that says most about the target.</exception>
    public ValueTask<SocketStream> ConnectAsync(
        IReadOnlyList<IPAddress> addresses, int port, ConnectOptions options, CancellationToken cancellationToken) => addresses.Count == 1
        ? transport.ConnectAsync(new IPEndPoint(addresses[0], port), options, cancellationToken)
        : RaceAsync(Order(addresses), port, options, cancellationToken);

    private async ValueTask<SocketStream> RaceAsync(
        IReadOnlyList<IPAddress> addresses, int port, ConnectOptions options, CancellationToken cancellationToken)
    {
        using CancellationTokenSource race = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        List<Task<SocketStream>> running = [];
        SocketException? best = null;
        try
        {
            int next = 0;
            while (next < addresses.Count || running.Count > 0)
            {
                if (next < addresses.Count) running.Add(AttemptAsync(new IPEndPoint(addresses[next++], port), options, race.Token));
                Task<SocketStream>? ended = await FirstAsync(running, next < addresses.Count, race.Token).ConfigureAwait(false);
                if (ended is null) continue;
                running.Remove(ended);
                try
                {
                    return await ended.ConfigureAwait(false);
                }
                catch (SocketException exception)
                {
                    if (best is null || Weight(exception) > Weight(best)) best = exception;
                }
            }
            throw best ?? new SocketException((int)SocketError.HostNotFound);
        }
        finally
        {
            await race.CancelAsync().ConfigureAwait(false);
            foreach (Task<SocketStream> loser in running) _ = DiscardAsync(loser);
        }
    }

    // The attempt that ends first, or null when it is time for the next one.
    private async ValueTask<Task<SocketStream>?> FirstAsync(List<Task<SocketStream>> running, bool more, CancellationToken cancellationToken)
    {
        if (!more) return await Task.WhenAny(running).ConfigureAwait(false);
        Task delay = Task.Delay(AttemptDelay, time, cancellationToken);
        Task ended = await Task.WhenAny([delay, .. running]).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return ended as Task<SocketStream>;
    }

    // async, so that an attempt that fails at once fails its task and not the race.
    private async Task<SocketStream> AttemptAsync(IPEndPoint remote, ConnectOptions options, CancellationToken cancellationToken) =>
        await transport.ConnectAsync(remote, options, cancellationToken).ConfigureAwait(false);

    private static async Task DiscardAsync(Task<SocketStream> loser)
    {
        try
        {
            SocketStream connection = await loser.ConfigureAwait(false);
            await connection.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception)
        {
            // It lost: its outcome is ignored.
        }
    }

    // An answer of the target says more than silence, and silence more than a missing route on this host.
    private static int Weight(SocketException exception) => exception.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => 5,
        SocketError.ConnectionReset => 4,
        SocketError.TimedOut => 3,
        SocketError.HostUnreachable => 2,
        SocketError.NetworkUnreachable => 1,
        _ => 0,
    };
}
