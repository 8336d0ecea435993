using System.Collections.Concurrent;
using System.Security.Cryptography;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Matrix;

/// <summary>The bytes that are sent: random, made once; the two directions are a MiB apart, so that none can stand in for the other.</summary>
internal static class MatrixData
{
    public const int MaxMiB = 64;
    private const int MiB = 1 << 20;
    private const int Chunk = 256 * 1024;
    private static readonly byte[] All = RandomNumberGenerator.GetBytes((MaxMiB + 1) * MiB);
    private static readonly ConcurrentDictionary<(int Start, int Length), byte[]> Hashes = new();

    /// <summary>Sends and receives so many MiB at the same time, and checks the SHA-256 of both directions and their ends.</summary>
    public static async Task ExchangeAsync(DuplexStream connection, int size)
    {
        await using (connection)
        {
            Task sending = SendUpAsync(connection, size);
            byte[] down = await HashAsync(connection, (long)size * MiB).WaitAsync(Limit);
            await sending.WaitAsync(Limit);
            byte[] up = await TestTransports.ReadToEndAsync(connection);
            Assert.Equal(HashOf(MiB, size * MiB), down);
            Assert.Equal(HashOf(0, size * MiB), up);
        }
    }

    /// <summary>From the target to the client.</summary>
    public static Task SendDownAsync(Stream connection, int size) => SendAsync(connection, All.AsMemory(MiB, size * MiB));

    /// <summary>The SHA-256 of so many bytes, or of those up to the end.</summary>
    public static async Task<byte[]> HashAsync(Stream connection, long length)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[Chunk];
        int read;
        for (; length > 0 && (read = await connection.ReadAsync(buffer.AsMemory(0, (int)Math.Min(Chunk, length)))) > 0; length -= read)
            hash.AppendData(buffer, 0, read);
        return hash.GetHashAndReset();
    }

    // Two minutes for a second's work: the machine may be busy.
    private static TimeSpan Limit => 4 * TestTransports.Patience;

    private static async Task SendUpAsync(DuplexStream connection, int size)
    {
        await connection.WriteAsync((byte[])[(byte)size]);
        await SendAsync(connection, All.AsMemory(0, size * MiB));
        await connection.CompleteWritesAsync(default);
    }

    private static async Task SendAsync(Stream connection, ReadOnlyMemory<byte> data)
    {
        for (; !data.IsEmpty; data = data[Math.Min(Chunk, data.Length)..])
            await connection.WriteAsync(data[..Math.Min(Chunk, data.Length)]);
    }

    private static byte[] HashOf(int start, int length) =>
        Hashes.GetOrAdd((start, length), static range => SHA256.HashData(All.AsSpan(range.Start, range.Length)));
}
