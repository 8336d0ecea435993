using System.Text;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Support;

/// <summary>A peer of the test that speaks a text protocol: one character a byte, every wait bounded.</summary>
internal sealed class TextPeer(DuplexStream stream) : IDisposable
{
    private static readonly TimeSpan Limit = TestTransports.Patience;

    public DuplexStream Stream => stream;

    public Task SendAsync(string text) => stream.WriteAsync(Encoding.Latin1.GetBytes(text)).AsTask().WaitAsync(Limit);

    public async Task SendByteByByteAsync(string text)
    {
        foreach (char c in text) await SendAsync(c.ToString());
    }

    public Task EndAsync() => stream.CompleteWritesAsync(CancellationToken.None).AsTask().WaitAsync(Limit);

    /// <summary>Reads a head with its closing empty line, and nothing beyond.</summary>
    public async Task<string> ReadHeadAsync()
    {
        StringBuilder head = new();
        byte[] one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one).AsTask().WaitAsync(Limit) == 0) throw new EndOfStreamException("ended behind: " + head);
            head.Append((char)one[0]);
        }
        return head.ToString();
    }

    public async Task<string> ReadAsync(int count)
    {
        byte[] buffer = new byte[count];
        await stream.ReadExactlyAsync(buffer).AsTask().WaitAsync(Limit);
        return Encoding.Latin1.GetString(buffer);
    }

    /// <summary>Reads to the end, which must be an orderly one.</summary>
    public async Task<string> ReadToEndAsync()
    {
        using MemoryStream all = new();
        await stream.CopyToAsync(all).WaitAsync(Limit);
        return Encoding.Latin1.GetString(all.ToArray());
    }

    public void Dispose() => stream.Dispose();
}
