using MultiExit.Engine.Protocols.Http;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.DataPath;

/// <summary>Reads the head of a response from a server or an upstream proxy.</summary>
internal static class HttpResponseReader
{
    /// <summary>Reads one head and leaves it in the reader, so that its fields can still be looked at.</summary>
    public static async ValueTask<HttpResponseRead> ReadAsync(HandshakeReader reader, HttpLimits limits, CancellationToken cancellationToken)
    {
        HttpHeadScanner scanner = new();
        try
        {
            while (true)
            {
                HttpParse parse = scanner.Scan(reader.Unread, limits, out int length, out HttpFault fault);
                HttpResponseHead? head = parse == HttpParse.Ok ? HttpResponseHead.Parse(reader.Unread[..length], out fault) : null;
                if (head is not null) return new(head, length, null, false, true);
                if (parse != HttpParse.NeedMore) return new(null, 0, fault.Text, true, true) { Fault = fault };
                if (!await reader.ReadMoreAsync(limits.MaxHead + 2, cancellationToken).ConfigureAwait(false))
                    return Ended("the connection was closed before an answer", reader);
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            return Ended("the connection broke before an answer", reader);
        }
    }

    private static HttpResponseRead Ended(string problem, HandshakeReader reader) => new(null, 0, problem, false, !reader.Unread.IsEmpty);
}
