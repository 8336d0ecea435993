using MultiExit.Engine.Protocols;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Dispatching;

/// <summary>Waits a moment for the first bytes of a client, and looks for a name in them. What was read stays in the stream.</summary>
internal static class NamePeek
{
    /// <summary>Looks.</summary>
    /// <param name="client">The client, which has been told that it is connected.</param>
    /// <param name="deadlines">Time-outs.</param>
    /// <param name="patience">How long to wait: a client that lets the server speak first sends nothing.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The name, empty for none, and the connection from the first byte on.</returns>
    public static async ValueTask<(string Name, DuplexStream Stream)> ReadAsync(
        DuplexStream client, DeadlinePool deadlines, TimeSpan patience, CancellationToken cancellationToken)
    {
        PrefixedStream? ahead = client as PrefixedStream;
        ReadOnlyMemory<byte> known = ahead?.Prefix ?? default;
        using HandshakeReader reader = new(ahead?.Inner ?? client);
        string? name = null;
        using Deadline deadline = deadlines.Start(patience, cancellationToken);
        try
        {
            while (Read(known.Span, reader.Unread, out name) == ParseStatus.NeedMore && known.Length + reader.Unread.Length < SniffedName.MaxLength)
                if (!await reader.ReadMoreAsync(SniffedName.MaxLength, deadline.Token).ConfigureAwait(false)) break;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The server speaks first, or the client takes its time.
        }
        DuplexStream rest = reader.Detach();
        return (name ?? "", known.IsEmpty ? rest : new PrefixedStream(known, rest));
    }

    // What came with the request, and what came after it.
    private static ParseStatus Read(ReadOnlySpan<byte> known, ReadOnlySpan<byte> more, out string? name) =>
        SniffedName.Read(known.IsEmpty ? more : more.IsEmpty ? known : [.. known, .. more], out name);
}
