using MultiExit.Soak.Clients;

namespace MultiExit.Soak.Loads;

/// <summary>A client that says some bytes of a handshake, or of anything, and goes.</summary>
internal sealed class AbandonedLoad(Stage stage) : Load(stage)
{
    private static readonly byte[][] Beginnings =
    [
        [], [5], [5, 1, 2], [5, 1, 2, 1, 3], [0x16, 3, 1, 0, 200, 1], [4, 1, 0, 80],
        "GET "u8.ToArray(), "CONNECT 127.0.0.1:1 HTTP/1.1\r\nHost: "u8.ToArray(),
        "GET / HTTP/1.1\r\nUpgrade: websocket\r\n"u8.ToArray(), "\r\n\r\n\r\n"u8.ToArray(),
    ];

    public override string Name => "abandoned handshake";

    public override bool Suits(Way way) => !way.IsForward;

    public override async Task RunAsync(Way way, Random random, CancellationToken cancellationToken)
    {
        await using TcpConnection connection = await TcpConnection.ConnectAsync(Stage.Dialer[way.Entrance], cancellationToken);
        await connection.WriteAsync(Beginnings[random.Next(Beginnings.Length)], cancellationToken);
        await Task.Delay(random.Next(500), cancellationToken);
        if (random.Next(2) == 0) connection.Abort();
    }
}
