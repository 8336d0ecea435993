using System.Net.Sockets;
using System.Net.WebSockets;
using MultiExit.Soak.Clients;
using MultiExit.Soak.Targets;

namespace MultiExit.Soak.Loads;

/// <summary>A target that breaks its connection: the client must not take the part that it got for the whole.</summary>
internal sealed class TargetResetLoad(Stage stage) : Load(stage)
{
    public override string Name => "target that resets";

    public override async Task RunAsync(Way way, Random random, CancellationToken cancellationToken)
    {
        Order order = new(Verb.Reset, Stage.NextSeed(), Size(random));
        byte[] buffer = new byte[16 * 1024];
        try
        {
            await using Connection connection = await OpenAsync(way, order, cancellationToken);
            int read;
            for (long at = 0; (read = await connection.ReadAsync(buffer, cancellationToken)) > 0; at += read)
                Pattern.Check(order.Seed + 1, at, buffer.AsSpan(0, read));
        }
        catch (Exception exception)
            when (exception is IOException or SocketException or WebSocketException && exception is not RefusedException)
        {
            return;
        }
        if (way.Exit.TellsEnds) throw new WrongBytesException("a connection that the target broke came to an end in order");
    }
}
