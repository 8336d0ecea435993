using System.Net;
using System.Security.Cryptography;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Support;

/// <summary>A target on loopback that waits for the end of its input, then sends its SHA-256 and as many bytes again.</summary>
internal sealed class DigestTarget() : LoopbackTarget(IPAddress.Loopback, AnswerAsync)
{
    private static async Task AnswerAsync(SocketStream connection)
    {
        using MemoryStream all = new();
        await connection.CopyToAsync(all);
        await connection.WriteAsync(SHA256.HashData(all.ToArray()));
        await connection.WriteAsync(all.ToArray());
        await connection.CompleteWritesAsync(default);
    }
}
