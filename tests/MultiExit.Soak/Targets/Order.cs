using System.Buffers.Binary;
using MultiExit.Soak.Clients;

namespace MultiExit.Soak.Targets;

/// <summary>The first bytes of a session: what the target has to do.</summary>
internal sealed record Order(Verb Verb, int Seed, long Count)
{
    private const int Length = 13;

    public async Task SendAsync(Connection connection, CancellationToken cancellationToken)
    {
        byte[] bytes = new byte[Length];
        bytes[0] = (byte)Verb;
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(1), Seed);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(5), Count);
        await connection.WriteAsync(bytes, cancellationToken);
    }

    public static async Task<Order> ReceiveAsync(Connection connection, CancellationToken cancellationToken)
    {
        byte[] bytes = new byte[Length];
        await connection.ReadExactlyAsync(bytes, cancellationToken);
        return new Order(
            (Verb)bytes[0], BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(1)), BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(5)));
    }
}
