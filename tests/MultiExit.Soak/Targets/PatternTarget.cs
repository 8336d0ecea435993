using System.Collections.Concurrent;
using MultiExit.Soak.Clients;

namespace MultiExit.Soak.Targets;

/// <summary>Does what the client orders.</summary>
internal sealed class PatternTarget(Ledger ledger) : TcpTarget(ledger)
{
    /// <summary>What <see cref="Verb.Up"/> is answered with.</summary>
    public const byte Right = (byte)'k';

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(4);
    private readonly ConcurrentDictionary<int, bool> _heard = new();

    /// <summary>Whether all that a client had to say behind this target's end came, with its own end.</summary>
    public bool TakeHeard(int seed) => _heard.TryRemove(seed, out _);

    protected override async Task ServeAsync(Connection connection, CancellationToken cancellationToken)
    {
        Order order = await Order.ReceiveAsync(connection, cancellationToken);
        (int own, long count) = (order.Seed + 1, order.Count);
        switch (order.Verb)
        {
            case Verb.Echo:
                await EchoAsync(connection, cancellationToken);
                break;
            case Verb.Down:
                await connection.SendPatternAsync(own, 0, count, cancellationToken);
                await connection.EndAsync(cancellationToken);
                await connection.ReceiveEndAsync(cancellationToken);
                break;
            case Verb.Up:
                await connection.ReceivePatternAsync(order.Seed, 0, count, cancellationToken);
                await connection.WriteAsync(new[] { Right }, cancellationToken);
                break;
            case Verb.Both:
                Task down = connection.SendPatternAsync(own, 0, count, cancellationToken);
                await connection.ReceivePatternAsync(order.Seed, 0, count, cancellationToken);
                await down;
                await connection.EndAsync(cancellationToken);
                await connection.ReceiveEndAsync(cancellationToken);
                break;
            case Verb.Answer:
                await connection.ReceivePatternAsync(order.Seed, 0, count, cancellationToken);
                await connection.ReceiveEndAsync(cancellationToken);
                await connection.SendPatternAsync(own, 0, count, cancellationToken);
                break;
            case Verb.EndFirst:
                await connection.SendPatternAsync(own, 0, count, cancellationToken);
                await connection.EndAsync(cancellationToken);
                await connection.ReceivePatternAsync(order.Seed, 0, count, cancellationToken);
                await connection.ReceiveEndAsync(cancellationToken);
                _heard[order.Seed] = true;
                break;
            case Verb.Reset:
                await connection.SendPatternAsync(own, 0, count, cancellationToken);
                connection.Abort();
                break;
            case Verb.Pause:
                await connection.SendPatternAsync(own, 0, count / 2, cancellationToken);
                await Task.Delay(Pause, cancellationToken);
                await connection.SendPatternAsync(own, count / 2, count - (count / 2), cancellationToken);
                break;
        }
    }

    private static async Task EchoAsync(Connection connection, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[16 * 1024];
        int read;
        while ((read = await connection.ReadAsync(buffer, cancellationToken)) > 0)
            await connection.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        await connection.EndAsync(cancellationToken);
    }
}
