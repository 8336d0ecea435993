using System.Text;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Takeover;

/// <summary>Asks a running server for what it holds.</summary>
internal static class TakeoverClient
{
    /// <summary>The word of the upgraded connection, as in the fields of the control endpoint.</summary>
    public const string Protocol = "multiexit-takeover";

    private const int MaxHead = 8 * 1024;

    /// <summary>Connects to a control socket, and receives what the server offers.</summary>
    /// <returns>The connection, the offer, and the descriptors by their purposes.</returns>
    /// <exception cref="ProxyException">No server answers, it refuses, or it is one of another version.</exception>
    public static async Task<(TakeoverChannel Channel, TakeoverOffer Offer, PassedDescriptors Passed)> AskAsync(
        string socket, CancellationToken cancellationToken)
    {
        DuplexStream stream = await UnixSocket.ConnectAsync(socket, cancellationToken).ConfigureAwait(false);
        TakeoverChannel channel = new(stream, TakeoverChannel.MostOfState);
        try
        {
            if (!channel.IsTrusted)
                throw new ProxyException(ProxyError.TakeoverFailed, $"{socket}: the server there is one of another user, and nothing is taken from it");
            await stream.WriteAsync(Encoding.ASCII.GetBytes(
                $"POST /takeover HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: {Protocol}\r\nContent-Length: 0\r\n\r\n"),
                cancellationToken).ConfigureAwait(false);
            string head = await ReadHeadAsync(stream, cancellationToken).ConfigureAwait(false);
            if (!head.StartsWith("HTTP/1.1 101 ", StringComparison.Ordinal))
                throw new ProxyException(ProxyError.TakeoverFailed, $"{socket}: the server there cannot be taken over: {head.Split('\r')[0]}");
            TakeoverOffer? offer = (await channel.ExpectAsync(TakeoverStep.Offer, cancellationToken).ConfigureAwait(false)).Offer;
            if (offer?.Purposes.Count > TakeoverOffer.MaxDescriptors)
                throw new ProxyException(ProxyError.TakeoverFailed, $"{socket}: the server there has more than {TakeoverOffer.MaxDescriptors} sockets");
            if (offer is not { Version: TakeoverOffer.Current })
                throw new ProxyException(ProxyError.TakeoverFailed, $"{socket}: the server there is of a version that this one does not take over from");
            IReadOnlyList<PassedDescriptor> descriptors =
                await channel.ReceiveDescriptorsAsync(offer.Purposes.Count, cancellationToken).ConfigureAwait(false);
            return (channel, offer, new PassedDescriptors(offer.Purposes.Zip(descriptors, KeyValuePair.Create)));
        }
        catch (IOException exception)
        {
            channel.Dispose();
            throw new ProxyException(ProxyError.TakeoverFailed, $"{socket}: the server there ended the take-over: {exception.Message}", exception);
        }
        catch
        {
            channel.Dispose();
            throw;
        }
    }

    // A byte at a time: descriptors that come behind it would be lost with bytes that are read too far.
    private static async Task<string> ReadHeadAsync(DuplexStream stream, CancellationToken cancellationToken)
    {
        StringBuilder head = new();
        byte[] one = new byte[1];
        while (head.Length < MaxHead && await stream.ReadAsync(one, cancellationToken).ConfigureAwait(false) == 1)
        {
            head.Append((char)one[0]);
            if (one[0] == '\n' && head.Length >= 4 && head.ToString(head.Length - 4, 4) == "\r\n\r\n") break;
        }
        return head.ToString();
    }
}
