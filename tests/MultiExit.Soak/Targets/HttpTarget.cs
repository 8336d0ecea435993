using System.Globalization;
using System.Text;
using MultiExit.Soak.Clients;

namespace MultiExit.Soak.Targets;

/// <summary>A web server: <c>/SEED/COUNT</c> is so much of the pattern, with its length or in chunks; a body is checked against the pattern
/// before it. It keeps connections alive.</summary>
internal sealed class HttpTarget(Ledger ledger) : TcpTarget(ledger)
{
    private const int Chunk = 8 * 1024;
    private const string Length = "Content-Length:";

    protected override async Task ServeAsync(Connection connection, CancellationToken cancellationToken)
    {
        while (true)
        {
            string head = await Handshakes.HeadAsync(connection, cancellationToken);
            string[] path = head.Split(' ')[1].Split('/');
            (int seed, int count) = (int.Parse(path[1], CultureInfo.InvariantCulture), int.Parse(path[2], CultureInfo.InvariantCulture));
            string? length = head.Split("\r\n").FirstOrDefault(line => line.StartsWith(Length, StringComparison.OrdinalIgnoreCase));
            if (length is not null)
            {
                long body = long.Parse(length[Length.Length..], CultureInfo.InvariantCulture);
                await connection.ReceivePatternAsync(seed - 1, 0, body, cancellationToken);
            }
            if (seed % 2 == 0)
            {
                await WriteAsync(connection, $"HTTP/1.1 200 OK\r\nContent-Length: {count}\r\n\r\n", cancellationToken);
                await connection.SendPatternAsync(seed, 0, count, cancellationToken);
            }
            else
            {
                await SendChunksAsync(connection, seed, count, cancellationToken);
            }
        }
    }

    private static async Task SendChunksAsync(Connection connection, int seed, int count, CancellationToken cancellationToken)
    {
        await WriteAsync(connection, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", cancellationToken);
        for (int sent = 0; sent < count; sent += Chunk)
        {
            int length = Math.Min(Chunk, count - sent);
            await WriteAsync(connection, $"{length:x}\r\n", cancellationToken);
            await connection.SendPatternAsync(seed, sent, length, cancellationToken);
            await WriteAsync(connection, "\r\n", cancellationToken);
        }
        await WriteAsync(connection, "0\r\n\r\n", cancellationToken);
    }

    private static ValueTask WriteAsync(Connection connection, string text, CancellationToken cancellationToken) =>
        connection.WriteAsync(Encoding.ASCII.GetBytes(text), cancellationToken);
}
